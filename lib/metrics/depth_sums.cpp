// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "metrics/depth.h"

namespace vd {

void DepthSums::add(double prediction, double truth) {
  const double difference = prediction - truth;
  abs_rel += std::abs(difference) / truth;
  sq_rel += difference * difference / truth;
  square += difference * difference;
  const double positive = std::max(prediction, 1e-5);
  const double log_ratio = std::log(positive / truth);
  log += log_ratio;
  log_square += log_ratio * log_ratio;
  log10 += std::abs(log_ratio) / std::log(10.0);
  const double inverse_difference = 1 / positive - 1 / truth;
  inverse_square += inverse_difference * inverse_difference;
  const double ratio = std::max(positive / truth, truth / positive);
  inliers[0] += ratio < 1.25;
  inliers[1] += ratio < 1.25 * 1.25;
  inliers[2] += ratio < 1.25 * 1.25 * 1.25;
  ++count;
}

void DepthSums::add(const DepthSums& other) {
  abs_rel += other.abs_rel;
  sq_rel += other.sq_rel;
  square += other.square;
  log_square += other.log_square;
  log += other.log;
  log10 += other.log10;
  inverse_square += other.inverse_square;
  for (std::size_t k = 0; k < 3; ++k) inliers[k] += other.inliers[k];
  count += other.count;
}

DepthMetrics DepthSums::metrics() const {
  if (count == 0) return {};
  const auto n = static_cast<double>(count);
  DepthMetrics m;
  m.abs_rel = abs_rel / n;
  m.sq_rel = sq_rel / n;
  m.rmse = std::sqrt(square / n);
  m.log_rmse = std::sqrt(log_square / n);
  m.log10 = log10 / n;
  m.irmse = std::sqrt(inverse_square / n);
  m.si_log = std::sqrt(std::max(0.0, log_square / n - (log / n) * (log / n)));
  m.delta1 = inliers[0] / n;
  m.delta2 = inliers[1] / n;
  m.delta3 = inliers[2] / n;
  m.valid_pixels = count;
  return m;
}

}  // namespace vd
