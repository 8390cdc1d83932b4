// SPDX-License-Identifier: Apache-2.0
#include "models/depth_anything_v2/config.h"

#include "core/error.h"
#include "models/mono/file_shapes.h"

namespace vd::nn {
namespace {

struct PublishedSize {
  const char* name;
  std::int64_t width, depth, heads;
  bool swiglu;
  std::vector<int> layers;
  std::int64_t features;
  std::vector<std::int64_t> channels;
};

const std::vector<PublishedSize>& published_sizes() {
  static const std::vector<PublishedSize> sizes = {
      {"vits", 384, 12, 6, false, {2, 5, 8, 11}, 64, {48, 96, 192, 384}},
      {"vitb", 768, 12, 12, false, {2, 5, 8, 11}, 128, {96, 192, 384, 768}},
      {"vitl", 1024, 24, 16, false, {4, 11, 17, 23}, 256, {256, 512, 1024, 1024}},
      {"vitg", 1536, 40, 24, true, {9, 19, 29, 39}, 384, {1536, 1536, 1536, 1536}},
  };
  return sizes;
}

DepthAnythingV2Config config_of(const PublishedSize& size, std::optional<double> max_depth_m) {
  DepthAnythingV2Config config;
  config.encoder.block = {size.width, size.heads, 4, 1e-6, true, size.swiglu};
  config.encoder.depth = size.depth;
  config.layers = size.layers;
  config.channels = size.channels;
  config.features = size.features;
  config.max_depth_m = max_depth_m;
  return config;
}

}  // namespace

DepthAnythingV2Config depth_anything_v2_config(const std::string& size, std::optional<double> max_depth_m) {
  for (const PublishedSize& published : published_sizes())
    if (size == published.name) return config_of(published, max_depth_m);
  throw Error("depth anything v2", "no size '" + size + "': vits, vitb, vitl, vitg");
}

DepthAnythingV2Config depth_anything_v2_config_of(const WeightFile& weights,
                                                  std::optional<double> max_depth_m) {
  const FileShapes shapes(weights);
  DepthAnythingV2Config config;
  read_transformer_shapes(shapes, "pretrained.", config.encoder);
  config.encoder.patch = shapes.size("pretrained.patch_embed.proj.weight", 2);
  config.layers = last_blocks_of_quarters(config.encoder.depth);
  for (const PublishedSize& published : published_sizes())
    if (published.depth == config.encoder.depth) config.layers = published.layers;
  for (int k = 0; k < 4; ++k)
    config.channels.push_back(shapes.size("depth_head.projects." + std::to_string(k) + ".weight"));
  config.features = shapes.size("depth_head.scratch.layer1_rn.weight");
  config.last = shapes.size("depth_head.scratch.output_conv2.0.weight");
  config.max_depth_m = max_depth_m;
  return config;
}

}  // namespace vd::nn
