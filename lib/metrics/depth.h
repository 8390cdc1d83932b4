// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/options.h"
#include "core/span.h"
#include "image/map.h"
#include "metrics/affine_fit.h"

namespace vd {

// Depth metrics as the published programs compute them (MonST3R's depth_evaluation, which Align3R and CUT3R
// share): gather the valid pixels, fit the prediction to the truth, clip, restrict to a mask, score.
//
//   DepthSamples samples;
//   for (each frame) samples.add_frame(prediction, truth, mask);        // frames need not be kept
//   const DepthScore score = evaluate_depth(samples, options);
//
// One DepthSamples is one sequence. It holds 9 bytes a valid pixel and nothing of the frames themselves.

/// What the prediction is multiplied by and shifted to before it is scored.
enum class DepthFit {
  none,           // metric predictions
  ratio,          // median of the ratios truth / prediction: one pixel more or less never moves it far
  median,         // ratio of the lower medians, as published programs do; jumps where depth has a gap at its
                  // median
  scale,          // L1 by ten reweighted least squares in the scale (the published program's "Weiszfeld")
  lstsq,          // scale and shift by least squares
  lad,            // scale and shift with the least sum of absolute errors, exact
  lad2,           // the published program's Adam, which stops long before it has converged
  lad_published,  // what the published "lad" gives on float32 data: the ratio of medians, shift 0
};

/// Pixels that share one fit.
enum class FitSpan { sequence, frame };

/// How pixels become one number: one mean over all valid pixels of the sequence, or the mean over frames of
/// the mean over a frame's valid pixels, where frames without valid pixels are left out.
enum class DepthPooling { pooled, frame_mean };

struct DepthEvaluationOptions {
  DepthFit fit = DepthFit::ratio;
  FitSpan fit_span = FitSpan::sequence;
  DepthPooling pooling = DepthPooling::pooled;
  bool disparity = false;   // the prediction is 1/depth up to the fit, which is then made in 1/depth
  double min_depth = 0;     // truth at or below it is not valid
  double max_depth = 0;     // truth at or above it is not valid; 0 = no cap
  double pre_clip_min = 0;  // bounds of the prediction before the fit; 0 = none
  double pre_clip_max = 0;
  double post_clip_min = 0;  // bounds of the fitted depth; 0 = none
  double post_clip_max = 0;
  bool fit_scored_only = false;  // the fit sees only pixels that the mask lets through (published: all)
  bool unknown_is_zero =
      false;  // unknown predictions (0, NaN) join the fit and are fitted as 0, as published;
              // otherwise the fit leaves them out and they stay depth 0, which is all wrong
  double lad2_learning_rate = 1e-4;
  int lad2_max_iterations = 1000;
};

void describe(DepthEvaluationOptions& options, OptionTable& table);

/// Means over valid pixels, natural logarithms. Every number is 0 when valid_pixels is 0.
struct DepthMetrics {
  double abs_rel = 0;  // mean |p - g| / g
  double sq_rel = 0;   // mean (p - g)^2 / g
  double rmse = 0;
  double log_rmse = 0;  // from here on p is at least 1e-5
  double log10 = 0;     // mean |log10 p - log10 g|
  double irmse = 0;     // root mean square of 1/p - 1/g
  double si_log = 0;    // standard deviation of ln p - ln g (Eigen et al. with lambda = 1)
  double delta1 = 0;    // fraction with max(p/g, g/p) < 1.25
  double delta2 = 0;    // ... 1.25^2
  double delta3 = 0;    // ... 1.25^3
  std::size_t valid_pixels = 0;
};

/// The pixels of one sequence where the truth is known, in the order of frames and rows.
class DepthSamples {
 public:
  /// Adds one frame.
  ///
  /// prediction  HxW depth or disparity of any unit; NaN and infinite values are unknown, and so is depth <=
  /// 0 truth       HxW depth; 0, negative and NaN mark unknown and are left out mask        HxW, non-zero
  /// where a pixel is scored; empty for everywhere. The fit uses unmasked pixels too throws      Error when
  /// the sizes differ
  void add_frame(MapView<const float> prediction, MapView<const float> truth,
                 MapView<const std::uint8_t> mask = {});

  [[nodiscard]] std::size_t frames() const { return frame_begin_.size() - 1; }
  [[nodiscard]] std::size_t size() const { return truth_.size(); }
  [[nodiscard]] Span<const float> prediction() const { return prediction_; }
  [[nodiscard]] Span<const float> truth() const { return truth_; }
  [[nodiscard]] Span<const std::uint8_t> scored() const { return scored_; }
  /// Samples of frame k are [frame_begin(k), frame_begin(k + 1)).
  [[nodiscard]] std::size_t frame_begin(std::size_t k) const { return frame_begin_[k]; }

 private:
  std::vector<float> prediction_;
  std::vector<float> truth_;
  std::vector<std::uint8_t> scored_;
  std::vector<std::size_t> frame_begin_{0};
};

/// Sums from which the metrics are made; sums of frames add up to the sums of the sequence.
struct DepthSums {
  double abs_rel = 0, sq_rel = 0, square = 0, log_square = 0, log = 0, log10 = 0, inverse_square = 0;
  std::array<double, 3> inliers{};
  std::size_t count = 0;

  void add(double prediction, double truth);
  void add(const DepthSums& other);
  [[nodiscard]] DepthMetrics metrics() const;
};

struct DepthScore {
  DepthMetrics metrics;              // of the sequence, by the options' pooling
  std::vector<DepthMetrics> frames;  // each frame on its own, with the fit that applied to it
  std::vector<ScaleShift> fits;      // fitted = scale * prediction + shift; one, or one a frame
  std::vector<DepthSums> sums;       // one a frame
};

/// Makes the metrics of the sequence and of its frames from the sums of the frames.
void summarise(DepthScore& score, DepthPooling pooling);

/// Fits and scores a sequence.
///
/// returns  metrics with valid_pixels = 0 when no pixel has known truth; a fit that the samples do not
/// determine
///          (a prediction that is constant, or 0 everywhere) falls back to the closest defined one: least
///          squares of a constant prediction is a pure scale, a ratio with 0 is scale 1
/// source   MonST3R, depth_evaluation; DepthFit says where vd's own choices differ
[[nodiscard]] DepthScore evaluate_depth(const DepthSamples& samples, const DepthEvaluationOptions& options);

/// The fit alone, over the samples [begin, end).
[[nodiscard]] ScaleShift fit_depth(const DepthSamples& samples, std::size_t begin, std::size_t end,
                                   const DepthEvaluationOptions& options);

/// A whole map after the fit, unclipped, as depth: invalid predictions and, for disparities, fitted values <=
/// 0 are 0.
[[nodiscard]] DepthMap apply_fit(MapView<const float> prediction, const ScaleShift& fit, bool disparity);

/// |fitted - truth| / truth where the truth is valid (by the options' caps), 0 elsewhere.
[[nodiscard]] Map<float> relative_error_map(const DepthMap& fitted, MapView<const float> truth,
                                            const DepthEvaluationOptions& options);

}  // namespace vd
