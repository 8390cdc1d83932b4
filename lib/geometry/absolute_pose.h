// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/span.h"
#include "geometry/camera.h"

namespace vd {

struct AbsolutePose {
  SE3 camera_from_world;
  std::vector<char> inlier;  // one a point: reprojection error below the threshold and in front
  int inlier_count = 0;
};

/// Pose of a camera that sees known points, from any guess that is good to some tens of pixels: damped
/// Gauss-Newton on the reprojection errors with Geman-McClure weights whose scale falls to the threshold.
///
/// points_in_world, pixels  same number
/// returns                  the pose where the steps end; nothing for fewer than 4 points or none in front
[[nodiscard]] std::optional<AbsolutePose> refine_absolute_pose(Span<const Vec3> points_in_world,
                                                               Span<const Vec2> pixels,
                                                               const Intrinsics& intrinsics, const SE3& guess,
                                                               double threshold_px);

/// Pose without a guess that need be right: random samples (P3P) and the guesses given compete after
/// refinement; the one with most inliers wins.
///
/// returns  nothing when fewer than 6 points agree
[[nodiscard]] std::optional<AbsolutePose> estimate_absolute_pose(Span<const Vec3> points_in_world,
                                                                 Span<const Vec2> pixels,
                                                                 const Intrinsics& intrinsics,
                                                                 Span<const SE3> guesses, double threshold_px,
                                                                 std::uint64_t seed);

}  // namespace vd
