// SPDX-License-Identifier: Apache-2.0
#include "models/midas/config.h"

#include "core/error.h"
#include "models/midas/efficientnet.h"

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

std::int64_t output_channels(const WeightFile& weights, const std::string& name) {
  const TensorView* view = weights.find("pretrained." + name + ".weight");
  if (view == nullptr || view->shape.size() != 4)
    throw Error(weights.where, "is no MiDaS v2.1 small: no convolution pretrained." + name);
  return view->shape[0];
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

MidasV21SmallConfig midas_v21_small_config_of(const WeightFile& weights) {
  MidasV21SmallConfig config;
  config.stem = output_channels(weights, "layer1.0");
  for (std::size_t k = 0; k < config.stages.size(); ++k) {
    const std::string stage = efficientnet_stage_names().at(k);
    const std::string last_convolution = k == 0 ? ".conv_pw" : ".conv_pwl";
    config.stages[k] = {0, output_channels(weights, stage + ".0" + last_convolution)};
    while (weights.find("pretrained." + stage + "." + std::to_string(config.stages[k].blocks) +
                        last_convolution + ".weight") != nullptr)
      ++config.stages[k].blocks;
  }
  for (const auto& [name, value] : {std::pair{"scratch.layer1_rn.weight", &config.features},
                                    std::pair{"scratch.output_conv.2.weight", &config.last}}) {
    const TensorView* view = weights.find(name);
    if (view == nullptr || view->shape.empty())
      throw Error(weights.where, std::string("is no MiDaS v2.1 small: no ") + name);
    *value = view->shape[0];
  }
  return config;
}

}  // namespace vd::nn
