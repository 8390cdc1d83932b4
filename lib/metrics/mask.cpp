// SPDX-License-Identifier: Apache-2.0
#include "metrics/mask.h"

#include "core/error.h"

namespace vd {
namespace {

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

MaskCounts& MaskCounts::operator+=(const MaskCounts& other) {
  true_positive += other.true_positive;
  false_positive += other.false_positive;
  false_negative += other.false_negative;
  true_negative += other.true_negative;
  return *this;
}

double MaskCounts::iou() const {
  return ratio(true_positive, true_positive + false_positive + false_negative);
}
double MaskCounts::precision() const { return ratio(true_positive, true_positive + false_positive); }
double MaskCounts::recall() const { return ratio(true_positive, true_positive + false_negative); }
double MaskCounts::f1() const {
  return ratio(2 * true_positive, 2 * true_positive + false_positive + false_negative);
}

double MaskCounts::false_alarm_rate() const {
  const std::size_t negatives = false_positive + true_negative;
  return negatives == 0 ? 0.0 : ratio(false_positive, negatives);
}

MaskCounts compare_masks(MapView<const std::uint8_t> prediction, MapView<const std::uint8_t> truth,
                         MapView<const std::uint8_t> valid) {
  const auto same = [&](MapView<const std::uint8_t> other) {
    return other.width() == truth.width() && other.height() == truth.height();
  };
  if (!same(prediction) || (!valid.empty() && !same(valid)))
    throw Error("mask evaluation", "sizes of the masks differ");
  MaskCounts counts;
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      if (!valid.empty() && !valid(x, y)) continue;
      const bool marked = prediction(x, y) != 0;
      const bool true_mark = truth(x, y) != 0;
      counts.true_positive += marked && true_mark;
      counts.false_positive += marked && !true_mark;
      counts.false_negative += !marked && true_mark;
      counts.true_negative += !marked && !true_mark;
    }
  }
  return counts;
}

}  // namespace vd
