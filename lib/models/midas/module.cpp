// SPDX-License-Identifier: Apache-2.0
#include "models/midas/module.h"

#include "core/error.h"

namespace vd::nn {
namespace {

void expect_image(const Tensor& image) {
  expect_shape(image, {-1, 3, -1, -1}, "image of MiDaS");
  if (image.size(2) % 32 != 0 || image.size(3) % 32 != 0)
    throw Error("image of MiDaS", to_text(image.sizes()) + " is not a multiple of 32 pixels");
}

DenseHead head_of(const Parameters& scratch, std::int64_t features, std::int64_t last,
                  std::int64_t middle = 0) {
  const Parameters head = scratch / "output_conv";
  return DenseHead(head / 0, head / 2, head / 4, features, last, 1, middle);
}

/// The network's stem takes the place of its patches: its map has one token a pixel.
VisionTransformerOptions behind_stem(const DptConfig& config) {
  VisionTransformerOptions options = config.transformer;
  if (!config.is_hybrid()) return options;
  options.patch = 1;
  options.channels = config.stem.channels.back();
  return options;
}

}  // namespace

Dpt::Dpt(const Parameters& parameters, const DptConfig& config)
    : config_(config), transformer_(parameters / "pretrained" / "model", behind_stem(config)) {
  const Parameters pretrained = parameters / "pretrained";
  const std::int64_t width = config.transformer.block.width;
  (pretrained / "model" / "head").skip("weight", {config.classes, width}, Init::fan_in_uniform);
  (pretrained / "model" / "head").skip("bias", {config.classes});
  if (config.is_hybrid()) stem_ = ResNetV2(pretrained / "model" / "patch_embed" / "backbone", config.stem);
  for (int k = config.is_hybrid() ? 2 : 0; k < 4; ++k) {
    const Parameters level = pretrained / ("act_postprocess" + std::to_string(k + 1));
    readout_.emplace_back(level / 0 / "project" / 0, 2 * width, width);
    reassemble_.emplace_back(level / 3, level / 4, width, config.channels.at(k), k);
  }
  PyramidOptions pyramid;
  pyramid.channels = config.channels;
  pyramid.features = config.features;
  fusion_ = PyramidFusion(parameters / "scratch", pyramid);
  head_ = head_of(parameters / "scratch", config.features, config.last);
}

Tensor Dpt::readout(int level, const BlockTokens& tokens, std::int64_t rows, std::int64_t columns) const {
  const Tensor with_class = at::cat({tokens.patches, tokens.classes.expand_as(tokens.patches)}, -1);
  return tokens_to_map(at::gelu(readout_[level](with_class)), rows, columns);
}

Tensor Dpt::operator()(const Tensor& image) const {
  expect_image(image);
  std::vector<Tensor> levels;
  Tensor input = image;
  if (config_.is_hybrid()) {
    const std::array<Tensor, 3> maps = stem_(image);
    levels = {maps[0], maps[1]};
    input = maps[2];
  }
  const std::vector<int> hooks(config_.hooks.begin() + static_cast<std::ptrdiff_t>(levels.size()),
                               config_.hooks.end());
  const std::vector<BlockTokens> tokens = transformer_.blocks(transformer_.embed(input), hooks, false);
  const std::int64_t rows = image.size(2) / config_.transformer.patch;
  const std::int64_t columns = image.size(3) / config_.transformer.patch;
  for (std::size_t k = 0; k < tokens.size(); ++k)
    levels.push_back(reassemble_[k](readout(static_cast<int>(k), tokens[k], rows, columns)));
  return head_(fusion_(levels), image.size(2), image.size(3)).squeeze(1).relu_();
}

MidasV21::MidasV21(const Parameters& parameters, const MidasV21Config& config)
    : backbone_(parameters / "pretrained", config) {
  PyramidOptions pyramid;
  for (const std::int64_t planes : config.planes) pyramid.channels.push_back(4 * planes);
  pyramid.features = config.features;
  pyramid.out_conv = false;
  pyramid.rectified_skip = true;
  fusion_ = PyramidFusion(parameters / "scratch", pyramid);
  head_ = head_of(parameters / "scratch", config.features, config.head[1], config.head[0]);
}

Tensor MidasV21::operator()(const Tensor& image) const {
  expect_image(image);
  const std::array<Tensor, 4> maps = backbone_(image);
  const Tensor fused = fusion_({maps.begin(), maps.end()});
  return head_(fused, image.size(2), image.size(3), false).squeeze(1).relu_();
}

MidasV21Small::MidasV21Small(const Parameters& parameters, const MidasV21SmallConfig& config)
    : backbone_(parameters / "pretrained", config) {
  PyramidOptions pyramid;
  for (const int stage : {1, 2, 4, 6}) pyramid.channels.push_back(config.stages.at(stage).channels);
  for (const int factor : {1, 2, 4, 8}) pyramid.level_features.push_back(factor * config.features);
  fusion_ = PyramidFusion(parameters / "scratch", pyramid);
  head_ = head_of(parameters / "scratch", config.features, config.last);
}

Tensor MidasV21Small::operator()(const Tensor& image) const {
  expect_image(image);
  const std::array<Tensor, 4> maps = backbone_(image);
  const Tensor fused = fusion_({maps.begin(), maps.end()});
  return head_(fused, image.size(2), image.size(3), false).squeeze(1).relu_();
}

}  // namespace vd::nn
