// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/span.h"
#include "pointmap/correspondences.h"

namespace vd {

struct SharedFocalOptions {
  double least_over_side = 0.4;  // range of focal lengths in units of the longer image side
  double most_over_side = 3.0;
  int candidates = 25;  // on a logarithmic scale
  double inlier_px = 1.0;
  std::uint64_t seed = 0;
};

/// A focal length shared by many pairs. Straight driving does not determine it: then the range is wide, and
/// says so.
struct SharedFocal {
  double focal_px = 0;
  double relative_sigma = 0;  // from leaving out one pair at a time, and from the flatness of the cost
  double low_px = 0;          // focal lengths within this range explain the flow nearly (within 1 %) as well
  double high_px = 0;
  int pairs_used = 0;
};

/// Focal length in pixels, principal point in the middle of the image, from the flow of many pairs: for
/// candidates on a grid, the pairs' poses are refined on Sampson distances and the robust costs summed; then
/// a parabola through the best.
///
/// pairs    correspondences of each pair of frames, width x height pixels each
/// returns  nothing without a pair of enough correspondences, or when no candidate inside the range is best
[[nodiscard]] std::optional<SharedFocal> estimate_shared_focal(Span<const Correspondences> pairs, int width,
                                                                 int height,
                                                                 const SharedFocalOptions& options);

}  // namespace vd
