// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "geometry/se3.h"

namespace vd::synth {

/// Pose at a time in seconds: world_from_object or world_from_camera. The world is in metres with z up. A
/// path must be pure: the same pose for the same time, from any thread.
using MotionPath = std::function<SE3(double time_s)>;

[[nodiscard]] MotionPath at_rest(const SE3& pose);

/// Camera at eye that looks at target, image upright, then rolled clockwise about the optical axis.
[[nodiscard]] SE3 look_at(const Vec3& eye, const Vec3& target, double roll_rad = 0);

/// Pose of an object that stands at position with its x axis turned by yaw about the vertical.
[[nodiscard]] SE3 standing_at(const Vec3& position, double yaw_rad = 0);

/// Smooth curve through points at equal steps of time (Catmull-Rom), held at its ends.
struct Curve {
  std::vector<Vec3> points;
  double duration_s;
  [[nodiscard]] Vec3 at(double time_s) const;
};

/// Camera that follows one curve and looks at another.
[[nodiscard]] MotionPath camera_along(Curve eye, Curve target);

/// Small slow rotations and shifts as of a hand that holds the camera: sums of three sines an axis.
struct Shake {
  double angle_rad = 0;
  double shift_m = 0;
  std::uint32_t seed = 0;
};
[[nodiscard]] MotionPath shaken(MotionPath path, const Shake& shake);

/// Ball that rolls without slipping to and fro along a line on the ground: centre + direction * reach * sin.
struct RollingBall {
  Vec3 middle;     // of the ball's centre
  Vec3 direction;  // unit, level
  double reach_m, radius_m, rate_rad_s, phase_rad;
};
[[nodiscard]] MotionPath rolling(const RollingBall& ball);

/// Straight drive at constant speed along the heading, x axis forward.
[[nodiscard]] MotionPath driving(const Vec3& start, double yaw_rad, double speed_m_s);

/// Drive round an ellipse on the ground, x axis along the way.
struct Loop {
  Vec3 middle;
  double radius_x_m, radius_y_m, rate_rad_s, phase_rad;
};
[[nodiscard]] MotionPath circling(const Loop& loop);

/// The motion of a part of a moving object that spins about its own y axis (a wheel).
[[nodiscard]] MotionPath spinning(MotionPath world_from_parent, const SE3& parent_from_part,
                                  double rate_rad_s);

}  // namespace vd::synth
