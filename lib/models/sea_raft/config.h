// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "weights/weight_file.h"

namespace vd {

/// Widths of a SEA-RAFT network (Wang et al. 2024) and the settings that its weights were trained with.
struct SeaRaftConfig {
  std::vector<std::int64_t> blocks = {3, 4, 6};  // of the encoder's stages: as ResNet-18's or -34's
  std::int64_t stem = 64;
  std::vector<std::int64_t> stage_widths = {64, 128, 256};
  std::int64_t width = 128;  // of the state and of the context; features have twice as many channels
  std::int64_t refinements = 2;
  std::int64_t correlation_levels = 4;
  std::int64_t correlation_radius = 4;
  int iterations = 4;
  double least_log_scale = 0;  // of the narrow part of the error's distribution
  double most_log_scale = 10;  // of the wide part
};

[[nodiscard]] SeaRaftConfig sea_raft_s();
[[nodiscard]] SeaRaftConfig sea_raft_m();
/// The same files as sea_raft_m(), run longer.
[[nodiscard]] SeaRaftConfig sea_raft_l();

/// The network that a weight file holds, S or M by its shapes. Throws Error, naming the file, when it is no
/// SEA-RAFT.
[[nodiscard]] SeaRaftConfig sea_raft_config(const WeightFile& weights);

}  // namespace vd
