// SPDX-License-Identifier: Apache-2.0
#include "models/depth_anything_v2/config.h"

#include "core/error.h"

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
  const TensorView* token = weights.find("pretrained.cls_token");
  if (token != nullptr && token->shape.size() == 3) {
    for (const PublishedSize& published : published_sizes())
      if (token->shape[2] == published.width) return config_of(published, max_depth_m);
  }
  throw Error(weights.where, "is no Depth Anything V2 of a published size (pretrained.cls_token)");
}

}  // namespace vd::nn
