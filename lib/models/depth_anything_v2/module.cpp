// SPDX-License-Identifier: Apache-2.0
#include "models/depth_anything_v2/module.h"

namespace vd::nn {

DepthAnythingV2::DepthAnythingV2(const Parameters& parameters, const DepthAnythingV2Config& config)
    : config_(config), encoder_(parameters / "pretrained", config.encoder) {
  const Parameters head = parameters / "depth_head";
  const Parameters scratch = head / "scratch";
  for (int k = 0; k < 4; ++k)
    reassemble_.emplace_back(head / "projects" / k, head / "resize_layers" / k, config.encoder.block.width,
                             config.channels.at(k), k);
  PyramidOptions pyramid;
  pyramid.channels = config.channels;
  pyramid.features = config.features;
  fusion_ = PyramidFusion(scratch, pyramid);
  head_ = DenseHead(scratch / "output_conv1", scratch / "output_conv2" / 0, scratch / "output_conv2" / 2,
                    config.features, config.last, 1);
}

Tensor DepthAnythingV2::operator()(const Tensor& image) const {
  expect_shape(image, {-1, 3, -1, -1}, "image of Depth Anything V2");
  const std::int64_t rows = image.size(2) / config_.encoder.patch;
  const std::int64_t columns = image.size(3) / config_.encoder.patch;
  std::vector<Tensor> levels;
  {
    const std::vector<BlockTokens> tokens = encoder_.blocks(encoder_.embed(image), config_.layers, true);
    for (int k = 0; k < 4; ++k)
      levels.push_back(reassemble_[k](tokens_to_map(tokens.at(k).patches, rows, columns)));
  }
  const Tensor raw = head_(fusion_(levels), image.size(2), image.size(3)).squeeze(1);
  return config_.max_depth_m ? at::sigmoid(raw) * *config_.max_depth_m : at::relu(raw);
}

}  // namespace vd::nn
