// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "image/map.h"

namespace vd {

// Interleaved maps in memory, planes in EXR files.

/// Planes of one size, interleaved.
template <int C>
[[nodiscard]] Map<float, C> interleave(const std::array<const Map<float>*, C>& planes) {
  Map<float, C> map(planes[0]->width(), planes[0]->height());
  for (int c = 0; c < C; ++c) {
    const float* plane = planes[static_cast<std::size_t>(c)]->data();
    for (std::size_t k = 0; k < map.pixels(); ++k) map.data()[k * C + c] = plane[k];
  }
  return map;
}

template <int C>
[[nodiscard]] std::vector<Map<float>> deinterleave(const Map<float, C>& map) {
  std::vector<Map<float>> planes(C, Map<float>(map.width(), map.height()));
  for (int c = 0; c < C; ++c) {
    float* plane = planes[static_cast<std::size_t>(c)].data();
    for (std::size_t k = 0; k < map.pixels(); ++k) plane[k] = map.data()[k * C + c];
  }
  return planes;
}

}  // namespace vd
