// SPDX-License-Identifier: Apache-2.0
#include "models/dust3r/config.h"

#include <cstdlib>

namespace vd {

std::vector<int> hooks(const PairNetworkConfig& config) {
  if (!config.dpt.hooks.empty()) return config.dpt.hooks;
  const int depth = config.stated.dec_depth;
  return {0, depth * 2 / 4, depth * 3 / 4, depth};
}

int point_map_blocks(const PairNetworkConfig& config) { return config.stated.dec_depth / 2 - 2; }

int descriptor_channels(const PairNetworkConfig& config) {
  const std::size_t place = config.stated.output_mode.find("+desc");
  return place == std::string::npos ? 0 : std::atoi(config.stated.output_mode.c_str() + place + 5);
}

}  // namespace vd
