// SPDX-License-Identifier: Apache-2.0
#include "models/midas/config.h"

#include <algorithm>
#include <numeric>

#include "models/midas/efficientnet.h"
#include "models/mono/file_shapes.h"

namespace vd::nn {
namespace {

VisionTransformerOptions transformer(std::int64_t width, std::int64_t depth, std::int64_t heads) {
  VisionTransformerOptions options;
  options.block = {width, heads, 4, 1e-6, false, false};
  options.depth = depth;
  options.patch = 16;
  options.grid = 24;
  options.positions = PositionResampling::bilinear;
  options.has_mask_token = false;
  return options;
}

void read_stem_shapes(const FileShapes& shapes, const std::string& prefix, StemSizes& stem) {
  stem.first = shapes.size(prefix + "stem.conv.weight");
  stem.blocks.clear();
  stem.channels.clear();
  for (int k = 0; k < 3; ++k) {
    const std::string stage = prefix + "stages." + std::to_string(k) + ".blocks.";
    stem.blocks.push_back(shapes.count(stage, ".conv3.weight"));
    stem.channels.push_back(shapes.size(stage + "0.conv3.weight"));
  }
  // No shape tells the groups: 32, or fewer where a narrow network could not be divided so.
  stem.groups = std::gcd(stem.groups, stem.first);
  for (const std::int64_t channels : stem.channels) stem.groups = std::gcd(stem.groups, channels / 4);
}

}  // namespace

DptConfig dpt_large_config() {
  DptConfig config;
  config.transformer = transformer(1024, 24, 16);
  config.hooks = {5, 11, 17, 23};
  config.channels = {256, 512, 1024, 1024};
  return config;
}

DptConfig dpt_hybrid_config() {
  DptConfig config;
  config.transformer = transformer(768, 12, 12);
  config.stem = {64, {3, 4, 9}, {256, 512, 1024}, 32};
  config.hooks = {0, 1, 8, 11};
  config.channels = {256, 512, 768, 768};
  return config;
}

DptConfig dpt_config_of(const WeightFile& weights) {
  const FileShapes shapes(weights);
  const std::string stem = "pretrained.model.patch_embed.backbone.";
  const bool is_hybrid = shapes.has(stem + "stem.conv.weight");
  DptConfig config = is_hybrid ? dpt_hybrid_config() : dpt_large_config();
  const std::int64_t published_depth = config.transformer.depth;
  read_transformer_shapes(shapes, "pretrained.model.", config.transformer);
  if (config.transformer.depth != published_depth)
    config.hooks = last_blocks_of_quarters(config.transformer.depth);
  if (is_hybrid) read_stem_shapes(shapes, stem, config.stem);
  for (int k = 0; k < 4; ++k)
    config.channels[k] = shapes.size("scratch.layer" + std::to_string(k + 1) + "_rn.weight", 1);
  config.features = shapes.size("scratch.layer1_rn.weight");
  config.last = shapes.size("scratch.output_conv.2.weight");
  config.classes = shapes.size("pretrained.model.head.weight");
  return config;
}

MidasV21Config midas_v21_config_of(const WeightFile& weights) {
  const FileShapes shapes(weights);
  MidasV21Config config;
  config.stem = shapes.size("pretrained.layer1.0.weight");
  for (std::size_t k = 0; k < config.blocks.size(); ++k) {
    const std::string stage =
        k == 0 ? "pretrained.layer1.4." : "pretrained.layer" + std::to_string(k + 1) + ".";
    config.blocks[k] = shapes.count(stage, ".conv3.weight");
    config.planes[k] = shapes.size(stage + "0.conv3.weight") / 4;
  }
  const std::int64_t width = shapes.size("pretrained.layer1.4.0.conv2.weight");
  config.groups = width / shapes.size("pretrained.layer1.4.0.conv2.weight", 1);
  config.width_per_group = width * 64 / std::max<std::int64_t>(config.planes[0] * config.groups, 1);
  config.features = shapes.size("scratch.layer1_rn.weight");
  config.head = {shapes.size("scratch.output_conv.0.weight"), shapes.size("scratch.output_conv.2.weight")};
  return config;
}

MidasV21SmallConfig midas_v21_small_config_of(const WeightFile& weights) {
  const FileShapes shapes(weights);
  MidasV21SmallConfig config;
  config.stem = shapes.size("pretrained.layer1.0.weight");
  for (std::size_t k = 0; k < config.stages.size(); ++k) {
    const std::string stage = std::string("pretrained.") + efficientnet_stage_names().at(k) + ".";
    const std::string last_convolution = k == 0 ? ".conv_pw.weight" : ".conv_pwl.weight";
    config.stages[k] = {shapes.count(stage, last_convolution), shapes.size(stage + "0" + last_convolution)};
  }
  config.features = shapes.size("scratch.layer1_rn.weight");
  config.last = shapes.size("scratch.output_conv.2.weight");
  return config;
}

}  // namespace vd::nn
