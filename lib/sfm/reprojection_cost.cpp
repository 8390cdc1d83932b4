// SPDX-License-Identifier: Apache-2.0
#include "sfm/reprojection_cost.h"

#include <cmath>

namespace vd {
namespace {

using RowMajor23 = Eigen::Matrix<double, 2, 3, Eigen::RowMajor>;
using RowMajor26 = Eigen::Matrix<double, 2, 6, Eigen::RowMajor>;

}  // namespace

Eigen::Matrix<double, 3, 2> basis_across(const Vec3& direction) {
  const Vec3 helper = std::abs(direction.x()) < 0.6 ? Vec3::UnitX() : Vec3::UnitY();
  Eigen::Matrix<double, 3, 2> basis;
  basis.col(0) = direction.cross(helper).normalized();
  basis.col(1) = direction.cross(basis.col(0));
  return basis;
}

std::optional<ProjectionError> projection_error(const Vec3& x, const Vec2& pixel, const Intrinsics& k,
                                                double focal_factor) {
  constexpr double least_depth = 1e-9;
  if (!(x.z() > least_depth)) return {};
  const double inverse_depth = 1.0 / x.z();
  const double u = x.x() * inverse_depth;
  const double v = x.y() * inverse_depth;
  const double fx = k.fx * focal_factor;
  const double fy = k.fy * focal_factor;
  ProjectionError error;
  error.residual = {fx * u + k.cx - pixel.x(), fy * v + k.cy - pixel.y()};
  error.by_camera_point << fx * inverse_depth, 0, -fx * u * inverse_depth, 0, fy * inverse_depth,
      -fy * v * inverse_depth;
  error.by_log_focal = {fx * u, fy * v};
  return error;
}

bool Sight::evaluate(double focal_factor, double const* const* parameters, double* residuals,
                     double** jacobians, Vec2* by_log_focal) const {
  const Vec3 to_origin = point->origin - Eigen::Map<const Vec3>(parameters[0] + 3);
  const double inverse_distance = parameters[1][2];
  const Vec3 x = camera->rotation * (point->direction(parameters[1]) + inverse_distance * to_origin);
  const auto error = projection_error(x, pixel, *intrinsics, focal_factor);
  if (!error) return false;
  Eigen::Map<Vec2>(residuals, 2) = error->residual;
  if (by_log_focal != nullptr) *by_log_focal = error->by_log_focal;
  if (jacobians == nullptr) return true;
  const RowMajor23 by_world_vector = error->by_camera_point * camera->rotation;
  if (jacobians[0] != nullptr) {
    Eigen::Map<RowMajor26> by_camera(jacobians[0]);
    by_camera.leftCols<3>().noalias() = -error->by_camera_point * (skew(x) * camera->left_jacobian);
    by_camera.rightCols<3>() = -inverse_distance * by_world_vector;
  }
  if (jacobians[1] != nullptr) {
    Eigen::Map<RowMajor23> by_point(jacobians[1]);
    by_point.leftCols<2>().noalias() = by_world_vector * point->across;
    by_point.col(2).noalias() = by_world_vector * to_origin;
  }
  return true;
}

Mat3 left_jacobian_of_rotation(const Vec3& w) {
  const double squared = w.squaredNorm();
  const Mat3 cross = skew(w);
  if (squared < 1e-12) return Mat3::Identity() + 0.5 * cross + cross * cross / 6.0;
  const double angle = std::sqrt(squared);
  return Mat3::Identity() + (1 - std::cos(angle)) / squared * cross +
         (angle - std::sin(angle)) / (squared * angle) * cross * cross;
}

CameraBlock::CameraBlock(const SE3& camera_from_world) : start_rotation(camera_from_world.matrix()) {
  Eigen::Map<Vec3>(parameters.data() + 3) =
      -(camera_from_world.rotation.conjugate() * camera_from_world.translation);
  update();
}

void CameraBlock::update() {
  const Vec3 w(parameters[0], parameters[1], parameters[2]);
  rotation = rotation_exp(w).toRotationMatrix() * start_rotation;
  left_jacobian = left_jacobian_of_rotation(w);
}

SE3 CameraBlock::camera_from_world() const {
  const Vec3 w(parameters[0], parameters[1], parameters[2]);
  const Vec3 centre(parameters[3], parameters[4], parameters[5]);
  const Quat turned = (rotation_exp(w) * Quat(start_rotation)).normalized();
  return {turned, -(turned * centre)};
}

PointBlock::PointBlock(const Vec3& point_in_world, const Vec3& origin_in_world) : origin(origin_in_world) {
  const Vec3 offset = point_in_world - origin;
  const double distance = offset.norm();
  start_direction = distance > 0 ? Vec3(offset / distance) : Vec3(Vec3::UnitZ());
  across = basis_across(start_direction);
  parameters[2] = distance > 0 ? 1.0 / distance : 1.0;
}

std::optional<Vec3> PointBlock::in_world() const {
  if (!(parameters[2] > 1e-12)) return {};
  return Vec3(origin + direction(parameters.data()) / parameters[2]);
}

bool ReprojectionCost::Evaluate(double const* const* parameters, double* residuals,
                                double** jacobians) const {
  return sight_.evaluate(1.0, parameters, residuals, jacobians, nullptr);
}

bool FocalReprojectionCost::Evaluate(double const* const* parameters, double* residuals,
                                     double** jacobians) const {
  Vec2 by_log_focal;
  if (!sight_.evaluate(std::exp(parameters[2][0]), parameters, residuals, jacobians, &by_log_focal))
    return false;
  if (jacobians != nullptr && jacobians[2] != nullptr) Eigen::Map<Vec2>(jacobians[2], 2) = by_log_focal;
  return true;
}

bool BaselineCost::Evaluate(double const* const* parameters, double* residuals, double** jacobians) const {
  const Vec3 baseline = Eigen::Map<const Vec3>(parameters[1] + 3) - Eigen::Map<const Vec3>(parameters[0] + 3);
  const double norm = baseline.norm();
  if (!(norm > 0)) return false;
  residuals[0] = weight_ * (norm / length_ - 1);
  for (int b = 0; b < 2 && jacobians != nullptr; ++b) {
    if (jacobians[b] == nullptr) continue;
    Eigen::Map<Vec6> gradient(jacobians[b]);
    gradient.head<3>().setZero();
    gradient.tail<3>() = (b == 0 ? -1.0 : 1.0) * weight_ / length_ * baseline / norm;
  }
  return true;
}

}  // namespace vd
