// SPDX-License-Identifier: Apache-2.0
#include "geometry/relative_pose.h"

#include <algorithm>
#include <cmath>

#include <Eigen/SVD>
#include <opencv2/calib3d.hpp>

#include "geometry/robust_method.h"

namespace vd {
namespace {

/// Depths (a, b) with a * ray_1 ~ R^T (b * ray_2 - t) in the least-squares sense.
struct TwoDepths {
  double first;
  double second;
};

std::optional<TwoDepths> depths_along_rays(const Mat3& rotation, const Vec3& t, const Vec3& ray_1,
                                           const Vec3& ray_2) {
  const Vec3 turned = rotation * ray_1;  // a * turned + t = b * ray_2
  const double tt = turned.dot(turned);
  const double tr = turned.dot(ray_2);
  const double rr = ray_2.dot(ray_2);
  const double determinant = tt * rr - tr * tr;
  if (!(determinant > 1e-14 * tt * rr)) return {};
  const double right_1 = -turned.dot(t);
  const double right_2 = ray_2.dot(t);
  return TwoDepths{(right_1 * rr + tr * right_2) / determinant, (tr * right_1 + tt * right_2) / determinant};
}

RelativePose judged(const Mat3& rotation, const Vec3& t, const std::vector<Vec3>& rays_1,
                    const std::vector<Vec3>& rays_2, const cv::Mat& inlier) {
  RelativePose pose;
  pose.second_from_first = make_se3(rotation, t);
  pose.in_front.assign(rays_1.size(), 0);
  std::vector<double> angles;
  for (std::size_t k = 0; k < rays_1.size(); ++k) {
    if (inlier.at<std::uint8_t>(static_cast<int>(k)) == 0) continue;
    const auto depths = depths_along_rays(rotation, t, rays_1[k], rays_2[k]);
    if (!depths || depths->first <= 0 || depths->second <= 0) continue;
    pose.in_front[k] = 1;
    ++pose.in_front_count;
    const Vec3 turned = rotation * rays_1[k];
    angles.push_back(std::atan2(turned.cross(rays_2[k]).norm(), turned.dot(rays_2[k])));
  }
  if (!angles.empty()) {
    std::nth_element(angles.begin(), angles.begin() + static_cast<std::ptrdiff_t>(angles.size() / 2),
                     angles.end());
    pose.median_angle_rad = angles[angles.size() / 2];
  }
  return pose;
}

}  // namespace

std::optional<RelativePose> estimate_relative_pose(Span<const Vec2> first, Span<const Vec2> second,
                                                   const Intrinsics& first_intrinsics,
                                                   const Intrinsics& second_intrinsics, double threshold_px,
                                                   std::uint64_t seed) {
  if (first.size() < 8) return {};
  std::vector<Vec3> rays_1;
  std::vector<Vec3> rays_2;
  std::vector<cv::Point2d> points_1;
  std::vector<cv::Point2d> points_2;
  for (std::size_t k = 0; k < first.size(); ++k) {
    rays_1.push_back(first_intrinsics.unproject(first[k]));
    rays_2.push_back(second_intrinsics.unproject(second[k]));
    points_1.emplace_back(rays_1.back().x(), rays_1.back().y());
    points_2.emplace_back(rays_2.back().x(), rays_2.back().y());
  }
  const double focal =
      0.25 * (first_intrinsics.fx + first_intrinsics.fy + second_intrinsics.fx + second_intrinsics.fy);
  cv::Mat inlier;
  cv::Mat essential;
  try {
    cv::theRNG().state = seed + 1;  // robust estimators draw from a global state
    essential = cv::findEssentialMat(points_1, points_2, cv::Mat::eye(3, 3, CV_64F), robust_method, 0.999,
                                     threshold_px / focal, inlier);
  } catch (const cv::Exception&) {
    return {};  // degenerate samples throw in some versions
  }
  if (essential.rows != 3 || essential.cols != 3 || inlier.total() != first.size()) return {};
  Mat3 e;
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) e(r, c) = essential.at<double>(r, c);
  if (!e.allFinite()) return {};
  const Eigen::JacobiSVD<Mat3> svd(e, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Mat3 u = svd.matrixU();
  Mat3 v = svd.matrixV();
  if (u.determinant() < 0) u = -u;
  if (v.determinant() < 0) v = -v;
  Mat3 quarter_turn;
  quarter_turn << 0, -1, 0, 1, 0, 0, 0, 0, 1;
  std::optional<RelativePose> best;
  for (const Mat3& turn : {quarter_turn, Mat3(quarter_turn.transpose())}) {
    for (const double sign : {1.0, -1.0}) {
      RelativePose pose = judged(u * turn * v.transpose(), sign * u.col(2), rays_1, rays_2, inlier);
      if (!best || pose.in_front_count > best->in_front_count) best = std::move(pose);
    }
  }
  return best->in_front_count > 0 ? best : std::nullopt;
}

}  // namespace vd
