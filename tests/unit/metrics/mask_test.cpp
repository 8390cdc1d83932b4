// SPDX-License-Identifier: Apache-2.0
#include "metrics/mask.h"

#include "catch.h"
#include "core/error.h"

namespace vd {

TEST_CASE("mask figures by hand", "[metrics]") {
  MaskMap truth(10, 1), prediction(10, 1), valid(10, 1, 255);
  for (int x = 0; x < 4; ++x) truth(x, 0) = 255;
  for (int x = 2; x < 5; ++x) prediction(x, 0) = 1;
  const MaskCounts counts = compare_masks(prediction, truth);
  CHECK(counts.iou() == Approx(2.0 / 5));
  CHECK(counts.precision() == Approx(2.0 / 3));
  CHECK(counts.recall() == Approx(0.5));
  CHECK(counts.f1() == Approx(4.0 / 7));
  CHECK(counts.false_alarm_rate() == Approx(1.0 / 6));
  valid(4, 0) = 0;
  CHECK(compare_masks(prediction, truth, valid).precision() == Approx(1.0));
}

TEST_CASE("two empty masks agree, and counts of frames add up", "[metrics]") {
  MaskCounts sum = compare_masks(MaskMap(3, 3), MaskMap(3, 3));
  CHECK(sum.iou() == 1.0);
  sum += compare_masks(MaskMap(3, 3, 255), MaskMap(3, 3));
  CHECK(sum.iou() == 0.0);
  CHECK(sum.false_positive == 9);
  CHECK_THROWS_AS(compare_masks(MaskMap(3, 3), MaskMap(3, 2)), Error);
}

}  // namespace vd
