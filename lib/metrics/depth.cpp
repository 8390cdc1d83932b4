// SPDX-License-Identifier: Apache-2.0
#include "metrics/depth.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/parallel.h"
#include "metrics/streamed_fit.h"

namespace vd {
namespace {

bool in_range(float truth, const DepthEvaluationOptions& options) {
  return truth > 0 && truth > static_cast<float>(options.min_depth) &&
         (options.max_depth == 0 || truth < static_cast<float>(options.max_depth));
}

bool is_known(float prediction, const DepthEvaluationOptions& options) {
  if (std::isnan(prediction)) return false;
  return options.unknown_is_zero || options.disparity || prediction > 0;
}

float clipped(float value, double low, double high) {
  if (low != 0) value = std::max(value, static_cast<float>(low));
  if (high != 0) value = std::min(value, static_cast<float>(high));
  return value;
}

/// Depth that one prediction stands for after the fit, unclipped.
double fitted_depth(float prediction, const ScaleShift& fit, bool disparity) {
  const double value = fit.scale * prediction + fit.shift;
  if (!disparity) return value;
  return value > 0 ? 1.0 / value : 0.0;
}

DepthSums score_frame(const DepthSamples& samples, std::size_t frame, const ScaleShift& fit,
                      const DepthEvaluationOptions& o) {
  DepthSums sums;
  for (std::size_t k = samples.frame_begin(frame); k < samples.frame_begin(frame + 1); ++k) {
    const float truth = samples.truth()[k];
    if (!in_range(truth, o) || !samples.scored()[k]) continue;
    float prediction = samples.prediction()[k];
    float depth = 0;
    if (is_known(prediction, o) || o.unknown_is_zero) {
      if (std::isnan(prediction)) prediction = 0;
      prediction = clipped(prediction, o.pre_clip_min, o.pre_clip_max);
      depth = static_cast<float>(fitted_depth(prediction, fit, o.disparity));
    }
    sums.add(clipped(depth, o.post_clip_min, o.post_clip_max), truth);
  }
  return sums;
}

DepthMetrics mean_over_frames(const std::vector<DepthMetrics>& frames) {
  DepthMetrics mean;
  double used = 0;
  static constexpr double DepthMetrics::*fields[] = {
      &DepthMetrics::abs_rel, &DepthMetrics::sq_rel, &DepthMetrics::rmse,   &DepthMetrics::log_rmse,
      &DepthMetrics::log10,   &DepthMetrics::irmse,  &DepthMetrics::si_log, &DepthMetrics::delta1,
      &DepthMetrics::delta2,  &DepthMetrics::delta3};
  for (const DepthMetrics& frame : frames) {
    if (frame.valid_pixels == 0) continue;
    used += 1;
    for (const auto field : fields) mean.*field += frame.*field;
    mean.valid_pixels += frame.valid_pixels;
  }
  if (used > 0) {
    for (const auto field : fields) mean.*field /= used;
  }
  return mean;
}

}  // namespace

void DepthSamples::add_frame(MapView<const float> prediction, MapView<const float> truth,
                             MapView<const std::uint8_t> mask) {
  const bool same = prediction.width() == truth.width() && prediction.height() == truth.height();
  const bool mask_same = mask.empty() || (mask.width() == truth.width() && mask.height() == truth.height());
  if (!same || !mask_same) {
    throw Error("depth evaluation", "sizes differ: prediction " + std::to_string(prediction.width()) + "x" +
                                        std::to_string(prediction.height()) + ", truth " +
                                        std::to_string(truth.width()) + "x" + std::to_string(truth.height()));
  }
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      const float g = truth(x, y);
      if (!(g > 0) || !std::isfinite(g)) continue;
      const float p = prediction(x, y);
      prediction_.push_back(std::isfinite(p) ? p : std::numeric_limits<float>::quiet_NaN());
      truth_.push_back(g);
      scored_.push_back(mask.empty() || mask(x, y) != 0 ? 1 : 0);
    }
  }
  frame_begin_.push_back(truth_.size());
}

FitInput fit_input(const DepthSamples& samples, std::size_t begin, std::size_t end,
                   const DepthEvaluationOptions& o) {
  FitInput input;
  for (std::size_t k = begin; k < end; ++k) {
    const float truth = samples.truth()[k];
    if (!in_range(truth, o) || (o.fit_scored_only && !samples.scored()[k])) continue;
    float prediction = samples.prediction()[k];
    if (!is_known(prediction, o)) {
      if (!o.unknown_is_zero) continue;
      prediction = 0;
    }
    input.prediction.push_back(clipped(prediction, o.pre_clip_min, o.pre_clip_max));
    input.target.push_back(o.disparity ? 1.0F / (truth + 1e-8F) : truth);
  }
  return input;
}

ScaleShift fit_samples(const FitInput& input, const DepthEvaluationOptions& options) {
  if (options.fit == DepthFit::none || input.target.empty()) return {};
  switch (options.fit) {
    case DepthFit::ratio:
      return {median_of_ratios(input.prediction, input.target), 0.0};
    case DepthFit::scale:
      return {robust_scale(input.prediction, input.target), 0.0};
    case DepthFit::lstsq:
      return least_squares(input.prediction, input.target);
    case DepthFit::lad:
      return least_absolute(input.prediction, input.target);
    case DepthFit::lad2:
      return adam_absolute(input.prediction, input.target, options.lad2_learning_rate,
                           options.lad2_max_iterations);
    default:
      return {median_ratio(input.prediction, input.target), 0.0};
  }
}

ScaleShift fit_depth(const DepthSamples& samples, std::size_t begin, std::size_t end,
                     const DepthEvaluationOptions& options) {
  if (options.fit == DepthFit::none) return {};
  return fit_samples(fit_input(samples, begin, end, options), options);
}

DepthScore evaluate_depth(const DepthSamples& samples, const DepthEvaluationOptions& options) {
  DepthScore score;
  const bool per_frame = options.fit_span == FitSpan::frame;
  score.fits.resize(per_frame ? samples.frames() : 1);
  if (per_frame) {
    for (std::size_t k = 0; k < samples.frames(); ++k) {
      score.fits[k] = fit_depth(samples, samples.frame_begin(k), samples.frame_begin(k + 1), options);
    }
  } else {
    score.fits[0] = fit_depth(samples, 0, samples.size(), options);
  }
  score.sums.resize(samples.frames());
  parallel_for(samples.frames(), [&](std::size_t k) {
    score.sums[k] = score_frame(samples, k, score.fits[per_frame ? k : 0], options);
  });
  summarise(score, options.pooling);
  return score;
}

void summarise(DepthScore& score, DepthPooling pooling) {
  DepthSums total;
  score.frames.clear();
  for (const DepthSums& frame : score.sums) {
    total.add(frame);
    score.frames.push_back(frame.metrics());
  }
  score.metrics = pooling == DepthPooling::pooled ? total.metrics() : mean_over_frames(score.frames);
}

DepthMap apply_fit(MapView<const float> prediction, const ScaleShift& fit, bool disparity) {
  DepthMap depth(prediction.width(), prediction.height());
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      const float p = prediction(x, y);
      if (std::isfinite(p)) depth(x, y) = static_cast<float>(fitted_depth(p, fit, disparity));
    }
  }
  return depth;
}

Map<float> relative_error_map(const DepthMap& fitted, MapView<const float> truth,
                              const DepthEvaluationOptions& options) {
  if (fitted.width() != truth.width() || fitted.height() != truth.height()) {
    throw Error("depth evaluation", "prediction and truth differ in size");
  }
  Map<float> error(fitted.width(), fitted.height());
  for (int y = 0; y < error.height(); ++y) {
    for (int x = 0; x < error.width(); ++x) {
      const float g = truth(x, y);
      if (in_range(g, options)) error(x, y) = std::abs(fitted(x, y) - g) / g;
    }
  }
  return error;
}

}  // namespace vd
