// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "geometry/camera.h"
#include "image/map.h"

namespace vd {

/// Plane in front of one camera: the inverse depth on it is affine in the normalised image coordinates,
/// w = p . K^-1 (x, y, 1) with p = normal / distance.
struct GroundPlane {
  Vec3 normal_over_distance = Vec3::Zero();  // p, per unit of the poses' translation
  double share = 0;                          // of the image's pixels that lie on it

  /// Inverse depth of the plane at a pixel; <= 0 at and above its horizon.
  [[nodiscard]] double inverse_depth(const Intrinsics& intrinsics, const Vec2& pixel) const {
    return normal_over_distance.dot(intrinsics.unproject(pixel));
  }
};

struct GroundPlaneOptions {
  double tolerance = 0.04;         // relative difference of inverse depth on the plane
  double least_share = 0.08;       // of the image that must lie on it
  double least_uprightness = 0.9;  // cosine between its normal and the camera's downward axis
  std::uint64_t seed = 0;
};

/// The ground below an upright camera, from the inverse depths in the lower two thirds of the image, by
/// sampling of three points and least squares on the inliers.
///
/// inverse_depth  of the frame, > 0 where known
/// usable         0 where inverse_depth is not to be trusted or moves
/// returns        nothing when no plane that faces up holds enough of the image
[[nodiscard]] std::optional<GroundPlane> find_ground_plane(const Map<float>& inverse_depth,
                                                           const MaskMap& usable,
                                                           const Intrinsics& intrinsics,
                                                           const GroundPlaneOptions& options);

}  // namespace vd
