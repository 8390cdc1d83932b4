// SPDX-License-Identifier: Apache-2.0
#include "stereo/geometric_check.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"
#include "stereo/epipolar.h"

namespace vd {
namespace {

/// What the neighbours say about one row of the reference.
struct Agreement {
  std::vector<float> count, consistent, weight, weighted_difference, squared_difference;
  explicit Agreement(int width)
      : count(width),
        consistent(width),
        weight(width),
        weighted_difference(width),
        squared_difference(width) {}
  void clear() {
    for (auto* row : {&count, &consistent, &weight, &weighted_difference, &squared_difference})
      std::fill(row->begin(), row->end(), 0.0F);
  }
};

struct Reading {
  float inverse = 0;  // 0 = outside
  float strength = 0;
};

Reading read(const RawDepth& depth, float x, float y) {
  const int width = depth.inverse.width();
  const int height = depth.inverse.height();
  if (!(x >= 0 && y >= 0 && x <= static_cast<float>(width - 1) && y <= static_cast<float>(height - 1)))
    return {};
  const int nearest_x = static_cast<int>(x + 0.5F);
  const int nearest_y = static_cast<int>(y + 0.5F);
  const float strength = depth.strength(nearest_x, nearest_y);
  const int x0 = std::min(static_cast<int>(x), width - 2);
  const int y0 = std::min(static_cast<int>(y), height - 2);
  const float* top = depth.inverse.row(y0) + x0;
  const float* low = top + width;
  const float least = std::min(std::min(top[0], top[1]), std::min(low[0], low[1]));
  const float most = std::max(std::max(top[0], top[1]), std::max(low[0], low[1]));
  if (most > 1.05F * least) return {depth.inverse(nearest_x, nearest_y), strength};
  const float ax = x - static_cast<float>(x0);
  const float ay = y - static_cast<float>(y0);
  const float above = top[0] + ax * (top[1] - top[0]);
  const float below = low[0] + ax * (low[1] - low[0]);
  return {above + ay * (below - above), strength};
}

void compare_row(const RawDepth& own, int y, const DepthView& neighbour, const EpipolarMap& map,
                 const CheckOptions& options, Agreement& agreement) {
  const auto min_strength = static_cast<float>(options.min_strength);
  const auto max_px = static_cast<float>(options.max_disagreement_px);
  const auto max_relative = static_cast<float>(options.max_relative_difference);
  const float a20 = map.a(2, 0), a21 = map.a(2, 1), a22 = map.a(2, 2);
  for (int x = 0; x < own.inverse.width(); ++x) {
    const float w = own.inverse(x, y);
    const Projection at = project(map, static_cast<float>(x), static_cast<float>(y), w);
    if (!(at.depth_ratio > 1e-3F)) continue;
    const Reading there = read(*neighbour.depth, at.x, at.y);
    if (there.inverse <= 0) continue;
    const float difference = there.inverse * at.depth_ratio / w - 1.0F;
    const float size = std::abs(difference);
    if (size >= max_relative || size * parallax(map, at, w).norm() >= max_px) continue;
    agreement.consistent[x] = 1.0F;
    if (std::min(own.strength(x, y), there.strength) < min_strength) continue;
    // Moving the point along the reference's ray changes log z in the neighbour by this factor.
    const float own_part = (a20 * static_cast<float>(x) + a21 * static_cast<float>(y) + a22) / at.depth_ratio;
    const float seen_here = difference / std::clamp(own_part, 0.25F, 4.0F);
    const float weight = 1.0F / (1.0F + 1e4F * difference * difference);
    agreement.count[x] += 1.0F;
    agreement.weight[x] += weight;
    agreement.weighted_difference[x] += weight * seen_here;
    agreement.squared_difference[x] += difference * difference;
  }
}

/// Largest over smallest inverse depth in 7x7.
cv::Mat ratio_in_window(const Map<float>& inverse) {
  cv::Mat largest, smallest, range;
  const cv::Mat window = cv::Mat::ones(7, 7, CV_8U);
  cv::dilate(as_mat(inverse), largest, window);
  cv::erode(as_mat(inverse), smallest, window);
  cv::divide(largest, smallest, range);
  return range;
}

}  // namespace

CheckedDepth geometric_check(const DepthView& reference, Span<const DepthView> neighbours,
                             const CheckOptions& options) {
  const RawDepth& own = *reference.depth;
  const int width = own.inverse.width();
  const int height = own.inverse.height();
  CheckedDepth checked{own.inverse, Map<float>(width, height), Map<float>(width, height)};
  if (neighbours.empty()) return checked;
  const int needed =
      neighbours.size() == 1 ? 1 : std::min<int>(options.min_agreeing, static_cast<int>(neighbours.size()));
  std::vector<EpipolarMap> maps;
  for (const DepthView& neighbour : neighbours)
    maps.push_back(epipolar_map(reference.camera, neighbour.camera));
  const cv::Mat range = ratio_in_window(own.inverse);

  Agreement agreement(width);
  for (int y = 0; y < height; ++y) {
    agreement.clear();
    for (std::size_t k = 0; k < neighbours.size(); ++k)
      compare_row(own, y, neighbours[k], maps[k], options, agreement);
    const float* ratio = range.ptr<float>(y);
    for (int x = 0; x < width; ++x) {
      const float n = agreement.count[x];
      if (own.strength(x, y) > 0) checked.support(x, y) = agreement.consistent[x] > 0 ? 1.0F : 0.1F;
      if (n < static_cast<float>(needed) || own.parallax(x, y) < options.min_parallax_px) continue;
      checked.inverse(x, y) *= 1.0F + agreement.weighted_difference[x] / (1.0F + agreement.weight[x]);
      const float sigma = 1.0F / own.strength(x, y) + std::sqrt(agreement.squared_difference[x] / n);
      checked.confidence(x, y) = n / sigma / (1.0F + 20.0F * std::log(ratio[x]));
    }
  }
  return checked;
}

}  // namespace vd
