// SPDX-License-Identifier: Apache-2.0
#include "models/midas/resnext.h"

namespace vd::nn {

ResNeXt::Bottleneck::Bottleneck(const Parameters& at, std::int64_t in, std::int64_t width, std::int64_t out,
                                std::int64_t stride, std::int64_t groups, bool has_shortcut_)
    : conv1(conv1x1(at / "conv1", in, width, false)),
      conv2(at / "conv2", width, width, 3, {stride, 1, groups, false}),
      conv3(conv1x1(at / "conv3", width, out, false)),
      norm1(at / "bn1", width),
      norm2(at / "bn2", width),
      norm3(at / "bn3", out),
      has_shortcut(has_shortcut_) {
  if (!has_shortcut) return;
  shortcut = Conv2d(at / "downsample" / 0, in, out, 1, {stride, 0, 1, false});
  shortcut_norm = BatchNorm(at / "downsample" / 1, out);
}

Tensor ResNeXt::Bottleneck::operator()(const Tensor& x) const {
  Tensor y = norm1(conv1(x)).relu_();
  y = norm2(conv2(y)).relu_();
  y = norm3(conv3(y));
  return y.add_(has_shortcut ? shortcut_norm(shortcut(x)) : x).relu_();
}

ResNeXt::ResNeXt(const Parameters& at, const MidasV21Config& config)
    : stem_(at / "layer1" / 0, 3, config.stem, 7, {2, 3, 1, false}),
      stem_norm_(at / "layer1" / 1, config.stem) {
  std::int64_t in = config.stem;
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    // The public files put the stem and the first stage into one list.
    const Parameters stage = s == 0 ? at / "layer1" / 4 : at / ("layer" + std::to_string(s + 1));
    const std::int64_t width = config.planes[s] * config.width_per_group / 64 * config.groups;
    const std::int64_t out = 4 * config.planes[s];
    for (int k = 0; k < config.blocks[s]; ++k) {
      const std::int64_t stride = k == 0 && s > 0 ? 2 : 1;
      stages_[s].emplace_back(stage / k, in, width, out, stride, config.groups,
                              k == 0 && (stride != 1 || in != out));
      in = out;
    }
  }
}

std::array<Tensor, 4> ResNeXt::operator()(const Tensor& image) const {
  Tensor x = at::max_pool2d(stem_norm_(stem_(image)).relu_(), {3, 3}, {2, 2}, {1, 1});
  std::array<Tensor, 4> maps;
  for (std::size_t s = 0; s < 4; ++s) {
    for (const Bottleneck& block : stages_[s]) x = block(x);
    maps[s] = x;
  }
  return maps;
}

}  // namespace vd::nn
