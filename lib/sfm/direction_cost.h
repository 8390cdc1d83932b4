// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <ceres/sized_cost_function.h>

#include "geometry/camera.h"
#include "sfm/reprojection_cost.h"

namespace vd {

/// A camera that only turns: exp(w) R_0 from the world.
struct TurningCamera {
  std::array<double, 3> turn{};
  Quat start;

  explicit TurningCamera(const Quat& camera_from_world) : start(camera_from_world) {}
  [[nodiscard]] Quat rotation() const {
    return (rotation_exp(Vec3(turn[0], turn[1], turn[2])) * start).normalized();
  }
  /// Takes the turn into the start.
  void settle() {
    start = rotation();
    turn = {};
  }
};

/// A direction in the world with two parameters: d_0 + B u in the plane across d_0.
struct WorldDirection {
  std::array<double, 2> offset{};
  Vec3 start;
  Eigen::Matrix<double, 3, 2> across;

  explicit WorldDirection(const Vec3& direction) { set(direction); }
  [[nodiscard]] Vec3 in_world() const { return start + across * Vec2(offset[0], offset[1]); }
  void settle() { set(in_world()); }

 private:
  void set(const Vec3& direction) {
    start = direction.normalized();
    across = basis_across(start);
    offset = {};
  }
};

/// Reprojection error in pixels of a direction (2) in a turning camera (3), by the logarithm of a focal
/// factor (1). Fails where the direction is behind the camera.
class DirectionCost final : public ceres::SizedCostFunction<2, 3, 2, 1> {
 public:
  DirectionCost(const Vec2& pixel, const Intrinsics& intrinsics, const TurningCamera& camera,
                const WorldDirection& direction)
      : pixel_(pixel), intrinsics_(&intrinsics), camera_(&camera), direction_(&direction) {}
  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override;

 private:
  Vec2 pixel_;
  const Intrinsics* intrinsics_;
  const TurningCamera* camera_;
  const WorldDirection* direction_;
};

}  // namespace vd
