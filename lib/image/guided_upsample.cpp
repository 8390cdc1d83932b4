// SPDX-License-Identifier: Apache-2.0
#include "image/guided_upsample.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/parallel.h"

namespace vd {
namespace {

constexpr float colour_sigma = 12;  // grey levels, summed over the channels / 3

/// Weight of a difference of colours (0 to 255) by table.
std::vector<float> colour_weights() {
  std::vector<float> weights(256);
  for (int d = 0; d < 256; ++d) {
    const float ratio = static_cast<float>(d) / colour_sigma;
    weights[static_cast<std::size_t>(d)] = std::exp(-0.5F * ratio * ratio) + 1e-4F;
  }
  return weights;
}

int colour_distance(const std::uint8_t* a, const std::uint8_t* b) {
  return (std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2])) / 3;
}

}  // namespace

Map<float> guided_upsample(const Map<float>& map, const RgbImage& small_guide, const RgbImage& full_guide) {
  if (!map.same_size(small_guide)) throw Error("guided upsampling", "map and small guide differ in size");
  if (full_guide.width() < map.width() || full_guide.height() < map.height()) {
    throw Error("guided upsampling", "the full size is smaller than the map");
  }
  static const std::vector<float> weight_of_difference = colour_weights();
  const double sx = static_cast<double>(map.width()) / full_guide.width();
  const double sy = static_cast<double>(map.height()) / full_guide.height();
  Map<float> full(full_guide.width(), full_guide.height());
  parallel_for(static_cast<std::size_t>(full.height()), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    const double v = std::clamp((y + 0.5) * sy - 0.5, 0.0, map.height() - 1.0);
    const int v0 = std::min(static_cast<int>(v), std::max(0, map.height() - 2));
    for (int x = 0; x < full.width(); ++x) {
      const double u = std::clamp((x + 0.5) * sx - 0.5, 0.0, map.width() - 1.0);
      const int u0 = std::min(static_cast<int>(u), std::max(0, map.width() - 2));
      if (!(map(static_cast<int>(std::lround(u)), static_cast<int>(std::lround(v))) > 0)) continue;
      float total = 0;
      float sum = 0;
      for (int j = v0; j <= std::min(v0 + 1, map.height() - 1); ++j) {
        for (int i = u0; i <= std::min(u0 + 1, map.width() - 1); ++i) {
          if (!(map(i, j) > 0)) continue;
          const auto nearness = static_cast<float>((1 - std::abs(u - i)) * (1 - std::abs(v - j)) + 1e-3);
          const int difference = colour_distance(small_guide.pixel(i, j), full_guide.pixel(x, y));
          const float weight = nearness * weight_of_difference[static_cast<std::size_t>(difference)];
          total += weight;
          sum += weight * map(i, j);
        }
      }
      full(x, y) = sum / total;
    }
  });
  return full;
}

}  // namespace vd
