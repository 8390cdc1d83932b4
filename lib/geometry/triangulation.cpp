// SPDX-License-Identifier: Apache-2.0
#include "geometry/triangulation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/LU>

namespace vd {
namespace {

Vec3 centre_of(const PointView& view) {
  return -(view.camera_from_world.rotation.conjugate() * view.camera_from_world.translation);
}

/// Point with the least sum of squared distances to the rays; nothing when they are parallel.
std::optional<Vec3> nearest_to_rays(Span<const PointView> views) {
  Mat3 normal = Mat3::Zero();
  Vec3 right = Vec3::Zero();
  for (const PointView& view : views) {
    const Vec3 ray =
        (view.camera_from_world.rotation.conjugate() * view.intrinsics.unproject(view.pixel)).normalized();
    const Mat3 across = Mat3::Identity() - ray * ray.transpose();
    normal += across;
    right += across * centre_of(view);
  }
  const Eigen::LDLT<Mat3> solver(normal);
  // The smallest pivot is about the squared angle between the rays; 1e-12 stands for a microradian.
  if (solver.info() != Eigen::Success ||
      !(solver.vectorD().minCoeff() > 1e-12 * static_cast<double>(views.size())))
    return {};
  return Vec3(solver.solve(right));
}

/// One Gauss-Newton step on the reprojection errors; false when the point is behind a camera or the step is
/// undefined.
bool gauss_newton_step(Span<const PointView> views, Vec3& point) {
  Mat3 normal = Mat3::Zero();
  Vec3 gradient = Vec3::Zero();
  for (const PointView& view : views) {
    const Mat3 rotation = view.camera_from_world.matrix();
    const Vec3 x = rotation * point + view.camera_from_world.translation;
    if (!(x.z() > 0)) return false;
    const Intrinsics& k = view.intrinsics;
    Eigen::Matrix<double, 2, 3> by_camera_point;
    by_camera_point << k.fx / x.z(), 0, -k.fx * x.x() / (x.z() * x.z()),  //
        0, k.fy / x.z(), -k.fy * x.y() / (x.z() * x.z());
    const Eigen::Matrix<double, 2, 3> jacobian = by_camera_point * rotation;
    normal += jacobian.transpose() * jacobian;
    gradient += jacobian.transpose() * (k.project(x) - view.pixel);
  }
  const Eigen::LDLT<Mat3> solver(normal);
  if (solver.info() != Eigen::Success) return false;
  const Vec3 step = solver.solve(gradient);
  if (!step.allFinite()) return false;
  point -= step;
  return true;
}

}  // namespace

std::optional<Vec3> triangulate(Span<const PointView> views) {
  if (views.size() < 2) return {};
  const std::optional<Vec3> start = nearest_to_rays(views);
  if (!start) return {};
  double best_rms = reprojection_rms_px(views, *start);
  if (!std::isfinite(best_rms)) return {};
  Vec3 best = *start;
  Vec3 point = *start;
  constexpr int steps = 3;
  for (int k = 0; k < steps && gauss_newton_step(views, point); ++k) {
    const double rms = reprojection_rms_px(views, point);
    if (!(rms < best_rms)) break;
    best = point;
    best_rms = rms;
  }
  return best;
}

double reprojection_rms_px(Span<const PointView> views, const Vec3& point_in_world) {
  double sum = 0;
  for (const PointView& view : views) {
    const Vec3 x = view.camera_from_world * point_in_world;
    if (!(x.z() > 0)) return std::numeric_limits<double>::infinity();
    sum += (view.intrinsics.project(x) - view.pixel).squaredNorm();
  }
  return views.empty() ? 0.0 : std::sqrt(sum / static_cast<double>(views.size()));
}

double ray_angle_rad(Span<const PointView> views, const Vec3& point_in_world) {
  constexpr std::size_t exact_up_to = 32;
  const std::size_t n = views.size();
  std::vector<Vec3> rays(n);
  for (std::size_t k = 0; k < n; ++k) rays[k] = (point_in_world - centre_of(views[k])).normalized();
  double smallest_cosine = 1.0;
  double largest_sine = 0.0;
  const auto compare = [&](std::size_t a, std::size_t b) {
    smallest_cosine = std::min(smallest_cosine, rays[a].dot(rays[b]));
    largest_sine = std::max(largest_sine, rays[a].cross(rays[b]).norm());
  };
  for (std::size_t a = 0; a < n; ++a) {
    if (n <= exact_up_to) {
      for (std::size_t b = a + 1; b < n; ++b) compare(a, b);
    } else {
      for (const std::size_t b : {std::size_t{0}, n / 2, n - 1}) compare(a, b);
    }
  }
  // The cosine alone loses angles below 1e-8, the sine alone those above 90 degrees.
  return smallest_cosine > 0 ? std::asin(std::min(1.0, largest_sine))
                             : std::acos(std::max(-1.0, smallest_cosine));
}

}  // namespace vd
