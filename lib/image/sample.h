// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "image/map.h"

namespace vd {

/// Bilinear sample at (x, y) in pixels; nothing outside [0, W-1] x [0, H-1] or where one of the four values
/// is NaN.
template <int C>
[[nodiscard]] inline std::optional<std::array<float, C>> sample_bilinear(const Map<float, C>& map, double x,
                                                                         double y) {
  if (!(x >= 0 && y >= 0 && x <= map.width() - 1 && y <= map.height() - 1)) return {};
  const int x0 = std::min(static_cast<int>(x), std::max(0, map.width() - 2));
  const int y0 = std::min(static_cast<int>(y), std::max(0, map.height() - 2));
  const int x1 = std::min(x0 + 1, map.width() - 1);
  const int y1 = std::min(y0 + 1, map.height() - 1);
  const auto ax = static_cast<float>(x - x0);
  const auto ay = static_cast<float>(y - y0);
  std::array<float, C> value;
  for (int c = 0; c < C; ++c) {
    const float top = map(x0, y0, c) * (1 - ax) + map(x1, y0, c) * ax;
    const float bottom = map(x0, y1, c) * (1 - ax) + map(x1, y1, c) * ax;
    value[c] = top * (1 - ay) + bottom * ay;
    if (std::isnan(value[c])) return {};
  }
  return value;
}

/// Bilinear sample at (x, y) of a map that is zero beyond its border; NaN where (x, y) or a value that counts
/// is.
template <int C>
[[nodiscard]] inline std::array<float, C> sample_bilinear_zero_beyond(const Map<float, C>& map, double x,
                                                                      double y) {
  std::array<float, C> value{};
  if (std::isnan(x) || std::isnan(y)) {
    value.fill(std::numeric_limits<float>::quiet_NaN());
    return value;
  }
  if (!(x > -1 && y > -1 && x < map.width() && y < map.height())) return value;
  const int x0 = static_cast<int>(std::floor(x));
  const int y0 = static_cast<int>(std::floor(y));
  for (int k = 0; k < 4; ++k) {
    const int column = x0 + k % 2;
    const int row = y0 + k / 2;
    const auto weight = static_cast<float>((1 - std::abs(x - column)) * (1 - std::abs(y - row)));
    if (weight == 0 || !map.contains(column, row)) continue;
    for (int c = 0; c < C; ++c) value[c] += weight * map(column, row, c);
  }
  return value;
}

}  // namespace vd
