// SPDX-License-Identifier: Apache-2.0
#include "image/colour_map.h"

#include <cmath>
#include <limits>

#include "catch.h"

namespace vd {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

bool equal(const RgbImage& picture, int x, int y, Colour colour) {
  return Colour{picture(x, y, 0), picture(x, y, 1), picture(x, y, 2)} == colour;
}

TEST_CASE("lightness rises along every colour map that promises it", "[image][property]") {
  const ColourMap map = GENERATE(ColourMap::ember, ColourMap::ice, ColourMap::grey);
  double before = -1;
  for (int k = 0; k <= 64; ++k) {
    const double here = lightness(colour_at(map, k / 64.0));
    CHECK(here > before);
    before = here;
  }
  CHECK(lightness(colour_at(map, 0)) < 0.25);
  CHECK(lightness(colour_at(map, 1)) > 0.9);
}

TEST_CASE("steps of the ember map are even in lightness to a few per cent", "[image]") {
  for (int k = 0; k < 16; ++k) {
    const double step = lightness(colour_at(ColourMap::ember, (k + 1) / 16.0)) -
                        lightness(colour_at(ColourMap::ember, k / 16.0));
    CHECK(step == Approx(0.77 / 16).epsilon(0.25));
  }
}

TEST_CASE("the rainbow is dark at both ends and cold before warm", "[image]") {
  const Colour far = colour_at(ColourMap::rainbow, 0.15);
  const Colour near = colour_at(ColourMap::rainbow, 0.85);
  CHECK(far.blue > far.red);
  CHECK(near.red > near.blue);
  CHECK(lightness(colour_at(ColourMap::rainbow, 0.58)) > lightness(colour_at(ColourMap::rainbow, 1)) + 0.3);
}

TEST_CASE("positions beyond the ends and NaN are drawn as the ends", "[image]") {
  CHECK(colour_at(ColourMap::grey, -3) == colour_at(ColourMap::grey, 0));
  CHECK(colour_at(ColourMap::grey, 7) == colour_at(ColourMap::grey, 1));
  CHECK(colour_at(ColourMap::grey, std::nan("")) == colour_at(ColourMap::grey, 0));
}

TEST_CASE("depth is coloured by its inverse", "[image]") {
  const ColourRange range{2, 10};
  CHECK(range.position(2) == Approx(1));
  CHECK(range.position(10) == Approx(0));
  CHECK(range.position(1) == 1);
  CHECK(range.position(1 / 0.3) == Approx(0.5));  // 0.3 is the middle of 1/2 and 1/10
  CHECK(ColourRange{2, INFINITY}.position(4) == Approx(0.5));
  CHECK(ColourRange{3, 3}.position(3) == 0.5);
}

TEST_CASE("invalid depth gets stripes, valid depth its colour", "[image]") {
  DepthMap depth(12, 1, 5.0F);
  depth(1, 0) = 0;
  depth(2, 0) = kNaN;
  depth(3, 0) = -1;
  depth(4, 0) = INFINITY;
  const ColourRange range{1, 25};
  const RgbImage picture = colour_depth(depth, range, ColourMap::ember);
  for (int x = 1; x <= 4; ++x) CHECK(equal(picture, x, 0, hatch(x, 0)));
  CHECK(equal(picture, 0, 0, colour_at(ColourMap::ember, range.position(5))));
}

TEST_CASE("the histogram's quantiles are those of the values within its bins", "[image]") {
  DepthHistogram histogram;
  CHECK_FALSE(histogram.quantile(0.5));
  CHECK_FALSE(robust_range(histogram));
  for (int frame = 0; frame < 10; ++frame) {  // 1 .. 10 evenly, a frame a unit
    DepthMap depth(100, 10);
    for (int k = 0; k < 1000; ++k) depth.values()[k] = 1 + frame * 0.9F + k * 0.0009F;
    histogram.add(depth);
  }
  CHECK(histogram.count() == 10000);
  for (const double fraction : {0.02, 0.25, 0.5, 0.98}) {
    CHECK(*histogram.quantile(fraction) == Approx(1 + 9 * fraction).epsilon(0.022));
  }
}

TEST_CASE("a few wild values do not move the range of a shot", "[image]") {
  DepthHistogram clean, spoilt;
  DepthMap depth(200, 100);
  for (std::size_t k = 0; k < depth.pixels(); ++k)
    depth.values()[k] = 2 + 6 * static_cast<float>(k % 997) / 997;
  clean.add(depth);
  for (std::size_t k = 0; k < 100; ++k) depth.values()[k * 31] = k % 2 == 0 ? 1e9F : 1e-6F;
  depth.values()[5] = kNaN;
  depth.values()[6] = 0;
  spoilt.add(depth);
  const ColourRange a = *robust_range(clean), b = *robust_range(spoilt);
  CHECK(a.near_depth == Approx(2.12).epsilon(0.03));
  CHECK(a.far_depth == Approx(7.88).epsilon(0.03));
  CHECK(b.near_depth == Approx(a.near_depth).epsilon(0.03));
  CHECK(b.far_depth == Approx(a.far_depth).epsilon(0.03));
}

TEST_CASE("weights may be coloured by their logarithm", "[image]") {
  Map<float> values(4, 1);
  values.values() = {1, 10, 100, 0};
  const RgbImage picture = colour_weights(values, 1, 100, ColourMap::ice);
  CHECK(equal(picture, 0, 0, colour_at(ColourMap::ice, 0)));
  CHECK(equal(picture, 1, 0, colour_at(ColourMap::ice, 0.5)));
  CHECK(equal(picture, 2, 0, colour_at(ColourMap::ice, 1)));
  CHECK(equal(picture, 3, 0, hatch(3, 0)));
}

TEST_CASE("a flat wall still gets a range", "[image]") {
  DepthHistogram histogram;
  histogram.add(DepthMap(4, 4, 3.0F));
  const ColourRange range = *robust_range(histogram);
  CHECK(range.far_depth / range.near_depth == Approx(1.05));
  CHECK(range.near_depth < 3.03);
  CHECK(range.far_depth > 2.97);
}

}  // namespace
}  // namespace vd
