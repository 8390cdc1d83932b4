// SPDX-License-Identifier: Apache-2.0
#include "sfm/pose_prior_cost.h"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>

namespace vd {
namespace {

using RowMajor66 = Eigen::Matrix<double, 6, 6, Eigen::RowMajor>;
using RowMajor67 = Eigen::Matrix<double, 6, 7, Eigen::RowMajor>;

}  // namespace

SimilarityBlock::SimilarityBlock(const Sim3& target_from_source)
    : start_rotation(target_from_source.rotation.toRotationMatrix()) {
  std::copy(target_from_source.translation.data(), target_from_source.translation.data() + 3,
            parameters.begin() + 3);
  parameters[6] = std::log(target_from_source.scale);
}

Sim3 SimilarityBlock::similarity() const {
  const Vec3 w(parameters[0], parameters[1], parameters[2]);
  return {std::exp(parameters[6]), (rotation_exp(w) * Quat(start_rotation)).normalized(),
          Vec3(parameters[3], parameters[4], parameters[5])};
}

PosePriorCost::PosePriorCost(const PosePrior& prior, double weight, const CameraBlock& camera,
                             const SimilarityBlock& given_from_world)
    : given_centre_(prior.world_from_camera.translation),
      given_rotation_(prior.world_from_camera.matrix()),
      by_unit_(weight / prior.centre_sigma),
      by_radian_(weight / prior.rotation_sigma_rad),
      camera_(&camera),
      similarity_(&given_from_world) {}

bool PosePriorCost::Evaluate(double const* const* parameters, double* residuals, double** jacobians) const {
  const Eigen::Map<const Vec3> centre(parameters[0] + 3);
  const Eigen::Map<const Vec3> w(parameters[1]);
  const Eigen::Map<const Vec3> translation(parameters[1] + 3);
  const Mat3 rotation = rotation_exp(w).toRotationMatrix() * similarity_->start_rotation;
  const Vec3 moved = std::exp(parameters[1][6]) * (rotation * centre);
  const Mat3 given_from_camera = rotation * camera_->rotation.transpose();
  const Vec3 turn = rotation_log(Quat(Mat3(given_from_camera * given_rotation_.transpose())));
  Eigen::Map<Vec6> residual(residuals);
  residual.head<3>() = by_unit_ * (moved + translation - given_centre_);
  residual.tail<3>() = by_radian_ * turn;
  if (jacobians == nullptr) return true;
  // log(exp(a) E) = log(E) + J_l(log E)^-1 a, and the rotation of the camera turns against that of the world.
  const Mat3 by_turn = by_radian_ * left_jacobian_of_rotation(turn).inverse();
  if (jacobians[0] != nullptr) {
    Eigen::Map<RowMajor66> by_camera(jacobians[0]);
    by_camera.setZero();
    by_camera.topRightCorner<3, 3>() = by_unit_ * std::exp(parameters[1][6]) * rotation;
    by_camera.bottomLeftCorner<3, 3>() = -by_turn * given_from_camera * camera_->left_jacobian;
  }
  if (jacobians[1] != nullptr) {
    Eigen::Map<RowMajor67> by_similarity(jacobians[1]);
    const Mat3 left_jacobian = left_jacobian_of_rotation(w);
    by_similarity.setZero();
    by_similarity.topLeftCorner<3, 3>() = -by_unit_ * skew(moved) * left_jacobian;
    by_similarity.block<3, 3>(0, 3) = by_unit_ * Mat3::Identity();
    by_similarity.block<3, 1>(0, 6) = by_unit_ * moved;
    by_similarity.bottomLeftCorner<3, 3>() = by_turn * left_jacobian;
  }
  return true;
}

}  // namespace vd
