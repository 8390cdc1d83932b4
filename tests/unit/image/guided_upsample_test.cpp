// SPDX-License-Identifier: Apache-2.0
#include "image/guided_upsample.h"

#include "catch.h"
#include "image/resize.h"

TEST_CASE("upsampled depth keeps its edge on the edge of the image", "[image]") {
  // A dark left part at depth 1 and a bright right part at depth 4; the border lies at x = 41.5 of the full
  // image.
  vd::RgbImage full(96, 32);
  for (int y = 0; y < 32; ++y)
    for (int x = 42; x < 96; ++x)
      for (int c = 0; c < 3; ++c) full(x, y, c) = 200;
  const vd::RgbImage small = vd::resize(full, 24, 8, vd::Resampling::area);
  vd::Map<float> depth(24, 8);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 24; ++x) depth(x, y) = x < 10 ? 1.0F : 4.0F;
  const vd::Map<float> sharp = vd::guided_upsample(depth, small, full);
  for (int x = 0; x < 96; ++x) {
    if (x < 38) CHECK(sharp(x, 16) == Approx(1.0F));
    if (x > 45) CHECK(sharp(x, 16) == Approx(4.0F));
  }
  for (int x = 40; x < 42; ++x) CHECK(sharp(x, 16) < 1.2F);
  CHECK(sharp(43, 16) > 3.5F);
}

TEST_CASE("unknown depth stays unknown when upsampled", "[image]") {
  const vd::RgbImage full(40, 40);
  const vd::RgbImage small(10, 10);
  vd::Map<float> depth(10, 10, 2.0F);
  for (int y = 0; y < 10; ++y) depth(9, y) = 0;
  const vd::Map<float> larger = vd::guided_upsample(depth, small, full);
  CHECK(larger(39, 20) == 0);
  CHECK(larger(20, 20) == Approx(2.0F));
  for (const float value : larger.values()) CHECK((value == 0 || std::abs(value - 2) < 1e-5));
  CHECK_THROWS_AS(vd::guided_upsample(depth, full, full), vd::Error);
}
