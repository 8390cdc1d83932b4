// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "weights/dust3r_config.h"

namespace vd {

/// How monocular depth enters a pair network: not at all; injected as a normalised point map (Align3R); or as
/// a fourth channel of the image (the ablation of its Tab. 4).
enum class DepthInput { none, point_map, concatenated };

/// Sizes of a DPT head; empty hooks stand for the public formula.
struct DptSizes {
  int features = 256;
  int last = 128;
  std::vector<int> channels = {96, 192, 384, 768};
  std::vector<int> hooks;  // entries of the decoder's list, 0 = the encoder's output
};

/// A network of the DUSt3R family: what its checkpoint states, and what its public code fixes.
struct PairNetworkConfig {
  Dust3rConfig stated;
  DptSizes dpt;
  double descriptor_hidden_factor = 4;
  DepthInput depth_input = DepthInput::none;
};

/// Entries of the decoder's list that the DPT head reads: those given, or 0, 2/4, 3/4 and all of the depth.
[[nodiscard]] std::vector<int> hooks(const PairNetworkConfig& config);

/// Blocks of Align3R's point map transformer: half the decoder's depth less two.
[[nodiscard]] int point_map_blocks(const PairNetworkConfig& config);

/// Channels of MASt3R's descriptors: 24 of "pts3d+desc24", 0 without any.
[[nodiscard]] int descriptor_channels(const PairNetworkConfig& config);

/// A published network by the name of its key list: dust3r_224_linear, dust3r_512_linear, dust3r_512_dpt,
/// monst3r, d2ust3r_pointmap, mast3r_512_catmlpdpt, align3r. Throws Error on other names.
[[nodiscard]] PairNetworkConfig published_pair_network(const std::string& name);

}  // namespace vd
