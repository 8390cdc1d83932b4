// SPDX-License-Identifier: Apache-2.0
#include "pointmap/epipolar_fit.h"

#include <cmath>

#include <Eigen/Dense>

namespace vd {
namespace {

using Vec5 = Eigen::Matrix<double, 5, 1>;
using Mat5 = Eigen::Matrix<double, 5, 5>;

/// Algebraic error of one correspondence over the length of its gradient in pixels.
struct Sampson {
  double distance_px;
  double gradient;  // of the algebraic error per pixel
};

Sampson sampson(const Mat3& essential, const Vec3& ray_1, const Vec3& ray_2, const Intrinsics& first,
                const Intrinsics& second) {
  const Vec3 line_2 = essential * ray_1;
  const Vec3 line_1 = essential.transpose() * ray_2;
  const double gradient = std::sqrt(
      Vec4(line_2.x() / second.fx, line_2.y() / second.fy, line_1.x() / first.fx, line_1.y() / first.fy)
          .squaredNorm() +
      1e-30);
  return {ray_2.dot(line_2) / gradient, gradient};
}

Mat3 essential_matrix(const SE3& second_from_first) {
  return skew(second_from_first.translation) * second_from_first.matrix();
}

/// Two directions across the translation, along which it can turn.
Eigen::Matrix<double, 3, 2> tangent_basis(const Vec3& direction) {
  const Vec3 helper = std::abs(direction.x()) < 0.7 ? Vec3::UnitX() : Vec3::UnitY();
  Eigen::Matrix<double, 3, 2> basis;
  basis.col(0) = direction.cross(helper).normalized();
  basis.col(1) = direction.cross(basis.col(0));
  return basis;
}

SE3 moved(const SE3& pose, const Eigen::Matrix<double, 3, 2>& basis, const Vec5& step) {
  // [t]x exp(w) R: the rotation is turned on its left.
  return {(rotation_exp(step.head<3>()) * pose.rotation).normalized(),
          (pose.translation + basis * step.tail<2>()).normalized()};
}

double mean_cost(const Correspondences& points, const std::vector<double>& residual_px, double scale) {
  double sum = 0;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const double r = residual_px[k] / points.sigma_px[k];
    sum += r * r / (r * r + scale * scale);
  }
  return points.size() > 0 ? sum / static_cast<double>(points.size()) : 1.0;
}

/// Gauss-Newton step; the gradient in the denominator is held fixed, as is usual.
Vec5 gauss_newton_step(const Correspondences& points, const Intrinsics& first, const Intrinsics& second,
                       const SE3& pose, const Eigen::Matrix<double, 3, 2>& basis, double scale) {
  const Mat3 essential = essential_matrix(pose);
  const Mat3 rotation = pose.matrix();
  Mat5 normal = Mat5::Identity() * 1e-12;
  Vec5 right = Vec5::Zero();
  for (std::size_t k = 0; k < points.size(); ++k) {
    const Vec3 ray_1 = first.unproject(points.first[k]);
    const Vec3 ray_2 = second.unproject(points.second[k]);
    const Sampson s = sampson(essential, ray_1, ray_2, first, second);
    const Vec3 turned = rotation * ray_1;
    // e = x2 . (t x R x1): de/dt = R x1 x x2, de/dw = R x1 x (x2 x t).
    Vec5 slope;
    slope.head<3>() = turned.cross(ray_2.cross(pose.translation)) / s.gradient;
    slope.tail<2>() = basis.transpose() * turned.cross(ray_2) / s.gradient;
    const double r = s.distance_px / points.sigma_px[k];
    const double damping = 1 + r * r / (scale * scale);
    const double weight = 1 / (points.sigma_px[k] * points.sigma_px[k] * damping * damping);
    normal += weight * slope * slope.transpose();
    right -= weight * slope * s.distance_px;
  }
  return normal.ldlt().solve(right);
}

}  // namespace

std::vector<double> sampson_px(const Correspondences& points, const Intrinsics& first,
                               const Intrinsics& second, const SE3& second_from_first) {
  const Mat3 essential = essential_matrix(second_from_first);
  std::vector<double> distances(points.size());
  for (std::size_t k = 0; k < points.size(); ++k)
    distances[k] = sampson(essential, first.unproject(points.first[k]), second.unproject(points.second[k]),
                           first, second)
                       .distance_px;
  return distances;
}

EpipolarFit refine_relative_pose(const Correspondences& points, const Intrinsics& first,
                                 const Intrinsics& second, const SE3& start, double scale,
                                 int max_iterations) {
  EpipolarFit fit{start, {}, 0};
  fit.second_from_first.translation.normalize();
  fit.residual_px = sampson_px(points, first, second, fit.second_from_first);
  fit.cost = mean_cost(points, fit.residual_px, scale);
  for (int k = 0; k < max_iterations; ++k) {
    const auto basis = tangent_basis(fit.second_from_first.translation);
    Vec5 step = gauss_newton_step(points, first, second, fit.second_from_first, basis, scale);
    if (!step.allFinite()) break;
    bool better = false;
    for (int halving = 0; halving < 4 && !better; ++halving, step *= 0.5) {
      const SE3 candidate = moved(fit.second_from_first, basis, step);
      auto residual = sampson_px(points, first, second, candidate);
      const double cost = mean_cost(points, residual, scale);
      better = cost < fit.cost;
      if (better) fit = {candidate, std::move(residual), cost};
    }
    if (!better || step.norm() < 1e-10) break;
  }
  return fit;
}

}  // namespace vd
