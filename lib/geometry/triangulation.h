// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/span.h"
#include "geometry/camera.h"

namespace vd {

/// One sight of a point.
struct PointView {
  SE3 camera_from_world;
  Intrinsics intrinsics;
  Vec2 pixel;
};

/// The point with the least sum of squared reprojection errors: the point nearest to all rays, then
/// Gauss-Newton steps.
///
/// views    two or more
/// returns  the point in the world; nothing when the rays are parallel to working precision or the point is
/// behind one
///          of the cameras
[[nodiscard]] std::optional<Vec3> triangulate(Span<const PointView> views);

/// Root mean square of the reprojection errors in pixels; infinite when the point is behind one of the
/// cameras.
[[nodiscard]] double reprojection_rms_px(Span<const PointView> views, const Vec3& point_in_world);

/// Largest angle in radians between any two rays from the camera centres to a point (exact up to 32 views;
/// above, each view against the first, the middle and the last).
[[nodiscard]] double ray_angle_rad(Span<const PointView> views, const Vec3& point_in_world);

}  // namespace vd
