// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/span.h"
#include "stereo/joint_lucas_kanade.h"

namespace vd {

/// A frame's depth after comparison with its neighbours' own.
struct CheckedDepth {
  Map<float> inverse;     // inverse depth: mean of those that agree where observed, the frame's own elsewhere
  Map<float> confidence;  // 0 = not observed; ranks the errors, no unit
  Map<float>
      support;  // trust in what was not observed, for completion: 1 where some neighbour has about the
                // same depth however weak both are, 0.1 where none has, 0 where no neighbour sees the place
};

/// One neighbour in the check: where it stood and what it measured.
struct DepthView {
  Camera camera;
  const RawDepth* depth = nullptr;
};

struct CheckOptions {
  double min_strength = 10;  // inverse relative sigma below which a frame's own measurement does not count
  double min_parallax_px = 0.5;      // largest parallax below which a pixel is not observed
  double max_disagreement_px = 1.0;  // of position
  double max_relative_difference = 0.05;
  int min_agreeing = 2;  // neighbours; 1 when there is only one
};

/// Keeps the pixels whose depth at least min_agreeing neighbours measured alike, and takes the mean, weights
/// 1/(1 + (r / 0.01)^2) with r the relative difference. Confidence is n / (1/strength + rms r), lowered near
/// depth edges by 1 + 20 * range of log depth in 7x7. Reads neighbours bilinearly, the nearest pixel across
/// their depth edges.
[[nodiscard]] CheckedDepth geometric_check(const DepthView& reference, Span<const DepthView> neighbours,
                                           const CheckOptions& options = {});

}  // namespace vd
