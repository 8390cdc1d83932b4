// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vd::nn {

constexpr std::int64_t kMostWindowRadius = 7;

/// One level of a correlation: either the table of all pairs or the features it is made of.
struct CorrelationLevel {
  const float* table = nullptr;   // [places][height][width]
  const float* first = nullptr;   // [places][depth], scaled
  const float* second = nullptr;  // [images][height][width][depth]
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t depth = 0;
};

/// The (2 r + 1)^2 values about (x, y), by step in x and then in y, of a place of the first map of an image.
/// All of them share one fraction of a pixel, so (2 r + 2)^2 values are read, or formed at 2 D operations
/// each, and a place that is nowhere near the map costs nothing. radius is at most kMostWindowRadius.
void correlation_window(const CorrelationLevel& level, std::int64_t image, std::int64_t place, float x,
                        float y, std::int64_t radius, float* out);

}  // namespace vd::nn
