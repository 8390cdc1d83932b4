// SPDX-License-Identifier: Apache-2.0
#include "pointmap/correspondences.h"

#include <algorithm>
#include <limits>

#include "image/sample.h"

namespace vd {

double return_error_px(const FlowMap& there, const FlowMap& back, int x, int y) {
  const Vec2 flow(there(x, y, 0), there(x, y, 1));
  const auto way_back = sample_bilinear(back, x + flow.x(), y + flow.y());
  if (!way_back) return std::numeric_limits<double>::quiet_NaN();
  return (flow + Vec2((*way_back)[0], (*way_back)[1])).norm();
}

Correspondences sample_flow(const FlowMap& first_to_second, const FlowMap& second_to_first, int count,
                            double most_return_px) {
  Correspondences sampled;
  const double area = static_cast<double>(first_to_second.pixels()) / std::max(1, count);
  const int step = std::max(1, static_cast<int>(std::lround(std::sqrt(area))));
  for (int y = step / 2; y < first_to_second.height(); y += step)
    for (int x = step / 2; x < first_to_second.width(); x += step) {
      const double error = return_error_px(first_to_second, second_to_first, x, y);
      if (!(error <= most_return_px)) continue;
      sampled.first.emplace_back(x, y);
      sampled.second.emplace_back(x + first_to_second(x, y, 0), y + first_to_second(x, y, 1));
      sampled.sigma_px.push_back(flow_sigma_px(error));
    }
  return sampled;
}

}  // namespace vd
