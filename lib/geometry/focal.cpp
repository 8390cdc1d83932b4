// SPDX-License-Identifier: Apache-2.0
#include "geometry/focal.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vd {
namespace {

double bounded(double focal, int width, int height, const FocalOptions& options) {
  const double base = std::max(width, height) / (2 * std::tan(30 * 3.14159265358979323846 / 180));
  return std::min(std::max(focal, options.min_focal * base), options.max_focal * base);
}

/// X/Z in float32 as the public program divides, so that what overflows there counts as 0 here too.
float slope(float x, float z) {
  const float value = x / z;
  return std::isfinite(value) ? value : 0.0F;
}

}  // namespace

double weiszfeld_focal(MapView<const float, 3> points, const Vec2& principal_point,
                       const FocalOptions& options) {
  const auto one_pass = [&](double focal, bool weighted) {
    double numerator = 0;
    double denominator = 0;
    for (int y = 0; y < points.height(); ++y) {
      for (int x = 0; x < points.width(); ++x) {
        const float* point = points.pixel(x, y);
        const Vec2 ray(slope(point[0], point[2]), slope(point[1], point[2]));
        const Vec2 pixel = Vec2(x, y) - principal_point;
        const double weight = weighted ? 1.0 / std::max((pixel - focal * ray).norm(), 1e-8) : 1.0;
        numerator += weight * pixel.dot(ray);
        denominator += weight * ray.squaredNorm();
      }
    }
    return denominator > 0 ? numerator / denominator : 0.0;
  };
  double focal = one_pass(0, false);
  for (int k = 0; k < options.iterations; ++k) focal = one_pass(focal, true);
  return bounded(focal, points.width(), points.height(), options);
}

double median_focal(MapView<const float, 3> points, const Vec2& principal_point,
                    const FocalOptions& options) {
  std::vector<float> votes;
  for (int y = 0; y < points.height(); ++y) {
    for (int x = 0; x < points.width(); ++x) {
      const float* point = points.pixel(x, y);
      const auto u = static_cast<float>(x - principal_point.x());
      const auto v = static_cast<float>(y - principal_point.y());
      for (const float vote : {u * point[2] / point[0], v * point[2] / point[1]}) {
        if (!std::isnan(vote)) votes.push_back(vote);
      }
    }
  }
  if (votes.empty()) return 0;
  const auto middle = votes.begin() + static_cast<std::ptrdiff_t>((votes.size() - 1) / 2);
  std::nth_element(votes.begin(), middle, votes.end());
  return bounded(*middle, points.width(), points.height(), options);
}

}  // namespace vd
