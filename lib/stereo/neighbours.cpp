// SPDX-License-Identifier: Apache-2.0
#include "stereo/neighbours.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "stereo/epipolar.h"

namespace vd {
namespace {

double quantile(std::vector<double>& values, double fraction) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::lround(fraction * (values.size() - 1)));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Offsets in order of preference, both directions each: powers of two span baselines at least cost, the
/// others step in where the clip ends.
std::vector<int> preferred_offsets(int stretch) {
  std::vector<int> offsets;
  for (const int step : {1, 2, 4, 8, 3, 6, 5, 12, 7, 10, 16, 9})
    for (const int sign : {-1, 1}) offsets.push_back(sign * step * stretch);
  return offsets;
}

std::vector<int> neighbours_with_stretch(Span<const Camera> cameras, int frame, int stretch,
                                         const DepthRange& range, const NeighbourOptions& options) {
  std::vector<int> frames;
  const int farthest = std::max(8 * stretch, 8);
  for (const int offset : preferred_offsets(stretch)) {
    if (static_cast<int>(frames.size()) == options.count) break;
    const int other = frame + offset;
    if (other < 0 || other >= static_cast<int>(cameras.size()) || std::abs(offset) > farthest) continue;
    if (median_parallax_px(cameras[frame], cameras[other], range) < options.min_parallax_px) continue;
    frames.push_back(other);
  }
  std::stable_sort(frames.begin(), frames.end(),
                   [frame](int a, int b) { return std::abs(a - frame) < std::abs(b - frame); });
  return frames;
}

}  // namespace

DepthRange depth_range(Span<const double> depths) {
  std::vector<double> valid;
  for (const double depth : depths)
    if (std::isfinite(depth) && depth > 0) valid.push_back(depth);
  if (valid.empty()) return {};
  return {0.7 * quantile(valid, 0.005), 1.25 * quantile(valid, 0.995)};
}

double median_parallax_px(const Camera& reference, const Camera& other, const DepthRange& range) {
  if (!range.valid()) return 0;
  const EpipolarMap map = epipolar_map(reference, other);
  const auto inverse_depth = static_cast<float>(1.0 / std::sqrt(range.near * range.far));
  const Intrinsics& from = reference.intrinsics;
  constexpr int grid = 12;
  std::vector<double> lengths;
  for (int j = 0; j < grid; ++j) {
    for (int i = 0; i < grid; ++i) {
      const float x = static_cast<float>(i + 0.5F) / grid * from.width - 0.5F;
      const float y = static_cast<float>(j + 0.5F) / grid * from.height - 0.5F;
      const Projection at = project(map, x, y, inverse_depth);
      const bool inside = at.depth_ratio > 0 && at.x >= 0 && at.y >= 0 &&
                          at.x <= other.intrinsics.width - 1 && at.y <= other.intrinsics.height - 1;
      if (inside) lengths.push_back(parallax(map, at, inverse_depth).norm());
    }
  }
  if (lengths.size() < grid * grid / 10) return 0;
  return quantile(lengths, 0.5);
}

std::vector<int> choose_neighbours(Span<const Camera> cameras, int frame, const DepthRange& range,
                                   const NeighbourOptions& options) {
  std::vector<int> frames;
  for (int stretch = 1; 8 * stretch <= std::max(8, options.max_offset); ++stretch) {
    std::vector<int> longer = neighbours_with_stretch(cameras, frame, stretch, range, options);
    if (longer.size() < frames.size()) break;  // the clip is too short for it
    frames = std::move(longer);
    if (frames.empty()) continue;
    const double farthest_px = median_parallax_px(cameras[frame], cameras[frames.back()], range);
    if (farthest_px >= options.enough_parallax_px) break;
  }
  return frames;
}

}  // namespace vd
