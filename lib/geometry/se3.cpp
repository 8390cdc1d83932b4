// SPDX-License-Identifier: Apache-2.0
#include "geometry/se3.h"

#include <cmath>

#include <Eigen/SVD>

namespace vd {

Mat4 SE3::homogeneous() const {
  Mat4 m = Mat4::Identity();
  m.topLeftCorner<3, 3>() = matrix();
  m.topRightCorner<3, 1>() = translation;
  return m;
}

SE3 inverse(const SE3& target_from_source) {
  const Quat rotation = target_from_source.rotation.conjugate();
  return {rotation, -(rotation * target_from_source.translation)};
}

SE3 make_se3(const Mat3& rotation, const Vec3& translation) {
  const Eigen::JacobiSVD<Mat3> svd(rotation, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Mat3 u = svd.matrixU();
  if (u.determinant() * svd.matrixV().determinant() < 0) u.col(2) *= -1;
  return {Quat(Mat3(u * svd.matrixV().transpose())).normalized(), translation};
}

Sim3 inverse(const Sim3& target_from_source) {
  const Quat rotation = target_from_source.rotation.conjugate();
  const double scale = 1.0 / target_from_source.scale;
  return {scale, rotation, -scale * (rotation * target_from_source.translation)};
}

Quat rotation_exp(const Vec3& v) {
  const double angle = v.norm();
  // sin(a/2)/a by its series near 0, where the quotient loses its digits.
  const double factor = angle > 1e-8 ? std::sin(0.5 * angle) / angle : 0.5 - angle * angle / 48.0;
  return Quat(std::cos(0.5 * angle), factor * v.x(), factor * v.y(), factor * v.z()).normalized();
}

Vec3 rotation_log(const Quat& rotation) {
  const double sign = rotation.w() < 0 ? -1.0 : 1.0;
  const Vec3 axis = sign * rotation.vec();
  const double sine = axis.norm();
  if (sine < 1e-12) return 2.0 * axis;
  return axis * (2.0 * std::atan2(sine, sign * rotation.w()) / sine);
}

double rotation_angle_rad(const Quat& rotation) {
  return 2.0 * std::atan2(rotation.vec().norm(), std::abs(rotation.w()));
}

Mat3 skew(const Vec3& v) {
  Mat3 m;
  m << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
  return m;
}

}  // namespace vd
