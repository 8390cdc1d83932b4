// SPDX-License-Identifier: Apache-2.0
#include "geometry/absolute_pose.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <opencv2/calib3d.hpp>

namespace vd {
namespace {

using Mat6 = Eigen::Matrix<double, 6, 6>;

struct NormalEquations {
  Mat6 matrix = Mat6::Zero();
  Vec6 gradient = Vec6::Zero();
  double cost = 0;
  int in_front = 0;
};

/// Weighted normal equations for a step (rotation, translation) applied from the left: x' = exp(w) x + v. A
/// point behind the camera costs as much as an outlier and does not pull.
NormalEquations normal_equations(Span<const Vec3> points, Span<const Vec2> pixels, const Intrinsics& k,
                                 const SE3& pose, double scale_px) {
  NormalEquations sum;
  const Mat3 rotation = pose.matrix();
  const double scale_squared = scale_px * scale_px;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Vec3 x = rotation * points[i] + pose.translation;
    if (!(x.z() > 0)) {
      sum.cost += scale_squared;
      continue;
    }
    ++sum.in_front;
    const Vec2 residual = k.project(x) - pixels[i];
    const double squared = residual.squaredNorm();
    const double root = scale_squared / (scale_squared + squared);
    sum.cost += squared * root;
    Eigen::Matrix<double, 2, 3> by_point;
    by_point << k.fx / x.z(), 0, -k.fx * x.x() / (x.z() * x.z()),  //
        0, k.fy / x.z(), -k.fy * x.y() / (x.z() * x.z());
    Eigen::Matrix<double, 2, 6> jacobian;
    jacobian << -by_point * skew(x), by_point;
    sum.matrix.noalias() += root * root * jacobian.transpose() * jacobian;
    sum.gradient.noalias() += root * root * jacobian.transpose() * residual;
  }
  return sum;
}

SE3 stepped(const SE3& pose, const Vec6& step) {
  const Quat turn = rotation_exp(step.head<3>());
  return {(turn * pose.rotation).normalized(), turn * pose.translation + step.tail<3>()};
}

/// Levenberg-Marquardt at one scale of the weights.
SE3 descend(Span<const Vec3> points, Span<const Vec2> pixels, const Intrinsics& k, SE3 pose, double scale_px,
            int iterations) {
  double damping = 1e-4;
  NormalEquations now = normal_equations(points, pixels, k, pose, scale_px);
  for (int n = 0; n < iterations && now.in_front >= 4; ++n) {
    Mat6 damped = now.matrix;
    damped.diagonal() *= 1 + damping;
    const Vec6 step = -damped.ldlt().solve(now.gradient);
    if (!step.allFinite()) break;
    const SE3 candidate = stepped(pose, step);
    const NormalEquations next = normal_equations(points, pixels, k, candidate, scale_px);
    if (next.cost < now.cost) {
      const bool settled = now.cost - next.cost < 1e-7 * now.cost;
      pose = candidate;
      now = next;
      damping = std::max(1e-9, damping * 0.1);
      if (settled) break;
    } else {
      damping *= 10;
      if (damping > 1e6) break;
    }
  }
  return pose;
}

AbsolutePose with_inliers(Span<const Vec3> points, Span<const Vec2> pixels, const Intrinsics& k,
                          const SE3& pose, double threshold_px) {
  AbsolutePose result{pose, std::vector<char>(points.size(), 0), 0};
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Vec3 x = pose * points[i];
    if (!(x.z() > 0) || (k.project(x) - pixels[i]).norm() > threshold_px) continue;
    result.inlier[i] = 1;
    ++result.inlier_count;
  }
  return result;
}

std::optional<SE3> pose_from_samples(Span<const Vec3> points, Span<const Vec2> pixels, const Intrinsics& k,
                                     double threshold_px, std::uint64_t seed) {
  std::vector<cv::Point3d> object;
  std::vector<cv::Point2d> image;
  for (std::size_t i = 0; i < points.size(); ++i) {
    object.emplace_back(points[i].x(), points[i].y(), points[i].z());
    image.emplace_back(pixels[i].x(), pixels[i].y());
  }
  const cv::Matx33d camera(k.fx, 0, k.cx, 0, k.fy, k.cy, 0, 0, 1);
  cv::Vec3d rotation;
  cv::Vec3d translation;
  try {
    cv::theRNG().state = seed + 1;
    if (!cv::solvePnPRansac(object, image, camera, cv::noArray(), rotation, translation, false, 100,
                            static_cast<float>(threshold_px), 0.99, cv::noArray(), cv::SOLVEPNP_AP3P))
      return {};
  } catch (const cv::Exception&) {
    return {};
  }
  const SE3 pose{rotation_exp(Vec3(rotation[0], rotation[1], rotation[2])),
                 Vec3(translation[0], translation[1], translation[2])};
  if (!pose.translation.allFinite() || !pose.rotation.coeffs().allFinite()) return {};
  return pose;
}

}  // namespace

std::optional<AbsolutePose> refine_absolute_pose(Span<const Vec3> points_in_world, Span<const Vec2> pixels,
                                                 const Intrinsics& intrinsics, const SE3& guess,
                                                 double threshold_px) {
  if (points_in_world.size() < 4) return {};
  SE3 pose = guess;
  for (const double factor : {16.0, 4.0, 1.0}) {
    const int iterations = factor > 1 ? 5 : 15;
    pose = descend(points_in_world, pixels, intrinsics, pose, factor * threshold_px, iterations);
  }
  AbsolutePose result = with_inliers(points_in_world, pixels, intrinsics, pose, threshold_px);
  if (normal_equations(points_in_world, pixels, intrinsics, pose, threshold_px).in_front == 0) return {};
  return result;
}

std::optional<AbsolutePose> estimate_absolute_pose(Span<const Vec3> points_in_world, Span<const Vec2> pixels,
                                                   const Intrinsics& intrinsics, Span<const SE3> guesses,
                                                   double threshold_px, std::uint64_t seed) {
  constexpr int least_inliers = 6;
  std::vector<SE3> starts(guesses.begin(), guesses.end());
  if (const auto sampled = pose_from_samples(points_in_world, pixels, intrinsics, threshold_px, seed))
    starts.push_back(*sampled);
  std::optional<AbsolutePose> best;
  for (const SE3& start : starts) {
    auto pose = refine_absolute_pose(points_in_world, pixels, intrinsics, start, threshold_px);
    if (pose && (!best || pose->inlier_count > best->inlier_count)) best = std::move(pose);
  }
  if (!best || best->inlier_count < least_inliers) return {};
  return best;
}

}  // namespace vd
