// SPDX-License-Identifier: Apache-2.0
#include "geometry/registration.h"

#include <Eigen/SVD>

namespace vd {

std::optional<Sim3> register_points(Span<const Vec3> source, Span<const Vec3> target,
                                    Span<const double> weights, RegistrationModel model) {
  const auto weight = [&](std::size_t k) { return weights.empty() ? 1.0 : weights[k]; };
  double total = 0;
  Vec3 source_mean = Vec3::Zero();
  Vec3 target_mean = Vec3::Zero();
  for (std::size_t k = 0; k < source.size(); ++k) {
    total += weight(k);
    source_mean += weight(k) * source[k];
    target_mean += weight(k) * target[k];
  }
  if (source.size() < 3 || !(total > 0)) return {};
  source_mean /= total;
  target_mean /= total;

  Mat3 covariance = Mat3::Zero();
  double source_variance = 0;
  for (std::size_t k = 0; k < source.size(); ++k) {
    const Vec3 x = source[k] - source_mean;
    covariance += weight(k) / total * (target[k] - target_mean) * x.transpose();
    source_variance += weight(k) / total * x.squaredNorm();
  }
  const Eigen::JacobiSVD<Mat3> svd(covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Vec3 singular = svd.singularValues();
  constexpr double double_epsilon = 2.220446049250313e-16;
  if (!(singular[1] > double_epsilon)) return {};
  Mat3 v_transposed = svd.matrixV().transpose();
  if (svd.matrixU().determinant() * v_transposed.determinant() < 0) {
    singular[2] = -singular[2];
    v_transposed.row(2) *= -1;
  }
  Sim3 motion;
  motion.rotation = Quat(Mat3(svd.matrixU() * v_transposed)).normalized();
  motion.scale = model == RegistrationModel::similarity ? singular.sum() / source_variance : 1.0;
  motion.translation = target_mean - motion.scale * (motion.rotation * source_mean);
  return motion;
}

}  // namespace vd
