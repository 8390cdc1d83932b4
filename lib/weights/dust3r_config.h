// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weights/weight_file.h"

namespace vd {

/// How a raw value becomes depth or confidence: mode and range, for example ("exp", 1, inf).
struct OutputRange {
  std::string mode = "exp";
  double least = 0;
  double most = 0;
};

/// How a network of the DUSt3R family (DUSt3R, MonST3R, Align3R, MASt3R) is made: the arguments of the public
/// constructors, under their names and with their defaults.
struct Dust3rConfig {
  std::string network;  // "AsymmetricCroCo3DStereo" or "AsymmetricMASt3R"
  std::string pos_embed = "cosine";
  std::array<int, 2> img_size{224, 224};
  int patch_size = 16;
  std::string patch_embed_cls = "PatchEmbedDust3R";
  bool landscape_only = true;
  int enc_embed_dim = 768, enc_depth = 12, enc_num_heads = 12;
  int dec_embed_dim = 512, dec_depth = 8, dec_num_heads = 16;
  int mlp_ratio = 4;
  bool norm_im2_in_dec = true;
  std::string head_type = "linear";
  std::string output_mode = "pts3d";
  OutputRange depth_mode;
  std::optional<OutputRange> conf_mode;
  std::string freeze = "none";
  bool two_confs = false;  // of MASt3R, as the next two
  std::string desc_mode = "norm";
  std::optional<OutputRange> desc_conf_mode;
  std::vector<std::string> unknown_arguments;  // passed over

  Dust3rConfig();
  /// 100 of "RoPE100".
  [[nodiscard]] double rope_base() const;
};

/// Of the text args.model of a checkpoint, a Python expression that is read as data; errors name `where`.
/// Throws Error on what is no such call, on other networks, and on values that vd does not support: depths
/// 1..256, widths 1..16384 divisible by the heads with 4 | width of a head, image sizes multiples of the
/// patch, rotary position embedding, head and output that fit each other.
[[nodiscard]] Dust3rConfig parse_dust3r_string(std::string_view text, const std::string& where);

/// Of the config.json of a model hub, with the same checks. Infinities may be bare words or texts ("inf").
[[nodiscard]] Dust3rConfig parse_dust3r_json(std::string_view text, const std::string& where);

/// As config.json: sorted names, one line.
[[nodiscard]] std::string dust3r_json(const Dust3rConfig& config);

/// Name of the metadata of a safetensors file under which vd-train convert keeps dust3r_json.
inline constexpr const char* dust3r_config_key = "dust3r_config";

/// What a weight file itself says about its network: args.model of a checkpoint, or that metadata of a
/// safetensors file; nothing when it says nothing.
[[nodiscard]] std::optional<Dust3rConfig> stated_dust3r_config(const WeightFile& weights);
/// The same, or else what config.json in the folder of a safetensors file says.
[[nodiscard]] std::optional<Dust3rConfig> find_dust3r_config(const WeightFile& weights);

}  // namespace vd
