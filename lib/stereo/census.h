// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "image/map.h"

namespace vd {

/// Three-state census of the 5x5 neighbourhood of every pixel of a grey image (-1 darker than the centre by
/// more than a dead zone, 1 brighter, 0 neither; Stein 2004), ready to be compared with many other images of
/// the same size.
class Census {
 public:
  static constexpr int radius = 2;
  static constexpr int max_cost = 48;  // 24 neighbours, 2 between opposite states

  Census(const Map<std::int8_t>& image, int dead_zone);

  /// Sum over the neighbourhood of |state here - state in other|, 0 to max_cost. Beyond the border the
  /// nearest pixel counts.
  void compare(const Map<std::int8_t>& other, Map<std::uint8_t>& cost) const;

 private:
  int width_;
  int height_;
  int dead_zone_;
  std::vector<Map<std::int8_t>> states_;  // one map a neighbour
};

}  // namespace vd
