// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "image/convert.h"
#include "image/orient.h"
#include "image/resize.h"
#include "image/sample.h"

TEST_CASE("bilinear samples lie between pixels and end at the border", "[image]") {
  vd::Map<float> map(3, 2);
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 3; ++x) map(x, y) = static_cast<float>(10 * y + x);
  CHECK((*vd::sample_bilinear(map, 1.25, 0.5))[0] == Approx(6.25F));
  CHECK((*vd::sample_bilinear(map, 2.0, 1.0))[0] == 12.0F);
  CHECK_FALSE(vd::sample_bilinear(map, 2.01, 0.5));
  CHECK_FALSE(vd::sample_bilinear(map, -0.01, 0.5));
  CHECK_FALSE(vd::sample_bilinear(map, std::nan(""), 0.5));
  map(0, 0) = std::nanf("");
  CHECK_FALSE(vd::sample_bilinear(map, 0.5, 0.5));
  CHECK(vd::sample_bilinear(map, 1.5, 0.5));
}

TEST_CASE("resizing keeps a linear ramp linear and its centre in place", "[image]") {
  vd::Map<float> ramp(64, 4);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 64; ++x) ramp(x, y) = static_cast<float>(x);
  const vd::Map<float> half = vd::resize(ramp, 32, 2, vd::Resampling::area);
  for (int x = 0; x < 32; ++x) CHECK(half(x, 1) == Approx(2 * x + 0.5));
  CHECK(vd::resize(ramp, 64, 4, vd::Resampling::cubic).values() == ramp.values());
  CHECK_THROWS_AS(vd::resize(vd::Map<float>(), 2, 2, vd::Resampling::area), vd::Error);
  CHECK(vd::fit_within({1920, 1080}, 960).height == 540);
  CHECK(vd::fit_within({100, 50}, 960).width == 100);
}

TEST_CASE("EXIF orientations turn an image upright", "[image]") {
  vd::RgbImage image(2, 1);
  image(0, 0, 0) = 10;
  image(1, 0, 0) = 20;
  CHECK(vd::upright(image, 1).values() == image.values());
  CHECK(vd::upright(image, 3)(0, 0, 0) == 20);
  const vd::RgbImage clockwise = vd::upright(image, 6);  // the left end comes to the top
  CHECK(clockwise.width() == 1);
  CHECK(clockwise.height() == 2);
  CHECK(clockwise(0, 0, 0) == 10);
  CHECK(clockwise(0, 1, 0) == 20);
  CHECK(vd::upright(image, 8)(0, 0, 0) == 20);
  CHECK(vd::upright(vd::upright(image, 6), 8).values() == image.values());
  CHECK_THROWS_AS(vd::upright(image, 9), vd::Error);
}

TEST_CASE("grey levels weigh red, green and blue by BT.601", "[image]") {
  vd::RgbImage image(3, 1);
  image(0, 0, 0) = image(1, 0, 1) = image(2, 0, 2) = 255;
  const vd::GreyImage grey = vd::to_grey(image);
  CHECK(grey(0, 0) == 76);
  CHECK(grey(1, 0) == 150);
  CHECK(grey(2, 0) == 29);
  CHECK(vd::to_rgb(grey)(1, 0, 2) == 150);
}
