// SPDX-License-Identifier: Apache-2.0
#include "models/cotracker3/config.h"

#include "core/error.h"

namespace vd {
namespace {

std::int64_t size(const WeightFile& weights, const std::string& name, std::size_t axis) {
  const TensorView* tensor = weights.find(name);
  if (tensor == nullptr || tensor->shape.size() <= axis)
    throw Error(weights.where, "is no CoTracker3 network: it has no " + name);
  return tensor->shape[axis];
}

std::int64_t count(const WeightFile& weights, const std::string& list, const std::string& child) {
  std::int64_t found = 0;
  while (weights.find(list + "." + std::to_string(found) + child) != nullptr) ++found;
  return found;
}

std::int64_t radius_of(std::int64_t volume, const std::string& where) {
  for (std::int64_t radius = 1; radius <= 7; ++radius) {
    const std::int64_t side = 2 * radius + 1;
    if (volume == side * side * side * side) return radius;
  }
  throw Error(where, "correlates " + std::to_string(volume) + " pairs of places, which no radius gives");
}

}  // namespace

CoTracker3Config cotracker3_offline() { return {}; }

CoTracker3Config cotracker3_online() {
  CoTracker3Config config;
  config.window = 16;
  return config;
}

CoTracker3Config cotracker3_config(const WeightFile& weights, std::int64_t heads, std::int64_t levels) {
  const std::string transformer = "updateformer.";
  CoTracker3Config config;
  config.levels = levels;
  config.heads = heads;
  config.feature_channels = size(weights, "fnet.conv3.weight", 0);
  config.correlation_hidden = size(weights, "corr_mlp.fc1.weight", 0);
  config.radius = radius_of(size(weights, "corr_mlp.fc1.weight", 1), weights.where);
  config.correlation_channels = size(weights, "corr_mlp.fc2.weight", 0);
  config.width = size(weights, transformer + "input_transform.weight", 0);
  config.head_width = size(weights, transformer + "time_blocks.0.attn.to_q.weight", 0) / heads;
  config.time_blocks = count(weights, transformer + "time_blocks", ".attn.to_q.weight");
  config.space_blocks = count(weights, transformer + "space_virtual_blocks", ".attn.to_q.weight");
  config.virtual_tracks = size(weights, transformer + "virual_tracks", 1);
  config.window = size(weights, "time_emb", 1);
  return config;
}

}  // namespace vd
