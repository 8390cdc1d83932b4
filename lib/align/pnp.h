// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "geometry/se3.h"
#include "image/map.h"

namespace vd {

struct PnpOptions {
  int iterations = 10;
  double reprojection_px = 5;
};

struct PnpPose {
  SE3 world_from_camera;
  double focal_px = 0;
  int inliers = 0;
};

/// Camera that sees the points of a point map at their pixels: OpenCV's solvePnPRansac with SQPnP, as the
/// public aligners call it. Its random numbers are seeded, so the result depends on the input alone.
///
/// points           HxW points in the world
/// mask             HxW, non-zero where points may be used; missing points never are
/// focal_px         nothing: 21 focal lengths from S/2 to 3S are tried, S = max(W, H), and the one with most
/// inliers wins returns          nothing for fewer than 4 points or when OpenCV finds no pose
[[nodiscard]] std::optional<PnpPose> solve_pnp(const PointMap& points, const MaskMap& mask,
                                               std::optional<double> focal_px, const Vec2& principal_point,
                                               const PnpOptions& options);

}  // namespace vd
