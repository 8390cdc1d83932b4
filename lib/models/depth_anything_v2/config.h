// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nn/vision_transformer.h"
#include "weights/weight_file.h"

namespace vd::nn {

/// Sizes of a Depth Anything V2 network, and what its output means, which its weight file does not tell:
/// files of relative and metric models hold the same names and shapes.
struct DepthAnythingV2Config {
  VisionTransformerOptions encoder;
  std::vector<int> layers;             // blocks whose tokens the head reads
  std::vector<std::int64_t> channels;  // of the four levels, fine to coarse
  std::int64_t features = 64;
  std::int64_t last = 32;             // channels before the last convolution
  std::optional<double> max_depth_m;  // of a metric model (20 indoors, 80 outdoors); nothing: inverse depth
};

/// The published sizes: "vits", "vitb", "vitl", "vitg". Throws Error on any other word.
[[nodiscard]] DepthAnythingV2Config depth_anything_v2_config(const std::string& size,
                                                             std::optional<double> max_depth_m = {});

/// The sizes that the shapes in a weight file tell; heads of 64 channels. Blocks are read as published for
/// this depth, else the last of each quarter. Throws Error naming the file when a tensor is missing.
[[nodiscard]] DepthAnythingV2Config depth_anything_v2_config_of(const WeightFile& weights,
                                                                std::optional<double> max_depth_m = {});

}  // namespace vd::nn
