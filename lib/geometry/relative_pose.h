// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/span.h"
#include "geometry/camera.h"

namespace vd {

/// Motion between two views up to scale.
struct RelativePose {
  SE3 second_from_first;       // |translation| = 1
  std::vector<char> in_front;  // a correspondence: inlier and in front of both cameras
  int in_front_count = 0;
  double median_angle_rad = 0;  // between the two rays of a point, over those in front
};

/// Essential matrix by MAGSAC (Barath et al. 2020; with OpenCV newer than 4.6 its default USAC), decomposed
/// into the motion with most points in front of both views.
///
/// first, second  the same points in two images, in pixels; different cameras are allowed
/// threshold_px   scale of the inliers' noise
/// returns        nothing for fewer than 8 points or when no essential matrix is found
[[nodiscard]] std::optional<RelativePose> estimate_relative_pose(Span<const Vec2> first,
                                                                 Span<const Vec2> second,
                                                                 const Intrinsics& first_intrinsics,
                                                                 const Intrinsics& second_intrinsics,
                                                                 double threshold_px, std::uint64_t seed);

}  // namespace vd
