// SPDX-License-Identifier: Apache-2.0
#include "image/flow_colour.h"

#include <cmath>
#include <limits>

#include "catch.h"
#include "image/colour_map.h"

using namespace vd;

namespace {

Colour colour_of(float u, float v, double full_px) {
  FlowMap flow(1, 1);
  flow(0, 0, 0) = u;
  flow(0, 0, 1) = v;
  const RgbImage picture = colour_flow(flow, full_px);
  return {picture(0, 0, 0), picture(0, 0, 1), picture(0, 0, 2)};
}

}  // namespace

TEST_CASE("flow is white at rest, red to the right, and darker beyond the range", "[image]") {
  CHECK(colour_of(0, 0, 5) == Colour{255, 255, 255});
  const Colour right = colour_of(5, 0, 5);
  CHECK(right.red >= 254);
  CHECK(right.green <= 1);
  CHECK(right.blue <= 43);  // the last step from magenta to red
  const Colour half = colour_of(2.5F, 0, 5);
  CHECK(half.red >= 254);
  CHECK(half.green == Approx(127).margin(2));
  CHECK(colour_of(20, 0, 5).red == Approx(191).margin(1));
  CHECK(colour_of(std::numeric_limits<float>::quiet_NaN(), 0, 5) == hatch(0, 0));
}

TEST_CASE("the colour of a direction does not depend on the unit", "[image][property]") {
  for (int k = 0; k < 40; ++k) {
    const auto u = static_cast<float>(std::cos(0.157 * k)), v = static_cast<float>(std::sin(0.157 * k));
    const Colour one = colour_of(u, v, 2), hundred = colour_of(100 * u, 100 * v, 200);
    CHECK(std::abs(one.red - hundred.red) <= 1);
    CHECK(std::abs(one.green - hundred.green) <= 1);
    CHECK(std::abs(one.blue - hundred.blue) <= 1);
  }
}

TEST_CASE("the longest flow is that of known pixels", "[image]") {
  FlowMap flow(2, 1, 0.0F);
  flow(0, 0, 0) = 3;
  flow(0, 0, 1) = -4;
  flow(1, 0, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK(longest_flow_px(flow) == Approx(5));
}
