// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stereo/geometric_check.h"
#include "stereo/posed_image.h"

namespace vd {

/// Final depth of one frame.
struct FrameDepth {
  DepthMap depth;            // complete, in units of the poses; all 0 when nothing in the frame was observed
  ConfidenceMap confidence;  // 0 = filled, not observed
};

struct CompletionOptions {
  double smoothness = 1000;   // lambda of the smoother
  int rounds = 5;             // each carries values farther into what was not observed
  double edge_grey = 6;       // grey levels of difference that count as an edge
  double raw_weight = 0.001;  // of what was matched but not confirmed, against 1 for the surely observed
  double prior_weight = 0.1;  // of the prior, where one is given
};

/// What is known of a frame besides its matched depth; all optional.
struct CompletionHints {
  MapView<const std::uint8_t> moving;  // 255 where things move: filled, never observed
  MapView<const float>
      prior_inverse;  // inverse depth in units of the poses from elsewhere, e.g. a network; 0 = none
};

/// Fills what was not observed from what was, along the image: edge-aware smoothing of confidence-weighted
/// inverse depth (fast global smoother, Min et al. 2014). Observed pixels keep their value. Inverse depth is
/// kept above half its 1 % point, so that sky gets a large but finite depth.
[[nodiscard]] FrameDepth complete(const PosedImage& image, const CheckedDepth& checked,
                                  const CompletionHints& hints = {}, const CompletionOptions& options = {});

}  // namespace vd
