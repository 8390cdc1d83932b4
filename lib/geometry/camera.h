// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geometry/se3.h"

namespace vd {

/// Pinhole camera without distortion, in pixels of an image of width x height; the centre of the first pixel
/// is (0, 0).
struct Intrinsics {
  double fx = 0;
  double fy = 0;
  double cx = 0;
  double cy = 0;
  int width = 0;
  int height = 0;

  /// Pixel of a point in the camera frame; its z must be positive.
  [[nodiscard]] Vec2 project(const Vec3& point_in_camera) const {
    return {fx * point_in_camera.x() / point_in_camera.z() + cx,
            fy * point_in_camera.y() / point_in_camera.z() + cy};
  }
  /// Ray through a pixel, scaled to z = 1: the point at depth d is d * unproject(pixel).
  [[nodiscard]] Vec3 unproject(const Vec2& pixel) const {
    return {(pixel.x() - cx) / fx, (pixel.y() - cy) / fy, 1.0};
  }
  [[nodiscard]] Mat3 matrix() const;
  /// The same camera with its image resized: cx' = (cx + 0.5) s - 0.5.
  [[nodiscard]] Intrinsics resized(int new_width, int new_height) const;
};

/// Intrinsics with a given focal length and the principal point in the middle of the image.
[[nodiscard]] Intrinsics centred_intrinsics(double focal_px, int width, int height);

/// A frame of a clip as the geometry sees it.
struct Camera {
  Intrinsics intrinsics;
  SE3 world_from_camera;
};

}  // namespace vd
