// SPDX-License-Identifier: Apache-2.0
#include "sfm/direction_cost.h"

#include <cmath>

#include "sfm/reprojection_cost.h"

namespace vd {

bool DirectionCost::Evaluate(double const* const* parameters, double* residuals, double** jacobians) const {
  const Vec3 turn(parameters[0][0], parameters[0][1], parameters[0][2]);
  const Mat3 rotation = (rotation_exp(turn) * camera_->start).toRotationMatrix();
  const Vec3 direction = direction_->start + direction_->across * Vec2(parameters[1][0], parameters[1][1]);
  const double factor = std::exp(parameters[2][0]);
  const Vec3 x = rotation * direction;
  if (!(x.z() > 1e-9)) return false;
  const Vec2 projected = project_scaled(*intrinsics_, factor, x);
  Eigen::Map<Vec2>(residuals, 2) = projected - pixel_;
  if (jacobians == nullptr) return true;

  const double fx = factor * intrinsics_->fx;
  const double fy = factor * intrinsics_->fy;
  Eigen::Matrix<double, 2, 3> by_x;
  by_x << fx / x.z(), 0, -fx * x.x() / (x.z() * x.z()), 0, fy / x.z(), -fy * x.y() / (x.z() * x.z());
  if (jacobians[0] != nullptr) {
    Eigen::Map<Eigen::Matrix<double, 2, 3, Eigen::RowMajor>> by_turn(jacobians[0]);
    by_turn = -by_x * (skew(x) * left_jacobian_of_rotation(turn));
  }
  if (jacobians[1] != nullptr) {
    Eigen::Map<Eigen::Matrix<double, 2, 2, Eigen::RowMajor>> by_offset(jacobians[1]);
    by_offset = by_x * (rotation * direction_->across);
  }
  if (jacobians[2] != nullptr)
    Eigen::Map<Vec2>(jacobians[2], 2) = projected - Vec2(intrinsics_->cx, intrinsics_->cy);
  return true;
}

}  // namespace vd
