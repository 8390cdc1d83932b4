// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "image/map.h"

namespace vd {

/// Matching costs of every pixel and plane: cost(x, y, d) is values[(y * width + x) * planes + d].
struct CostVolume {
  int width = 0;
  int height = 0;
  int planes = 0;
  std::vector<std::uint8_t> values;

  [[nodiscard]] std::uint8_t* at(int x, int y) {
    return values.data() + (static_cast<std::size_t>(y) * width + x) * planes;
  }
  [[nodiscard]] const std::uint8_t* at(int x, int y) const {
    return values.data() + (static_cast<std::size_t>(y) * width + x) * planes;
  }
};

struct SemiGlobalOptions {
  int small_step_penalty = 6;   // for a change of one plane between neighbours
  int large_step_penalty = 60;  // for more; divided by 1 + |grey step| / 8 across image edges
};

/// Plane of the least aggregated cost, with its fraction, of every pixel: semi-global matching along the four
/// paths left, right, up and down (Hirschmueller 2008), and a parabola through the aggregated costs. Costs up
/// to 96; guide is the image of the same size whose edges lower the large penalty.
[[nodiscard]] Map<float> semi_global_planes(const CostVolume& cost, const Map<std::int8_t>& guide,
                                            const SemiGlobalOptions& options = {});

}  // namespace vd
