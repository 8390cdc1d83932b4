// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/options.h"
#include "image/map.h"
#include "metrics/depth.h"
#include "report/requirement.h"

namespace vd {

/// Which pixels determine the fit of the prediction to the truth.
enum class FitPixels {
  observed,  // confidence > 0, and not moving where that is known: one honest scale for every group
  all,       // every pixel with truth, as published programs do
  own        // each group its own fit
};

/// The maps of one frame. Truth and prediction have one size; the others too, or are empty.
struct DepthFrame {
  Map<float> prediction;     // depth, or 1/depth with options.disparity; unknown: 0 or NaN
  DepthMap truth;            // unknown: 0
  ConfidenceMap confidence;  // 0 = filled, not observed; empty: every valid prediction is observed
  MaskMap moving;            // true mask, 255 = moving; empty: not known
  MaskMap scored;            // non-zero where a pixel counts; empty: everywhere
};

/// Scores of one kind of pixels.
struct DepthGroup {
  std::string name;
  DepthScore score;
  double coverage =
      0;  // pixels of the group, as a fraction of those with truth (of its static or moving part)
  double abs_rel_best_half = 0;  // of the half with the higher confidence; NaN without confidence
};

/// The frames of a clip by number, in [0, count). read is called once for every round over the clip, and from
/// several threads.
struct DepthFrames {
  std::size_t count = 0;
  std::function<DepthFrame(std::size_t frame)> read;
};

/// Depth scores of a clip, apart for
///   all, observed, filled               every pixel with truth; confidence > 0; predicted at confidence 0
///   static, observed_static, filled_static   the same where the true mask says still
///   dynamic, observed_dynamic                where it says moving
/// The groups of the last two lines exist when a true mask was given for every frame. A pixel without
/// prediction belongs to all (static, dynamic) only, and counts there as depth 0, which is all wrong.
///
/// Pixels with truth (13 bytes each) are kept while they fit into memory_bytes, other frames are read again
/// in each of five rounds (fifteen with scale): memory is bounded whatever the length of the clip, but for
/// one lad or lad2 over the sequence (metrics/streamed_fit.h).
///
/// returns  one score for each group that has pixels; the fit is options.fit over options.fit_span, made on
/// the
///          given pixels
/// throws   Error when sizes differ
[[nodiscard]] std::vector<DepthGroup> evaluate_grouped_depth(const DepthFrames& frames,
                                                             const DepthEvaluationOptions& options,
                                                             FitPixels fit_pixels,
                                                             std::size_t memory_bytes = std::size_t{1} << 29);

/// "depth.GROUP.abs_rel" and so on, in a fixed order.
[[nodiscard]] std::vector<Metric> depth_metrics(const std::vector<DepthGroup>& groups);

}  // namespace vd
