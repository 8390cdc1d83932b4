// SPDX-License-Identifier: Apache-2.0
#include "sfm/direction_cost.h"

#include <cmath>

namespace vd {

bool DirectionCost::Evaluate(double const* const* parameters, double* residuals, double** jacobians) const {
  const Vec3 turn(parameters[0][0], parameters[0][1], parameters[0][2]);
  const Mat3 rotation = (rotation_exp(turn) * camera_->start).toRotationMatrix();
  const Vec3 direction = direction_->start + direction_->across * Vec2(parameters[1][0], parameters[1][1]);
  const auto error = projection_error(rotation * direction, pixel_, *intrinsics_, std::exp(parameters[2][0]));
  if (!error) return false;
  Eigen::Map<Vec2>(residuals, 2) = error->residual;
  if (jacobians == nullptr) return true;
  if (jacobians[0] != nullptr) {
    Eigen::Map<Eigen::Matrix<double, 2, 3, Eigen::RowMajor>> by_turn(jacobians[0]);
    by_turn = -error->by_camera_point * (skew(rotation * direction) * left_jacobian_of_rotation(turn));
  }
  if (jacobians[1] != nullptr) {
    Eigen::Map<Eigen::Matrix<double, 2, 2, Eigen::RowMajor>> by_offset(jacobians[1]);
    by_offset = error->by_camera_point * (rotation * direction_->across);
  }
  if (jacobians[2] != nullptr) Eigen::Map<Vec2>(jacobians[2], 2) = error->by_log_focal;
  return true;
}

}  // namespace vd
