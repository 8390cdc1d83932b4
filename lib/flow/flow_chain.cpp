// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_chain.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace vd {
namespace {

constexpr double least_confidence = 0.3678794;  // 1/e
constexpr std::size_t least_points = 12;

using Vec8 = Eigen::Matrix<double, 8, 1>;
using Mat8 = Eigen::Matrix<double, 8, 8>;

Vec2 apply(const Vec8& h, const Vec2& p) {
  const double w = h[6] * p.x() + h[7] * p.y() + 1;
  return {(h[0] * p.x() + h[1] * p.y() + h[2]) / w, (h[3] * p.x() + h[4] * p.y() + h[5]) / w};
}

/// Weighted algebraic fit of q = H p with H(2, 2) = 1, which holds for images that overlap.
Vec8 fit(const std::vector<Vec2>& p, const std::vector<Vec2>& q, const std::vector<double>& weights) {
  Mat8 normal = Mat8::Identity() * 1e-9;
  Vec8 right = Vec8::Zero();
  for (std::size_t k = 0; k < p.size(); ++k) {
    Vec8 row_x, row_y;
    row_x << p[k].x(), p[k].y(), 1, 0, 0, 0, -q[k].x() * p[k].x(), -q[k].x() * p[k].y();
    row_y << 0, 0, 0, p[k].x(), p[k].y(), 1, -q[k].y() * p[k].x(), -q[k].y() * p[k].y();
    normal.noalias() += weights[k] * (row_x * row_x.transpose() + row_y * row_y.transpose());
    right += weights[k] * (q[k].x() * row_x + q[k].y() * row_y);
  }
  return normal.ldlt().solve(right);
}

double percentile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Distances left by a homography that ever less heeds what it does not explain.
std::vector<double> residuals(const std::vector<Vec2>& p, const std::vector<Vec2>& q) {
  constexpr int rounds = 6;
  std::vector<double> weights(p.size(), 1);
  std::vector<double> distances(p.size());
  for (int round = 0; round < rounds; ++round) {
    const Vec8 homography = fit(p, q, weights);
    for (std::size_t k = 0; k < p.size(); ++k) distances[k] = (apply(homography, p[k]) - q[k]).norm();
    const double scale = std::max(percentile(distances, 0.5), 1e-5);
    for (std::size_t k = 0; k < p.size(); ++k) {
      const double ratio = distances[k] / (2 * scale);
      weights[k] = 1 / (1 + ratio * ratio);
    }
  }
  return distances;
}

}  // namespace

CarriedPoints spread_points(int width, int height, int count) {
  CarriedPoints points{width, height, {}, {}};
  const double step = std::max(1.0, std::sqrt(static_cast<double>(width) * height / std::max(1, count)));
  for (double y = (step - 1) / 2; y <= height - 1; y += step) {
    for (double x = (step - 1) / 2; x <= width - 1; x += step) points.from.emplace_back(x, y);
  }
  points.now = points.from;
  return points;
}

void carry(CarriedPoints& points, const FlowMap& flow, const ConfidenceMap& confidence) {
  if (flow.width() != points.width || flow.height() != points.height) {
    throw Error("", "flows of different sizes cannot be chained");
  }
  const Vec2 lost = Vec2::Constant(std::numeric_limits<double>::quiet_NaN());
  for (Vec2& point : points.now) {
    if (std::isnan(point.x())) continue;
    const int x = static_cast<int>(std::lround(point.x()));
    const int y = static_cast<int>(std::lround(point.y()));
    const bool is_known = confidence.empty() || confidence(x, y) >= least_confidence;
    // The flow varies slowly but at edges, where the nearest value is one of the two and a mean is neither.
    const Vec2 to = point + Vec2(flow(x, y, 0), flow(x, y, 1));
    const bool is_inside =
        to.x() >= 0 && to.y() >= 0 && to.x() <= flow.width() - 1 && to.y() <= flow.height() - 1;
    point = is_known && is_inside ? to : lost;
  }
}

SharedView shared_view(const CarriedPoints& points) {
  std::vector<Vec2> p, q;
  const double diagonal = std::hypot(points.width, points.height);
  const Vec2 centre((points.width - 1) / 2.0, (points.height - 1) / 2.0);
  for (std::size_t k = 0; k < points.from.size(); ++k) {
    if (std::isnan(points.now[k].x())) continue;
    p.emplace_back((points.from[k] - centre) / diagonal);
    q.emplace_back((points.now[k] - centre) / diagonal);
  }
  SharedView view;
  if (points.from.empty()) return view;
  view.overlap = static_cast<double>(p.size()) / static_cast<double>(points.from.size());
  if (p.size() >= least_points) view.parallax = percentile(residuals(p, q), 0.7);
  return view;
}

}  // namespace vd
