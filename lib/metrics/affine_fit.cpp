// SPDX-License-Identifier: Apache-2.0
#include "metrics/affine_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "metrics/chunked_sum.h"
#include "metrics/published_sum.h"

namespace vd {
namespace {

struct WeightedValue {
  double value;
  double weight;
};

/// The first value, in sorted order, at which half of the total weight is reached; by selection, O(n).
double weighted_median(std::vector<WeightedValue>& values) {
  double below = 0;
  double total = 0;
  for (const WeightedValue& v : values) total += v.weight;
  std::size_t first = 0;
  std::size_t last = values.size();
  const auto by_value = [](const WeightedValue& a, const WeightedValue& b) { return a.value < b.value; };
  while (last - first > 1) {
    const std::size_t middle = first + (last - first) / 2;
    std::nth_element(values.begin() + first, values.begin() + middle, values.begin() + last, by_value);
    double lower_part = 0;
    for (std::size_t k = first; k < middle; ++k) lower_part += values[k].weight;
    if (below + lower_part >= 0.5 * total) {
      last = middle;
    } else {
      below += lower_part;
      first = middle;
    }
  }
  return values[first].value;
}

/// The best line through the sample `pivot`.
ScaleShift best_line_through(std::size_t pivot, Span<const float> source, Span<const float> target) {
  std::vector<WeightedValue> slopes;
  slopes.reserve(source.size());
  const double x0 = source[pivot];
  const double y0 = target[pivot];
  for (std::size_t k = 0; k < source.size(); ++k) {
    const double dx = source[k] - x0;
    if (dx != 0) slopes.push_back({(target[k] - y0) / dx, std::abs(dx)});
  }
  if (slopes.empty()) return {1.0, y0 - x0};
  const double scale = weighted_median(slopes);
  return {scale, y0 - scale * x0};
}

/// Samples nearest to the line, nearest first.
std::vector<std::size_t> nearest_samples(Span<const float> source, Span<const float> target,
                                         const ScaleShift& fit, std::size_t count) {
  std::vector<std::pair<double, std::size_t>> nearest;  // a heap with the farthest on top
  for (std::size_t k = 0; k < source.size(); ++k) {
    const std::pair<double, std::size_t> entry{std::abs(fit.scale * source[k] + fit.shift - target[k]), k};
    if (nearest.size() == count && !(entry < nearest.front())) continue;
    if (nearest.size() == count) {
      std::pop_heap(nearest.begin(), nearest.end());
      nearest.pop_back();
    }
    nearest.push_back(entry);
    std::push_heap(nearest.begin(), nearest.end());
  }
  std::sort(nearest.begin(), nearest.end());
  std::vector<std::size_t> order;
  for (const auto& entry : nearest) order.push_back(entry.second);
  return order;
}

ScaleShift reweighted_start(Span<const float> source, Span<const float> target) {
  ScaleShift fit = least_squares(source, target);
  const double smallest = std::max(1e-300, 1e-6 * std::abs(lower_median({target.begin(), target.end()})));
  for (int iteration = 0; iteration < 50; ++iteration) {
    const auto s = chunked_sum<5>(0, source.size(), [&](std::size_t k, std::array<double, 5>& sums) {
      const double x = source[k];
      const double y = target[k];
      const double w = 1.0 / std::max(std::abs(fit.scale * x + fit.shift - y), smallest);
      sums[0] += w;
      sums[1] += w * x;
      sums[2] += w * y;
      sums[3] += w * x * x;
      sums[4] += w * x * y;
    });
    const double determinant = s[0] * s[3] - s[1] * s[1];
    if (!(determinant > 1e-14 * s[0] * s[3])) break;
    fit.scale = (s[0] * s[4] - s[1] * s[2]) / determinant;
    fit.shift = (s[2] - fit.scale * s[1]) / s[0];
  }
  return fit;
}

}  // namespace

double lower_median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double median_of_ratios(Span<const float> source, Span<const float> target) {
  std::vector<float> ratios;
  for (std::size_t k = 0; k < source.size(); ++k) {
    if (source[k] > 0 && target[k] > 0) ratios.push_back(target[k] / source[k]);
  }
  return ratios.empty() ? 1.0 : lower_median(std::move(ratios));
}

double median_ratio(Span<const float> source, Span<const float> target) {
  const double source_median = lower_median({source.begin(), source.end()});
  const double ratio = lower_median({target.begin(), target.end()}) / source_median;
  return ratio > 0 && std::isfinite(ratio) ? ratio : 1.0;
}

RobustScale::RobustScale(float source_sum, float target_sum, std::size_t count) {
  const float source_mean = source_sum / static_cast<float>(count);
  const float target_mean = target_sum / static_cast<float>(count);
  defined_ = source_mean > 0;
  if (!defined_) steps_left_ = 0;
  if (defined_) scale_ = target_mean / source_mean;
}

void RobustScale::step(float numerator_sum, float denominator_sum) {
  scale_ = numerator_sum / denominator_sum;
  --steps_left_;
}

double RobustScale::value() const { return defined_ ? std::max(scale_, 1e-3F) : 1.0; }

double robust_scale(Span<const float> source, Span<const float> target) {
  const auto sum = [&](const auto& value) { return published_sum(source.size(), value); };
  RobustScale scale(sum([&](std::size_t k) { return source[k]; }),
                    sum([&](std::size_t k) { return target[k]; }), source.size());
  while (!scale.finished()) {
    const float numerator = sum([&](std::size_t k) { return scale.numerator(source[k], target[k]); });
    const float denominator = sum([&](std::size_t k) { return scale.denominator(source[k], target[k]); });
    scale.step(numerator, denominator);
  }
  return scale.value();
}

ScaleShift least_squares(Span<const float> source, Span<const float> target) {
  const auto count = static_cast<double>(source.size());
  if (source.empty()) return {};
  const auto sums = chunked_sum<2>(0, source.size(), [&](std::size_t k, std::array<double, 2>& s) {
    s[0] += source[k];
    s[1] += target[k];
  });
  const double source_mean = sums[0] / count;
  const double target_mean = sums[1] / count;
  const auto moments = chunked_sum<2>(0, source.size(), [&](std::size_t k, std::array<double, 2>& s) {
    const double dx = source[k] - source_mean;
    s[0] += dx * dx;
    s[1] += dx * (target[k] - target_mean);
  });
  return line_of_moments(source_mean, target_mean, moments, count);
}

ScaleShift line_of_moments(double source_mean, double target_mean, const std::array<double, 2>& moments,
                           double count) {
  if (!(moments[0] > 1e-14 * source_mean * source_mean * count)) {
    return {source_mean != 0 ? target_mean / source_mean : 1.0, 0.0};
  }
  const double scale = moments[1] / moments[0];
  return {scale, target_mean - scale * source_mean};
}

double absolute_loss(Span<const float> source, Span<const float> target, const ScaleShift& fit) {
  return chunked_sum<1>(0, source.size(), [&](std::size_t k, std::array<double, 1>& sums) {
    sums[0] += std::abs(fit.scale * source[k] + fit.shift - target[k]);
  })[0];
}

ScaleShift least_absolute(Span<const float> source, Span<const float> target) {
  if (source.size() < 2) return {source.empty() ? 1.0 : median_ratio(source, target), 0.0};
  ScaleShift best = reweighted_start(source, target);
  double best_loss = absolute_loss(source, target, best);
  constexpr std::size_t pivots_tried = 8;
  for (int round = 0; round < 50; ++round) {
    bool improved = false;
    for (const std::size_t pivot : nearest_samples(source, target, best, pivots_tried)) {
      const ScaleShift candidate = best_line_through(pivot, source, target);
      const double loss = absolute_loss(source, target, candidate);
      if (loss >= best_loss * (1 - 1e-13)) continue;
      best = candidate;
      best_loss = loss;
      improved = true;
      break;
    }
    if (!improved) break;
  }
  return best;
}

ScaleShift adam_absolute(Span<const float> source, Span<const float> target, double learning_rate,
                         int max_iterations) {
  constexpr double beta1 = 0.9, beta2 = 0.999;
  constexpr float epsilon = 1e-8F, tolerance = 1e-6F;
  std::array<float, 2> x{static_cast<float>(median_ratio(source, target)), 0.0F};
  std::array<float, 2> first_moment{}, second_moment{};
  float previous_loss = 0;
  const auto residual = [&](std::size_t k) { return (x[0] * source[k] + x[1]) - target[k]; };
  const auto sign = [&](std::size_t k) {
    const float r = residual(k);
    return r > 0 ? 1.0F : r < 0 ? -1.0F : 0.0F;
  };
  for (int k = 1; k <= max_iterations; ++k) {
    const float loss = published_sum(source.size(), [&](std::size_t i) { return std::abs(residual(i)); });
    const std::array<float, 2> gradient{
        published_sum(source.size(), [&](std::size_t i) { return sign(i) * source[i]; }),
        published_sum(source.size(), sign)};
    const auto step = static_cast<float>(-learning_rate / (1 - std::pow(beta1, k)));
    const auto correction = static_cast<float>(std::sqrt(1 - std::pow(beta2, k)));
    for (std::size_t c = 0; c < 2; ++c) {
      first_moment[c] =
          first_moment[c] * static_cast<float>(beta1) + gradient[c] * static_cast<float>(1 - beta1);
      second_moment[c] = second_moment[c] * static_cast<float>(beta2) +
                         static_cast<float>(1 - beta2) * gradient[c] * gradient[c];
      const float deviation = std::sqrt(second_moment[c]) / correction + epsilon;
      x[c] += step * first_moment[c] / deviation;
    }
    if (k > 1 && std::abs(previous_loss - loss) < tolerance) break;
    previous_loss = loss;
  }
  return {x[0], x[1]};
}

}  // namespace vd
