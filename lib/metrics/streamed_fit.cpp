// SPDX-License-Identifier: Apache-2.0
#include "metrics/streamed_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "metrics/chunked_sum.h"
#include "metrics/published_sum.h"
#include "metrics/rank_selection.h"

namespace vd {
namespace {

/// Numbers of which the lower median is wanted; not a number: left out.
template <typename Number>
float streamed_lower_median(const FitParts& parts, const Number& number) {
  RankSelection selection;
  const auto each = [&](const FitInput& part, const auto& use) {
    for (std::size_t k = 0; k < part.target.size(); ++k) {
      const float value = number(part.prediction[k], part.target[k]);
      if (!std::isnan(value)) use(value);
    }
  };
  parts([&](const FitInput& part) { each(part, [&](float value) { selection.count(value); }); });
  if (selection.size() == 0) return NAN;
  selection.choose((selection.size() - 1) / 2);
  parts([&](const FitInput& part) { each(part, [&](float value) { selection.refine(value); }); });
  return selection.value();
}

double streamed_median_of_ratios(const FitParts& parts) {
  const float median = streamed_lower_median(
      parts, [](float source, float target) { return source > 0 && target > 0 ? target / source : NAN; });
  return std::isnan(median) ? 1.0 : median;
}

double streamed_median_ratio(const FitParts& parts) {
  RankSelection sources, targets;
  parts([&](const FitInput& part) {
    for (const float value : part.prediction) sources.count(value);
    for (const float value : part.target) targets.count(value);
  });
  if (sources.size() == 0) return 1.0;
  sources.choose((sources.size() - 1) / 2);
  targets.choose((targets.size() - 1) / 2);
  parts([&](const FitInput& part) {
    for (const float value : part.prediction) sources.refine(value);
    for (const float value : part.target) targets.refine(value);
  });
  const double source_median = sources.value();
  const double ratio = targets.value() / source_median;
  return ratio > 0 && std::isfinite(ratio) ? ratio : 1.0;
}

/// Sums in the chunks of chunked_sum, so that both give the same bits.
template <std::size_t K>
class StreamedSum {
 public:
  template <typename Body>
  void add(const Body& body) {
    body(chunk_);
    if (++in_chunk_ == sum_chunk) close();
  }
  std::array<double, K> total() {
    if (in_chunk_ > 0) close();
    return total_;
  }

 private:
  void close() {
    for (std::size_t i = 0; i < K; ++i) total_[i] += chunk_[i];
    chunk_ = {};
    in_chunk_ = 0;
  }
  std::array<double, K> total_{}, chunk_{};
  std::size_t in_chunk_ = 0;
};

ScaleShift streamed_least_squares(const FitParts& parts) {
  StreamedSum<2> sums;
  double count = 0;
  parts([&](const FitInput& part) {
    for (std::size_t k = 0; k < part.target.size(); ++k) {
      sums.add([&](std::array<double, 2>& s) {
        s[0] += part.prediction[k];
        s[1] += part.target[k];
      });
    }
    count += static_cast<double>(part.target.size());
  });
  if (count == 0) return {};
  const auto [source_sum, target_sum] = sums.total();
  const double source_mean = source_sum / count;
  const double target_mean = target_sum / count;
  StreamedSum<2> moments;
  parts([&](const FitInput& part) {
    for (std::size_t k = 0; k < part.target.size(); ++k) {
      moments.add([&](std::array<double, 2>& s) {
        const double dx = part.prediction[k] - source_mean;
        s[0] += dx * dx;
        s[1] += dx * (part.target[k] - target_mean);
      });
    }
  });
  return line_of_moments(source_mean, target_mean, moments.total(), count);
}

double streamed_robust_scale(const FitParts& parts) {
  std::size_t count = 0;
  parts([&](const FitInput& part) { count += part.target.size(); });
  if (count == 0) return 1.0;
  // Two sums of a number of each sample.
  const auto sums_of = [&](const auto& first, const auto& second) {
    PublishedSum first_sum(count), second_sum(count);
    parts([&](const FitInput& part) {
      for (std::size_t k = 0; k < part.target.size(); ++k) {
        first_sum.add(first(part.prediction[k], part.target[k]));
        second_sum.add(second(part.prediction[k], part.target[k]));
      }
    });
    return std::array<float, 2>{first_sum.total(), second_sum.total()};
  };
  const auto [source, target] = sums_of([](float x, float) { return x; }, [](float, float y) { return y; });
  RobustScale scale(source, target, count);
  while (!scale.finished()) {
    const auto [numerator, denominator] = sums_of([&](float x, float y) { return scale.numerator(x, y); },
                                                  [&](float x, float y) { return scale.denominator(x, y); });
    scale.step(numerator, denominator);
  }
  return scale.value();
}

}  // namespace

ScaleShift fit_in_rounds(const FitParts& parts, const DepthEvaluationOptions& options) {
  switch (options.fit) {
    case DepthFit::none:
      return {};
    case DepthFit::ratio:
      return {streamed_median_of_ratios(parts), 0.0};
    case DepthFit::median:
    case DepthFit::lad_published:
      return {streamed_median_ratio(parts), 0.0};
    case DepthFit::lstsq:
      return streamed_least_squares(parts);
    case DepthFit::scale:
      return {streamed_robust_scale(parts), 0.0};
    default:
      break;
  }
  FitInput all;
  parts([&](const FitInput& part) {
    all.prediction.insert(all.prediction.end(), part.prediction.begin(), part.prediction.end());
    all.target.insert(all.target.end(), part.target.begin(), part.target.end());
  });
  return fit_samples(all, options);
}

}  // namespace vd
