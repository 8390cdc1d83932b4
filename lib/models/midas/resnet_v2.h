// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "models/midas/config.h"
#include "nn/same_padding.h"

namespace vd::nn {

/// The backbone of DPT-Hybrid: a ResNet with standardised weights and group normalisation, in the form that
/// is not pre-activated (Kolesnikov et al. 2020).
class ResNetV2 {
 public:
  ResNetV2() = default;
  ResNetV2(const Parameters& at, const StemSizes& sizes);
  /// image [B, 3, H, W] -> the maps of the three stages, at 1/4, 1/8 and 1/16
  [[nodiscard]] std::array<Tensor, 3> operator()(const Tensor& image) const;

 private:
  struct Bottleneck {
    Bottleneck(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t stride,
               std::int64_t groups, bool has_shortcut);
    [[nodiscard]] Tensor operator()(const Tensor& x) const;
    SameConv2d conv1, conv2, conv3, shortcut;
    GroupNorm norm1, norm2, norm3, shortcut_norm;
    bool has_shortcut;
  };
  SameConv2d stem_;
  GroupNorm stem_norm_;
  std::vector<std::vector<Bottleneck>> stages_;
};

}  // namespace vd::nn
