// SPDX-License-Identifier: Apache-2.0
#include "metrics/flow.h"

#include <cmath>
#include <limits>

#include "core/error.h"

namespace vd {
namespace {

double mean(double sum, std::size_t count) {
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

void add(FlowErrorSums& sums, double error_px, double length_px) {
  ++sums.pixels;
  sums.error_px += error_px;
  constexpr std::array<double, 3> limits_px = {1, 3, 5};
  for (std::size_t k = 0; k < limits_px.size(); ++k) sums.below[k] += error_px < limits_px[k];
  sums.outliers += error_px > 3 && error_px > 0.05 * length_px;
  const std::size_t length_class = length_px < 10 ? 0 : length_px <= 40 ? 1 : 2;
  ++sums.by_length[length_class];
  sums.error_by_length_px[length_class] += error_px;
}

}  // namespace

FlowErrorSums& FlowErrorSums::operator+=(const FlowErrorSums& other) {
  pixels += other.pixels;
  error_px += other.error_px;
  outliers += other.outliers;
  for (std::size_t k = 0; k < below.size(); ++k) {
    below[k] += other.below[k];
    by_length[k] += other.by_length[k];
    error_by_length_px[k] += other.error_by_length_px[k];
  }
  return *this;
}

double FlowErrorSums::end_point_error_px() const { return mean(error_px, pixels); }

double FlowErrorSums::fraction_below(std::size_t k) const {
  return mean(static_cast<double>(below.at(k)), pixels);
}

double FlowErrorSums::outlier_percent() const { return 100 * mean(static_cast<double>(outliers), pixels); }

double FlowErrorSums::end_point_error_of_length_px(std::size_t k) const {
  return mean(error_by_length_px.at(k), by_length.at(k));
}

FlowErrorSums compare_flows(MapView<const float, 2> prediction, MapView<const float, 2> truth,
                            MapView<const std::uint8_t> valid) {
  const bool masked = !valid.empty();
  if (prediction.width() != truth.width() || prediction.height() != truth.height() ||
      (masked && (valid.width() != truth.width() || valid.height() != truth.height())))
    throw Error("flow", "prediction, truth and valid mask differ in size");
  FlowErrorSums sums;
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      const double u = truth(x, y, 0);
      const double v = truth(x, y, 1);
      if (!std::isfinite(u) || !std::isfinite(v) || (masked && valid(x, y) == 0)) continue;
      const double pu = prediction(x, y, 0);
      const double pv = prediction(x, y, 1);
      const bool known = std::isfinite(pu) && std::isfinite(pv);
      add(sums, known ? std::hypot(pu - u, pv - v) : std::hypot(u, v), std::hypot(u, v));
    }
  }
  return sums;
}

}  // namespace vd
