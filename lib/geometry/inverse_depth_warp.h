// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geometry/camera.h"

namespace vd {

/// Where a pixel of one posed view lies in another, as a function of its inverse depth w in the first:
/// p(w) = hom(A x + w b) with A = K' R K^-1 and b = K' t (R, t: other camera from this one).
struct InverseDepthWarp {
  Mat3 at_infinity = Mat3::Identity();  // A
  Vec3 epipole = Vec3::Zero();  // b; its first two values over the third are the epipole in the other image

  [[nodiscard]] Vec3 homogeneous(const Vec2& pixel, double inverse_depth) const {
    return at_infinity * pixel.homogeneous() + inverse_depth * epipole;
  }
  /// The third value of homogeneous() must be positive (point in front of the other camera).
  [[nodiscard]] Vec2 project(const Vec2& pixel, double inverse_depth) const {
    return homogeneous(pixel, inverse_depth).hnormalized();
  }
};

[[nodiscard]] inline InverseDepthWarp inverse_depth_warp(const Camera& from, const Camera& to) {
  const SE3 to_from_from = inverse(to.world_from_camera) * from.world_from_camera;
  return {to.intrinsics.matrix() * to_from_from.matrix() * from.intrinsics.matrix().inverse(),
          to.intrinsics.matrix() * to_from_from.translation};
}

}  // namespace vd
