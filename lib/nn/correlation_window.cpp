// SPDX-License-Identifier: Apache-2.0
#include "nn/correlation_window.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vd::nn {
namespace {

constexpr std::int64_t kMostSide = 2 * kMostWindowRadius + 2;

/// Sixteen partial sums: an order of summation that a compiler may keep in vector registers.
float dot(const float* a, const float* b, std::int64_t count) {
  std::array<float, 16> sums{};
  std::int64_t k = 0;
  for (; k + 16 <= count; k += 16)
    for (std::int64_t lane = 0; lane < 16; ++lane) sums[lane] += a[k + lane] * b[k + lane];
  for (; k < count; ++k) sums[k % 16] += a[k] * b[k];
  for (std::int64_t half = 8; half > 0; half /= 2)
    for (std::int64_t lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
  return sums[0];
}

}  // namespace

void correlation_window(const CorrelationLevel& level, std::int64_t image, std::int64_t place, float x,
                        float y, std::int64_t radius, float* out) {
  const std::int64_t side = 2 * radius + 1;
  const auto reach = static_cast<float>(radius + 1);
  const bool near = x > -reach && y > -reach && x < static_cast<float>(level.width) + reach &&
                    y < static_cast<float>(level.height) + reach;
  if (!near) {  // NaN as well
    std::fill(out, out + side * side, 0.0F);
    return;
  }
  const auto left = static_cast<std::int64_t>(std::floor(x)) - radius;
  const auto top = static_cast<std::int64_t>(std::floor(y)) - radius;
  std::array<float, kMostSide * kMostSide> taps{};
  const std::int64_t first_column = std::max<std::int64_t>(0, -left);
  const std::int64_t last_column = std::min(side + 1, level.width - left);
  const std::int64_t last_row = std::min(side + 1, level.height - top);
  for (std::int64_t j = std::max<std::int64_t>(0, -top); j < last_row; ++j) {
    for (std::int64_t i = first_column; i < last_column; ++i) {
      const std::int64_t pixel = (top + j) * level.width + left + i;
      const std::int64_t pixels = level.height * level.width;
      taps[j * kMostSide + i] = level.table != nullptr
                                    ? level.table[place * pixels + pixel]
                                    : dot(level.first + place * level.depth,
                                          level.second + (image * pixels + pixel) * level.depth, level.depth);
    }
  }
  const float ax = x - std::floor(x);
  const float ay = y - std::floor(y);
  for (std::int64_t i = 0; i < side; ++i) {
    for (std::int64_t j = 0; j < side; ++j) {
      const float* const tap = taps.data() + j * kMostSide + i;
      out[i * side + j] = (1 - ay) * ((1 - ax) * tap[0] + ax * tap[1]) +
                          ay * ((1 - ax) * tap[kMostSide] + ax * tap[kMostSide + 1]);
    }
  }
}

}  // namespace vd::nn
