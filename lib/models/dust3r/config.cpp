// SPDX-License-Identifier: Apache-2.0
#include "models/dust3r/config.h"

#include <cstdlib>

#include "core/error.h"

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

PairNetworkConfig published_pair_network(const std::string& name) {
  const bool is_mast3r = name == "mast3r_512_catmlpdpt";
  const bool is_linear = name == "dust3r_224_linear" || name == "dust3r_512_linear";
  const bool is_dpt =
      name == "dust3r_512_dpt" || name == "monst3r" || name == "d2ust3r_pointmap" || name == "align3r";
  if (!is_mast3r && !is_linear && !is_dpt) throw Error(name, "is no published pair network");
  std::string call = is_mast3r ? "AsymmetricMASt3R(" : "AsymmetricCroCo3DStereo(";
  call +=
      "pos_embed='RoPE100', enc_embed_dim=1024, enc_depth=24, enc_num_heads=16, dec_embed_dim=768, "
      "dec_depth=12, "
      "dec_num_heads=12, depth_mode=('exp', -inf, inf), conf_mode=('exp', 1, inf)";
  call += name == "dust3r_224_linear" ? ", img_size=(224, 224)" : ", img_size=(512, 512)";
  if (is_linear) call += ", head_type='linear', output_mode='pts3d')";
  if (is_dpt) call += ", head_type='dpt', output_mode='pts3d')";
  if (is_mast3r)
    call +=
        ", head_type='catmlp+dpt', output_mode='pts3d+desc24', two_confs=True, desc_conf_mode=('exp', 0, "
        "inf))";
  PairNetworkConfig config;
  config.stated = parse_dust3r_string(call, name);
  if (name == "align3r") config.depth_input = DepthInput::point_map;
  return config;
}

}  // namespace vd
