// SPDX-License-Identifier: Apache-2.0
#include "models/midas/efficientnet.h"

namespace vd::nn {
namespace {

constexpr double kEpsilon = 1e-3;  // of batch norms that were trained with TensorFlow

struct StageShape {
  std::int64_t kernel, stride, expansion;
};
constexpr std::array<StageShape, 7> kStages{
    {{3, 1, 1}, {3, 2, 6}, {5, 2, 6}, {3, 2, 6}, {5, 1, 6}, {5, 2, 6}, {3, 1, 6}}};

Tensor rectified6(Tensor x) { return x.clamp_(0, 6); }

}  // namespace

const std::array<const char*, 7>& efficientnet_stage_names() {
  static const std::array<const char*, 7> names{"layer1.3", "layer1.4", "layer2.0", "layer3.0",
                                                "layer3.1", "layer4.0", "layer4.1"};
  return names;
}

EfficientNetLite::Block::Block(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel,
                               std::int64_t stride, std::int64_t expansion)
    : depthwise(at / "conv_dw", in * expansion, in * expansion, kernel, {stride, in * expansion, false}),
      expands(expansion > 1),
      has_skip(stride == 1 && in == out) {
  const std::int64_t width = in * expansion;
  if (expands) {
    expand = conv1x1(at / "conv_pw", in, width, false);
    expand_norm = BatchNorm(at / "bn1", width, kEpsilon);
  }
  depthwise_norm = BatchNorm(at / (expands ? "bn2" : "bn1"), width, kEpsilon);
  project = conv1x1(at / (expands ? "conv_pwl" : "conv_pw"), width, out, false);
  project_norm = BatchNorm(at / (expands ? "bn3" : "bn2"), out, kEpsilon);
}

Tensor EfficientNetLite::Block::operator()(const Tensor& x) const {
  Tensor y = expands ? rectified6(expand_norm(expand(x))) : x;
  y = rectified6(depthwise_norm(depthwise(y)));
  y = project_norm(project(y));
  return has_skip ? y.add_(x) : y;
}

EfficientNetLite::EfficientNetLite(const Parameters& at, const MidasV21SmallConfig& config)
    : stem_(at / "layer1" / 0, 3, config.stem, 3, {2, 1, false}),
      stem_norm_(at / "layer1" / 1, config.stem, kEpsilon) {
  std::int64_t in = config.stem;
  for (std::size_t s = 0; s < kStages.size(); ++s) {
    const Parameters stage = at / efficientnet_stage_names()[s];
    for (int k = 0; k < config.stages[s].blocks; ++k) {
      stages_[s].emplace_back(stage / k, in, config.stages[s].channels, kStages[s].kernel,
                              k == 0 ? kStages[s].stride : 1, kStages[s].expansion);
      in = config.stages[s].channels;
    }
  }
}

std::array<Tensor, 4> EfficientNetLite::operator()(const Tensor& image) const {
  Tensor x = rectified6(stem_norm_(stem_(image)));
  std::array<Tensor, 4> maps;
  // Stages 1, 2, 4 and 6 end a level.
  constexpr std::array<int, 7> kLevel{-1, 0, 1, -1, 2, -1, 3};
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    for (const Block& block : stages_[s]) x = block(x);
    if (kLevel[s] >= 0) maps[kLevel[s]] = x;
  }
  return maps;
}

}  // namespace vd::nn
