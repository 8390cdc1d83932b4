// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geometry/inverse_depth_warp.h"

namespace vd {

/// An inverse-depth warp in single precision, for loops over pixels: p_other ~ A (x, y, 1) + w B.
/// The third component is z_other / z_reference.
struct EpipolarMap {
  Eigen::Matrix3f a;
  Eigen::Vector3f b;
};

struct Projection {
  float x, y;         // pixel in the other image
  float depth_ratio;  // z_other / z_reference; the pixel means nothing unless it is positive
};

[[nodiscard]] inline EpipolarMap epipolar_map(const Camera& reference, const Camera& other) {
  const InverseDepthWarp warp = inverse_depth_warp(reference, other);
  return {warp.at_infinity.cast<float>(), warp.epipole.cast<float>()};
}

[[nodiscard]] inline Projection project(const EpipolarMap& map, float x, float y, float inverse_depth) {
  const Eigen::Vector3f p = map.a * Eigen::Vector3f(x, y, 1.0F) + inverse_depth * map.b;
  return {p.x() / p.z(), p.y() / p.z(), p.z()};
}

/// d(pixel) / d(log inverse depth) in px: its length is the parallax, the weight of everything in dense
/// stereo.
[[nodiscard]] inline Eigen::Vector2f parallax(const EpipolarMap& map, const Projection& at,
                                              float inverse_depth) {
  const float scale = inverse_depth / at.depth_ratio;
  return {scale * (map.b.x() - at.x * map.b.z()), scale * (map.b.y() - at.y * map.b.z())};
}

}  // namespace vd
