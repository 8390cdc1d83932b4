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
  int candidates = 33;           // on a logarithmic scale
  double prior_over_side = 0.9;  // weak prior: most video lies within a factor of 1.6 of this
  double prior_log_sigma = 0.5;
  double inlier_px = 1.0;
  std::uint64_t seed = 0;
};

/// A focal length shared by many pairs. Straight driving does not determine it: then the weak prior decides,
/// and the range is wide.
struct SharedFocal {
  double focal_px = 0;
  double relative_sigma = 0;  // the larger of: leaving out one pair at a time, and half the range below
  double low_px = 0;          // about one standard deviation to either side, from the shape of the cost
  double high_px = 0;
  int pairs_used = 0;
};

/// Focal length in pixels, principal point in the middle of the image, from the flow of many pairs: for
/// candidates on a grid, the pairs' poses are refined on Sampson distances and the robust costs summed,
/// together with a weak prior; then a parabola through the best. Neighbouring vectors err alike, so that ten
/// count as one.
///
/// pairs    correspondences of each pair of frames, width x height pixels each
/// returns  nothing without a pair of enough correspondences
[[nodiscard]] std::optional<SharedFocal> estimate_shared_focal(Span<const Correspondences> pairs, int width,
                                                               int height, const SharedFocalOptions& options);

}  // namespace vd
