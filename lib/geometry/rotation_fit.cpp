// SPDX-License-Identifier: Apache-2.0
#include "geometry/rotation_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include "core/random.h"

namespace vd {
namespace {

/// Rotation nearest to a sum of weight * target * source^T; nothing when the sum does not determine it.
std::optional<Quat> nearest_rotation(const Mat3& sum) {
  const Eigen::JacobiSVD<Mat3> svd(sum, Eigen::ComputeFullU | Eigen::ComputeFullV);
  if (!(svd.singularValues()[1] > 1e-12 * svd.singularValues()[0])) return {};
  Mat3 u = svd.matrixU();
  if (u.determinant() * svd.matrixV().determinant() < 0) u.col(2) *= -1;
  return Quat(Mat3(u * svd.matrixV().transpose())).normalized();
}

/// Rotation that takes the frame spanned by (a, b) to the one spanned by (c, d).
std::optional<Quat> rotation_from_two(const Vec3& a, const Vec3& b, const Vec3& c, const Vec3& d) {
  const Vec3 normal_source = a.cross(b);
  const Vec3 normal_target = c.cross(d);
  if (normal_source.norm() < 1e-6 || normal_target.norm() < 1e-6) return {};
  Mat3 source;
  Mat3 target;
  source << (a + b).normalized(), (a - b).normalized(), normal_source.normalized();
  target << (c + d).normalized(), (c - d).normalized(), normal_target.normalized();
  return Quat(Mat3(target * source.transpose())).normalized();
}

double squared_residual(const Mat3& rotation, const Vec3& source, const Vec3& target) {
  return (rotation * source - target).squaredNorm();  // of unit vectors: the squared angle for small angles
}

}  // namespace

std::optional<RotationFit> fit_rotation(Span<const Vec3> source, Span<const Vec3> target, double scale_rad,
                                        std::uint64_t seed) {
  const auto count = static_cast<std::uint32_t>(source.size());
  if (count < 2) return {};
  const double scale_squared = scale_rad * scale_rad;
  Random random(seed);
  std::optional<Quat> best;
  double best_score = -1;
  constexpr int hypotheses = 50;
  const std::uint32_t stride = std::max(1U, count / 256);  // a few hundred judge a hypothesis well enough
  for (int h = 0; h < hypotheses; ++h) {
    const std::uint32_t a = random.below(count);
    const std::uint32_t b = random.below(count);
    const auto rotation = rotation_from_two(source[a], source[b], target[a], target[b]);
    if (!rotation) continue;
    const Mat3 matrix = rotation->toRotationMatrix();
    double score = 0;
    for (std::uint32_t k = 0; k < count; k += stride)
      score += scale_squared / (scale_squared + squared_residual(matrix, source[k], target[k]));
    if (score > best_score) {
      best_score = score;
      best = rotation;
    }
  }
  if (!best) return {};

  constexpr int reweightings = 10;
  for (int round = 0; round < reweightings; ++round) {
    const Mat3 matrix = best->toRotationMatrix();
    Mat3 sum = Mat3::Zero();
    for (std::uint32_t k = 0; k < count; ++k) {
      const double root = scale_squared / (scale_squared + squared_residual(matrix, source[k], target[k]));
      sum += root * root * target[k] * source[k].transpose();
    }
    const auto next = nearest_rotation(sum);
    if (!next) break;
    const double change = rotation_angle_rad(*next * best->conjugate());
    best = next;
    if (change < 1e-10) break;
  }
  std::vector<double> residuals(count);
  const Mat3 matrix = best->toRotationMatrix();
  for (std::uint32_t k = 0; k < count; ++k)
    residuals[k] = std::sqrt(squared_residual(matrix, source[k], target[k]));
  std::nth_element(residuals.begin(), residuals.begin() + count / 2, residuals.end());
  return RotationFit{*best, residuals[count / 2]};
}

Quat mean_rotation(Span<const Quat> rotations) {
  Mat4 sum = Mat4::Zero();
  for (const Quat& q : rotations) sum += q.coeffs() * q.coeffs().transpose();
  const Eigen::SelfAdjointEigenSolver<Mat4> solver(sum);
  Quat mean;
  mean.coeffs() = solver.eigenvectors().col(3);
  return mean.normalized();
}

}  // namespace vd
