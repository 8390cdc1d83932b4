// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "weights/weight_file.h"

namespace vd {

/// Sizes of a CoTracker3 network (Karaev et al. 2024), and the procedure that its weights were trained for.
struct CoTracker3Config {
  std::int64_t feature_channels = 128;
  std::int64_t levels = 4;
  std::int64_t radius = 3;
  std::int64_t correlation_hidden = 384;
  std::int64_t correlation_channels = 256;
  std::int64_t width = 384;
  std::int64_t heads = 8;
  std::int64_t head_width = 48;
  std::int64_t time_blocks = 3;
  std::int64_t space_blocks = 3;
  std::int64_t virtual_tracks = 64;
  std::int64_t window = 60;         // frames of the time embedding
  std::int64_t model_height = 384;  // of the frames that a video is resized to
  std::int64_t model_width = 512;
};

/// scaled_offline.pth and baseline_offline.pth: the whole video at once.
[[nodiscard]] CoTracker3Config cotracker3_offline();
/// scaled_online.pth and baseline_online.pth: windows that overlap by half.
[[nodiscard]] CoTracker3Config cotracker3_online();

/// The network that a weight file holds, by its shapes; they do not tell the number of heads and levels nor
/// the size of the frames. Throws Error, naming the file, when it is no CoTracker3.
[[nodiscard]] CoTracker3Config cotracker3_config(const WeightFile& weights, std::int64_t heads = 8,
                                                 std::int64_t levels = 4);

}  // namespace vd
