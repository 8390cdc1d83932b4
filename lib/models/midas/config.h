// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "nn/vision_transformer.h"
#include "weights/weight_file.h"

namespace vd::nn {

/// The convolutional stem of DPT-Hybrid (ResNet-V2 50); empty in DPT-Large.
struct StemSizes {
  std::int64_t first = 64;
  std::vector<int> blocks;             // of the three stages: 3, 4, 9
  std::vector<std::int64_t> channels;  // 256, 512, 1024
  std::int64_t groups = 32;            // of its normalisation
};

/// A DPT network (MiDaS v3).
struct DptConfig {
  VisionTransformerOptions transformer;
  StemSizes stem;
  std::vector<int> hooks;              // blocks; the first two of a network with a stem are not read
  std::vector<std::int64_t> channels;  // of the four levels, fine to coarse
  std::int64_t features = 256;
  std::int64_t last = 32;
  std::int64_t classes = 1000;  // of the classifier that its files hold, unused
  [[nodiscard]] bool is_hybrid() const { return !stem.blocks.empty(); }
};

[[nodiscard]] DptConfig dpt_large_config();
[[nodiscard]] DptConfig dpt_hybrid_config();

/// MiDaS v2.1: a ResNeXt under a decoder of residual units. The defaults are those of the published network.
struct MidasV21Config {
  std::int64_t stem = 64;
  std::array<int, 4> blocks{3, 4, 23, 3};
  std::array<std::int64_t, 4> planes{64, 128, 256, 512};  // a stage has four times as many channels
  std::int64_t groups = 32;
  std::int64_t width_per_group = 8;
  std::int64_t features = 256;
  std::array<std::int64_t, 2> head{128, 32};
};

/// MiDaS v2.1 small: an EfficientNet-Lite3 under a decoder that widens from level to level. The defaults are
/// those of the published network.
struct MidasV21SmallConfig {
  struct Stage {
    int blocks;
    std::int64_t channels;
  };
  std::int64_t stem = 32;
  std::array<Stage, 7> stages{{{1, 24}, {3, 32}, {3, 48}, {5, 96}, {5, 136}, {6, 232}, {1, 384}}};
  std::int64_t features = 64;  // of the finest level; twice, four and eight times as many in the others
  std::int64_t last = 32;
};

/// The sizes that the shapes in a weight file tell. Of a DPT network heads have 64 channels, and blocks are
/// read as published for this depth, else the last of each quarter. Throw Error naming the file when a tensor
/// is missing.
[[nodiscard]] DptConfig dpt_config_of(const WeightFile& weights);
[[nodiscard]] MidasV21Config midas_v21_config_of(const WeightFile& weights);
[[nodiscard]] MidasV21SmallConfig midas_v21_small_config_of(const WeightFile& weights);

}  // namespace vd::nn
