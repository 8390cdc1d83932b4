// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weights/weight_file.h"

namespace vd {

/// Widths of a RAFT network (Teed and Deng 2020); the public ones, or those of a file.
struct RaftConfig {
  bool is_small = false;
  std::vector<std::int64_t> encoder_widths = {64, 96, 128};
  std::int64_t feature_channels = 256;
  std::int64_t hidden_channels = 128;
  std::int64_t context_channels = 128;
  std::vector<std::int64_t> motion_correlation = {256, 192};
  std::vector<std::int64_t> motion_flow = {128, 64};
  std::int64_t motion_channels = 126;
  std::int64_t flow_head_channels = 256;
  std::int64_t mask_head_channels = 256;  // of the basic network
  std::vector<std::int64_t> bottlenecks;  // of the small network's stages
  std::int64_t correlation_levels = 4;
  std::int64_t correlation_radius = 4;
};

[[nodiscard]] RaftConfig raft_basic();
[[nodiscard]] RaftConfig raft_small();

/// The network that a weight file holds, told by its names and shapes: only the basic one has a mask head.
/// Throws Error, naming the file, when it is no RAFT. levels  of the correlation, which shapes do not tell
[[nodiscard]] RaftConfig raft_config(const WeightFile& weights, std::int64_t levels = 4);

}  // namespace vd
