// SPDX-License-Identifier: Apache-2.0
#include "models/depth_pro/config.h"

#include "models/mono/file_shapes.h"

namespace vd::nn {

DepthProConfig::DepthProConfig() {
  transformer.block = {1024, 16, 4, 1e-6, true, false};
  transformer.depth = 24;
  transformer.patch = 16;
  transformer.grid = 24;
  transformer.positions = PositionResampling::none;
  transformer.has_mask_token = false;
}

DepthProConfig depth_pro_config_of(const WeightFile& weights) {
  const FileShapes shapes(weights);
  DepthProConfig config;
  read_transformer_shapes(shapes, "encoder.patch_encoder.", config.transformer);
  config.transformer.patch = shapes.size("encoder.patch_encoder.patch_embed.proj.weight", 2);
  if (config.transformer.depth != 24) config.hooks = last_blocks_of_quarters(config.transformer.depth);
  config.channels = {shapes.size("encoder.upsample_latent0.0.weight"),
                     shapes.size("encoder.upsample0.0.weight"), shapes.size("encoder.upsample1.0.weight"),
                     shapes.size("encoder.upsample2.0.weight")};
  config.features = shapes.size("decoder.fusions.0.out_conv.weight");
  config.last = shapes.size("head.2.weight");
  return config;
}

}  // namespace vd::nn
