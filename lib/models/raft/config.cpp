// SPDX-License-Identifier: Apache-2.0
#include "models/raft/config.h"

#include "core/error.h"

namespace vd {
namespace {

/// Shapes of a file by the names without their wrapper.
class Shapes {
 public:
  explicit Shapes(const WeightFile& weights)
      : weights_(&weights), prefix_(weights.find("module.fnet.conv1.weight") != nullptr ? "module." : "") {}
  [[nodiscard]] bool has(const std::string& name) const { return weights_->find(prefix_ + name) != nullptr; }
  /// Size of an axis of NAME.weight; 0 out, 1 in.
  [[nodiscard]] std::int64_t size(const std::string& name, std::size_t axis) const {
    const TensorView* tensor = weights_->find(prefix_ + name + ".weight");
    if (tensor == nullptr || tensor->shape.size() <= axis)
      throw Error(weights_->where, "is no RAFT network: it has no " + prefix_ + name + ".weight");
    return tensor->shape[axis];
  }

 private:
  const WeightFile* weights_;
  std::string prefix_;
};

std::int64_t radius_of(std::int64_t channels, std::int64_t levels, const std::string& where) {
  for (std::int64_t radius = 1; radius <= 7; ++radius)
    if (channels == levels * (2 * radius + 1) * (2 * radius + 1)) return radius;
  throw Error(where, "looks up " + std::to_string(channels) + " correlations, which no radius gives");
}

}  // namespace

RaftConfig raft_basic() { return {}; }

RaftConfig raft_small() {
  RaftConfig config;
  config.is_small = true;
  config.encoder_widths = {32, 64, 96};
  config.bottlenecks = {8, 16, 24};
  config.feature_channels = 128;
  config.hidden_channels = 96;
  config.context_channels = 64;
  config.motion_correlation = {96};
  config.motion_flow = {64, 32};
  config.motion_channels = 80;
  config.flow_head_channels = 128;
  config.correlation_radius = 3;
  return config;
}

RaftConfig raft_config(const WeightFile& weights, std::int64_t levels) {
  const Shapes shapes(weights);
  RaftConfig config;
  config.correlation_levels = levels;
  config.is_small = !shapes.has("update_block.mask.0.weight");
  const std::string update = "update_block.";
  config.encoder_widths.clear();
  for (const char* stage : {"layer1", "layer2", "layer3"}) {
    const std::string block = std::string("fnet.") + stage + ".0.";
    config.encoder_widths.push_back(shapes.size(block + (config.is_small ? "conv3" : "conv2"), 0));
    if (config.is_small) config.bottlenecks.push_back(shapes.size(block + "conv1", 0));
  }
  config.feature_channels = shapes.size("fnet.conv2", 0);
  config.hidden_channels = shapes.size(update + (config.is_small ? "gru.convz" : "gru.convz1"), 0);
  config.context_channels = shapes.size("cnet.conv2", 0) - config.hidden_channels;
  config.motion_correlation = {shapes.size(update + "encoder.convc1", 0)};
  if (!config.is_small) config.motion_correlation.push_back(shapes.size(update + "encoder.convc2", 0));
  config.motion_flow = {shapes.size(update + "encoder.convf1", 0), shapes.size(update + "encoder.convf2", 0)};
  config.motion_channels = shapes.size(update + "encoder.conv", 0);
  config.flow_head_channels = shapes.size(update + "flow_head.conv1", 0);
  if (!config.is_small) config.mask_head_channels = shapes.size(update + "mask.0", 0);
  config.correlation_radius = radius_of(shapes.size(update + "encoder.convc1", 1), levels, weights.where);
  return config;
}

}  // namespace vd
