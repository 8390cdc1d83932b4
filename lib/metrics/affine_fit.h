// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/span.h"

namespace vd {

// Fits of target ~ scale * source + shift over lists of equal length, without invalid values. Each returns
// scale and shift; what they do when the values do not determine them is said beside each.

struct ScaleShift {
  double scale = 1.0;
  double shift = 0.0;
};

/// Element (n-1)/2 of the sorted list: the lower of the two middle values. 0 for an empty list.
[[nodiscard]] double lower_median(std::vector<float> values);

/// Lower median of target / source over the pairs where both are positive; 1 where there is none.
[[nodiscard]] double median_of_ratios(Span<const float> source, Span<const float> target);

/// Ratio of the lower medians; 1 where it is not a positive number.
[[nodiscard]] double median_ratio(Span<const float> source, Span<const float> target);

/// Scale of least sum |s x - y| by ten reweighted least squares from mean(y)/mean(x), at least 1e-3. In
/// float32 with the published order of sums: ten steps do not converge, and rounding shows in the fourth
/// digit.
[[nodiscard]] double robust_scale(Span<const float> source, Span<const float> target);

/// Its steps, for samples that are seen once in each: sums of the two terms over all of them, in the
/// published order.
class RobustScale {
 public:
  /// From the sums of both lists.
  RobustScale(float source_sum, float target_sum, std::size_t count);

  [[nodiscard]] float numerator(float source, float target) const {
    return weight(source, target) * source * target;
  }
  [[nodiscard]] float denominator(float source, float target) const {
    return weight(source, target) * (source * source);
  }
  void step(float numerator_sum, float denominator_sum);
  [[nodiscard]] bool finished() const { return steps_left_ == 0; }
  [[nodiscard]] double value() const;

 private:
  [[nodiscard]] float weight(float source, float target) const {
    return 1.0F / (std::abs(scale_ * source - target) + 1e-8F);
  }
  float scale_ = 1;
  int steps_left_ = 10;
  bool defined_ = true;
};

/// Least squares; a constant source has no shift of its own and gets mean(y)/mean(x) and 0.
[[nodiscard]] ScaleShift least_squares(Span<const float> source, Span<const float> target);

/// The same from the means of both lists and {sum (x - mean)^2, sum (x - mean)(y - mean)} over count values.
[[nodiscard]] ScaleShift line_of_moments(double source_mean, double target_mean,
                                         const std::array<double, 2>& moments, double count);

/// The least sum |s x + t - y|, exact up to degenerate ties.
///
/// Reweighted least squares bring the line near; then pivoting over points on the line (the optimum passes
/// through two of them) by weighted medians, until no pivot lowers the sum (Wesolowsky 1981).
[[nodiscard]] ScaleShift least_absolute(Span<const float> source, Span<const float> target);

/// The published "lad2": Adam on (s, t) from (median ratio, 0) for at most max_iterations steps; stops when
/// two losses differ by less than 1e-6.
[[nodiscard]] ScaleShift adam_absolute(Span<const float> source, Span<const float> target,
                                       double learning_rate, int max_iterations);

/// sum |s x + t - y|.
[[nodiscard]] double absolute_loss(Span<const float> source, Span<const float> target, const ScaleShift& fit);

}  // namespace vd
