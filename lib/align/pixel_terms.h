// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "align/observations.h"

namespace vd {

// The residual of the objective at one pixel of image n and one edge side k that shows it:
//
//   r_k = X - y_k,   X = D q + t_n,   q = R_n kappa,   kappa = ((u - cx)/f, (v - cy)/f, 1),   y_k = s_e R_e
//   x_k + T_e
//
// and its part of the objective is w_k |r_k|. Here is what all passes over pixels share: the camera and the
// similarities in the form in which they are applied, and the reweighting that turns the distance into
// squares,
//
//   w |r|  <=  a |r|^2 / 2 + const   with a = w / max(|r|, epsilon),   equal where |r| is the present one.

struct NormOptions {
  bool squared = false;   // the objective is w |r|^2
  double epsilon = 1e-4;  // distance below which residuals count quadratically, scene units

  [[nodiscard]] double value(double weight, double distance) const {
    return squared ? weight * distance * distance : weight * distance;
  }
  [[nodiscard]] double square_weight(double weight, double distance) const {
    return squared ? 2 * weight : weight / std::max(distance, epsilon);
  }
};

/// A camera ready to cast rays.
class CameraRays {
 public:
  CameraRays(const Alignment& scene, int image)
      : rotation_(scene.world_from_camera[image].matrix()),
        translation_(scene.world_from_camera[image].translation),
        inverse_focal_(1.0 / scene.focal_px[image]),
        centre_(scene.principal_point[image]) {}

  /// q: movement of the world point for one unit of depth.
  [[nodiscard]] Vec3 direction(int x, int y) const {
    return rotation_ * Vec3((x - centre_.x()) * inverse_focal_, (y - centre_.y()) * inverse_focal_, 1.0);
  }
  [[nodiscard]] const Vec3& centre() const { return translation_; }
  /// Third column of the rotation: q without its part across the axis.
  [[nodiscard]] Vec3 axis() const { return rotation_.col(2); }

 private:
  Mat3 rotation_;
  Vec3 translation_;
  double inverse_focal_;
  Vec2 centre_;
};

/// The similarities of the sides of an image.
class SideMotions {
 public:
  SideMotions(const Alignment& scene, const ImageObservations& image) {
    for (const SideObservations& side : image.sides) {
      const Sim3& motion = scene.world_from_pair[side.edge];
      motions_.push_back({motion.scale * motion.rotation.toRotationMatrix(), motion.translation});
    }
  }
  /// y_k of pixel p.
  [[nodiscard]] Vec3 place(std::size_t k, const float* point) const {
    return motions_[k].scaled_rotation * Vec3(point[0], point[1], point[2]) + motions_[k].translation;
  }

 private:
  struct Motion {
    Mat3 scaled_rotation;
    Vec3 translation;
  };
  std::vector<Motion> motions_;
};

/// A run of pixels of one image: the unit of parallel work. Its results go into a slot of its own, and slots
/// are added in order, so sums do not depend on the number of threads.
struct PixelRun {
  std::size_t image;
  std::size_t begin;
  std::size_t end;
};

[[nodiscard]] inline std::vector<PixelRun> pixel_runs(const std::vector<ImageObservations>& images,
                                                      std::size_t smallest) {
  std::vector<PixelRun> runs;
  for (std::size_t n = 0; n < images.size(); ++n) {
    const std::size_t pixels = images[n].pixels();
    const std::size_t length = std::max(smallest, (pixels + 3) / 4);
    for (std::size_t begin = 0; begin < pixels; begin += length) {
      runs.push_back({n, begin, std::min(pixels, begin + length)});
    }
  }
  return runs;
}

}  // namespace vd
