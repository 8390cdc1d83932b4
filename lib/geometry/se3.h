// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geometry/vec.h"

namespace vd {

/// Rigid motion x_target = R x_source + t, named target_from_source. Axes of every camera: x right, y down, z
/// forward. A pose in files and results is world_from_camera.
struct SE3 {
  Quat rotation = Quat::Identity();  // unit
  Vec3 translation = Vec3::Zero();

  [[nodiscard]] Vec3 operator*(const Vec3& x) const { return rotation * x + translation; }
  [[nodiscard]] SE3 operator*(const SE3& other) const {
    return {(rotation * other.rotation).normalized(), rotation * other.translation + translation};
  }
  [[nodiscard]] Mat3 matrix() const { return rotation.toRotationMatrix(); }
  /// The 4x4 matrix [R t; 0 1].
  [[nodiscard]] Mat4 homogeneous() const;
};

[[nodiscard]] SE3 inverse(const SE3& target_from_source);

/// Rigid motion from a rotation matrix (projected onto the nearest rotation) and a translation.
[[nodiscard]] SE3 make_se3(const Mat3& rotation, const Vec3& translation);

/// Similarity x_target = s R x_source + t.
struct Sim3 {
  double scale = 1.0;
  Quat rotation = Quat::Identity();
  Vec3 translation = Vec3::Zero();

  [[nodiscard]] Vec3 operator*(const Vec3& x) const { return scale * (rotation * x) + translation; }
  [[nodiscard]] Sim3 operator*(const Sim3& other) const {
    return {scale * other.scale, (rotation * other.rotation).normalized(), *this * other.translation};
  }
  /// A pose seen from the new world: rotation R R_pose, centre moved; the scale does not touch the rotation.
  [[nodiscard]] SE3 operator*(const SE3& pose) const {
    return {(rotation * pose.rotation).normalized(), *this * pose.translation};
  }
};

[[nodiscard]] Sim3 inverse(const Sim3& target_from_source);

/// Rotation by the angle |v| about the axis v (radians), and its inverse with angle in [0, pi].
[[nodiscard]] Quat rotation_exp(const Vec3& rotation_vector_rad);
[[nodiscard]] Vec3 rotation_log(const Quat& rotation);

/// Angle of a rotation in radians, in [0, pi].
[[nodiscard]] double rotation_angle_rad(const Quat& rotation);

[[nodiscard]] Mat3 skew(const Vec3& v);

}  // namespace vd
