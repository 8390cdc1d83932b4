// SPDX-License-Identifier: Apache-2.0
#include "models/midas/resnet_v2.h"

namespace vd::nn {

ResNetV2::Bottleneck::Bottleneck(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t stride,
                                 std::int64_t groups, bool has_shortcut_)
    : conv1(at / "conv1", in, out / 4, 1, {1, 1, true}),
      conv2(at / "conv2", out / 4, out / 4, 3, {stride, 1, true}),
      conv3(at / "conv3", out / 4, out, 1, {1, 1, true}),
      norm1(at / "norm1", out / 4, groups),
      norm2(at / "norm2", out / 4, groups),
      norm3(at / "norm3", out, groups),
      has_shortcut(has_shortcut_) {
  if (!has_shortcut) return;
  shortcut = SameConv2d(at / "downsample" / "conv", in, out, 1, {stride, 1, true});
  shortcut_norm = GroupNorm(at / "downsample" / "norm", out, groups);
}

Tensor ResNetV2::Bottleneck::operator()(const Tensor& x) const {
  Tensor y = norm1(conv1(x)).relu_();
  y = norm2(conv2(y)).relu_();
  y = norm3(conv3(y));
  return y.add_(has_shortcut ? shortcut_norm(shortcut(x)) : x).relu_();
}

ResNetV2::ResNetV2(const Parameters& at, const StemSizes& sizes)
    : stem_(at / "stem" / "conv", 3, sizes.first, 7, {2, 1, true}),
      stem_norm_(at / "stem" / "norm", sizes.first, sizes.groups) {
  std::int64_t in = sizes.first;
  for (std::size_t s = 0; s < sizes.blocks.size(); ++s) {
    std::vector<Bottleneck> stage;
    const std::int64_t out = sizes.channels.at(s);
    for (int k = 0; k < sizes.blocks[s]; ++k) {
      const bool is_first = k == 0;
      stage.emplace_back(at / "stages" / static_cast<std::int64_t>(s) / "blocks" / k, in, out,
                         is_first && s > 0 ? 2 : 1, sizes.groups, is_first);
      in = out;
    }
    stages_.push_back(std::move(stage));
  }
}

std::array<Tensor, 3> ResNetV2::operator()(const Tensor& image) const {
  Tensor x = max_pool_same(stem_norm_(stem_(image)).relu_());
  std::array<Tensor, 3> maps;
  for (std::size_t s = 0; s < 3; ++s) {
    for (const Bottleneck& block : stages_.at(s)) x = block(x);
    maps[s] = x;
  }
  return maps;
}

}  // namespace vd::nn
