// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "models/midas/config.h"

namespace vd::nn {

/// The backbone of MiDaS v2.1: a ResNeXt (Xie et al. 2017).
class ResNeXt {
 public:
  ResNeXt(const Parameters& at, const MidasV21Config& config);
  /// image [B, 3, H, W] -> the maps of the four stages, at 1/4 .. 1/32
  [[nodiscard]] std::array<Tensor, 4> operator()(const Tensor& image) const;

 private:
  struct Bottleneck {
    Bottleneck(const Parameters& at, std::int64_t in, std::int64_t width, std::int64_t out,
               std::int64_t stride, std::int64_t groups, bool has_shortcut);
    [[nodiscard]] Tensor operator()(const Tensor& x) const;
    Conv2d conv1, conv2, conv3, shortcut;
    BatchNorm norm1, norm2, norm3, shortcut_norm;
    bool has_shortcut;
  };
  Conv2d stem_;
  BatchNorm stem_norm_;
  std::array<std::vector<Bottleneck>, 4> stages_;
};

}  // namespace vd::nn
