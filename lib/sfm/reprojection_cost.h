// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>

#include <ceres/cost_function.h>
#include <ceres/sized_cost_function.h>

#include "geometry/camera.h"

namespace vd {

// A camera in a solve has six parameters (w, C): the rotation exp(w) R_0 from the world and the centre C in
// the world, so that the length of a baseline does not depend on rotations.
//
// A point has three parameters (u, q): its direction d = d_0 + B u from a fixed origin o, and its inverse
// distance q in units of |d|, so X = o + d / q. It is seen along exp(w) R_0 (d + q (o - C)). Far points are
// then as well behaved as near ones: beyond infinity (q < 0) they still project, whereas X would have to jump
// behind the cameras, and one such point makes the whole step fail.

/// Parameters of a camera together with what all of its residuals share.
struct CameraBlock {
  std::array<double, 6> parameters{};  // w, C
  Mat3 start_rotation = Mat3::Identity();
  Mat3 rotation = Mat3::Identity();       // exp(w) R_0
  Mat3 left_jacobian = Mat3::Identity();  // d(exp(w + dw) y) = exp(w) y + [J_l dw]_x exp(w) y

  explicit CameraBlock(const SE3& camera_from_world);
  /// Brings rotation and left_jacobian up to date; to be called after parameters have changed.
  void update();
  [[nodiscard]] SE3 camera_from_world() const;
};

/// Two unit vectors across a unit vector and each other.
[[nodiscard]] Eigen::Matrix<double, 3, 2> basis_across(const Vec3& direction);

/// Parameters of a point together with its fixed frame.
struct PointBlock {
  std::array<double, 3> parameters{};  // u, q
  Vec3 origin;
  Vec3 start_direction;  // d_0, unit
  Eigen::Matrix<double, 3, 2> across;

  /// A point as seen from an origin, usually the centre of a camera in the middle of its track.
  PointBlock(const Vec3& point_in_world, const Vec3& origin_in_world);
  [[nodiscard]] Vec3 direction(const double* values) const {
    return start_direction + across * Vec2(values[0], values[1]);
  }
  /// The point in the world; nothing at or beyond infinity.
  [[nodiscard]] std::optional<Vec3> in_world() const;
};

/// Reprojection error in pixels of a point, and its derivatives.
struct ProjectionError {
  Vec2 residual;
  Eigen::Matrix<double, 2, 3, Eigen::RowMajor> by_camera_point;
  Vec2 by_log_focal;  // the logarithm of a factor on fx and fy
};

/// Error of a point in camera coordinates, for a factor on both focal lengths; nothing at or behind the
/// camera.
[[nodiscard]] std::optional<ProjectionError> projection_error(const Vec3& in_camera, const Vec2& pixel,
                                                              const Intrinsics& intrinsics,
                                                              double focal_factor);

/// Left Jacobian of the rotation group at a rotation vector.
[[nodiscard]] Mat3 left_jacobian_of_rotation(const Vec3& rotation_vector_rad);

/// One sight of a point by a camera in a solve.
struct Sight {
  Vec2 pixel;
  const Intrinsics* intrinsics;
  const CameraBlock* camera;
  const PointBlock* point;

  /// As ceres::CostFunction::Evaluate, by the camera (6) and the point (3); by_log_focal may be null.
  bool evaluate(double focal_factor, double const* const* parameters, double* residuals, double** jacobians,
                Vec2* by_log_focal) const;
};

/// Reprojection error in pixels of a point (3) in a camera (6); with a free focal length also by the
/// logarithm of a factor on fx and fy (1). A point at or behind the camera fails the evaluation, so that the
/// solver rejects the step: a clamped residual would have no gradient and never recover.
class ReprojectionCost final : public ceres::SizedCostFunction<2, 6, 3> {
 public:
  explicit ReprojectionCost(const Sight& sight) : sight_(sight) {}
  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override;

 private:
  Sight sight_;
};

class FocalReprojectionCost final : public ceres::SizedCostFunction<2, 6, 3, 1> {
 public:
  explicit FocalReprojectionCost(const Sight& sight) : sight_(sight) {}
  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override;

 private:
  Sight sight_;
};

/// Keeps the distance between two camera centres at a length: weight * (|C_b - C_a| / length - 1). Without it
/// the scale of a free reconstruction drifts; with it nothing else changes.
class BaselineCost final : public ceres::SizedCostFunction<1, 6, 6> {
 public:
  BaselineCost(double length, double weight) : length_(length), weight_(weight) {}
  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override;

 private:
  double length_;
  double weight_;
};

}  // namespace vd
