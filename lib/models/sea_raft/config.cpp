// SPDX-License-Identifier: Apache-2.0
#include "models/sea_raft/config.h"

#include "core/error.h"

namespace vd {
namespace {

std::int64_t channels_out(const WeightFile& weights, const std::string& name) {
  const TensorView* tensor = weights.find(name + ".weight");
  if (tensor == nullptr || tensor->shape.empty())
    throw Error(weights.where, "is no SEA-RAFT network: it has no " + name + ".weight");
  return tensor->shape[0];
}

std::int64_t count(const WeightFile& weights, const std::string& list, const std::string& child) {
  std::int64_t found = 0;
  while (weights.find(list + "." + std::to_string(found) + child) != nullptr) ++found;
  return found;
}

}  // namespace

SeaRaftConfig sea_raft_s() {
  SeaRaftConfig config;
  config.blocks = {2, 2, 2};
  return config;
}

SeaRaftConfig sea_raft_m() { return {}; }

SeaRaftConfig sea_raft_l() {
  SeaRaftConfig config;
  config.iterations = 12;
  return config;
}

SeaRaftConfig sea_raft_config(const WeightFile& weights) {
  SeaRaftConfig config;
  config.stem = channels_out(weights, "fnet.conv1");
  config.width = channels_out(weights, "upsample_weight.0") / 2;
  config.blocks.clear();
  config.stage_widths.clear();
  for (const char* stage : {"fnet.layer1", "fnet.layer2", "fnet.layer3"}) {
    config.blocks.push_back(count(weights, stage, ".conv1.weight"));
    config.stage_widths.push_back(channels_out(weights, std::string(stage) + ".0.conv1"));
  }
  config.refinements = count(weights, "update_block.refine", ".gamma");
  return config;
}

}  // namespace vd
