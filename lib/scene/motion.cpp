// SPDX-License-Identifier: Apache-2.0
#include "scene/motion.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "scene/noise.h"

namespace vd::synth {

MotionPath at_rest(const SE3& pose) {
  return [pose](double) { return pose; };
}

SE3 look_at(const Vec3& eye, const Vec3& target, double roll_rad) {
  const Vec3 forward = (target - eye).normalized();
  const Vec3 right = forward.cross(Vec3::UnitZ()).normalized();
  Mat3 rotation;
  rotation << right, forward.cross(right), forward;
  return {(Quat(rotation) * rotation_exp(Vec3(0, 0, roll_rad))).normalized(), eye};
}

SE3 standing_at(const Vec3& position, double yaw_rad) {
  return {rotation_exp(Vec3(0, 0, yaw_rad)), position};
}

Vec3 Curve::at(double time_s) const {
  const auto last = static_cast<int>(points.size()) - 1;
  if (last == 0) return points[0];
  const double s = std::clamp(time_s / duration_s, 0.0, 1.0) * last;
  const int k = std::min(static_cast<int>(s), last - 1);
  const double u = s - k;
  const auto point = [&](int i) -> Vec3 {
    if (i < 0) return 2 * points[0] - points[1];
    if (i > last)
      return 2 * points[static_cast<std::size_t>(last)] - points[static_cast<std::size_t>(last) - 1];
    return points[static_cast<std::size_t>(i)];
  };
  const Vec3 a = point(k - 1), b = point(k), c = point(k + 1), d = point(k + 2);
  return b + 0.5 * u * ((c - a) + u * ((2 * a - 5 * b + 4 * c - d) + u * (3 * (b - c) + d - a)));
}

MotionPath camera_along(Curve eye, Curve target) {
  return [eye = std::move(eye), target = std::move(target)](double time_s) {
    return look_at(eye.at(time_s), target.at(time_s));
  };
}

MotionPath shaken(MotionPath path, const Shake& shake) {
  return [path = std::move(path), shake](double time_s) {
    const auto wobble = [&](int axis) {
      double sum = 0;
      for (int k = 0; k < 3; ++k) {
        const double hertz = 0.25 + 0.35 * k + 0.3 * random_at(axis, k, shake.seed);
        const double phase = 6.283185307179586 * random_at(axis, k, shake.seed + 1);
        sum += std::sin(6.283185307179586 * hertz * time_s + phase) / (1 + k);
      }
      return sum;
    };
    SE3 pose = path(time_s);
    pose.translation += shake.shift_m * Vec3(wobble(0), wobble(1), wobble(2));
    pose.rotation =
        (pose.rotation * rotation_exp(shake.angle_rad * Vec3(wobble(3), wobble(4), wobble(5)))).normalized();
    return pose;
  };
}

MotionPath rolling(const RollingBall& ball) {
  return [ball](double time_s) {
    const double way = ball.reach_m * std::sin(ball.rate_rad_s * time_s + ball.phase_rad);
    const Vec3 axis = Vec3::UnitZ().cross(ball.direction);
    return SE3{rotation_exp(axis * (way / ball.radius_m)), ball.middle + way * ball.direction};
  };
}

MotionPath driving(const Vec3& start, double yaw_rad, double speed_m_s) {
  return [=](double time_s) {
    return standing_at(start + speed_m_s * time_s * Vec3(std::cos(yaw_rad), std::sin(yaw_rad), 0), yaw_rad);
  };
}

MotionPath circling(const Loop& loop) {
  return [loop](double time_s) {
    const double angle = loop.rate_rad_s * time_s + loop.phase_rad;
    const Vec3 velocity(-loop.rate_rad_s * loop.radius_x_m * std::sin(angle),
                        loop.rate_rad_s * loop.radius_y_m * std::cos(angle), 0);
    return standing_at(
        loop.middle + Vec3(loop.radius_x_m * std::cos(angle), loop.radius_y_m * std::sin(angle), 0),
        std::atan2(velocity.y(), velocity.x()));
  };
}

MotionPath spinning(MotionPath world_from_parent, const SE3& parent_from_part, double rate_rad_s) {
  return [world_from_parent = std::move(world_from_parent), parent_from_part, rate_rad_s](double time_s) {
    return world_from_parent(time_s) * parent_from_part *
           SE3{rotation_exp(Vec3(0, rate_rad_s * time_s, 0)), Vec3::Zero()};
  };
}

}  // namespace vd::synth
