// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
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

}  // namespace vd
