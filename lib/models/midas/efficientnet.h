// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "models/midas/config.h"
#include "nn/same_padding.h"

namespace vd::nn {

/// Where the seven stages of the backbone of MiDaS v2.1 small stand in its files.
[[nodiscard]] const std::array<const char*, 7>& efficientnet_stage_names();

/// EfficientNet-Lite (Tan and Le 2019): inverted residuals of depthwise convolutions, without attention.
class EfficientNetLite {
 public:
  EfficientNetLite(const Parameters& at, const MidasV21SmallConfig& config);
  /// image [B, 3, H, W] -> maps at 1/4 .. 1/32
  [[nodiscard]] std::array<Tensor, 4> operator()(const Tensor& image) const;

 private:
  struct Block {
    /// expansion 1: the depthwise convolution comes first
    Block(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
          std::int64_t expansion);
    [[nodiscard]] Tensor operator()(const Tensor& x) const;
    Conv2d expand, project;
    SameConv2d depthwise;
    BatchNorm expand_norm, depthwise_norm, project_norm;
    bool expands, has_skip;
  };
  SameConv2d stem_;
  BatchNorm stem_norm_;
  std::array<std::vector<Block>, 7> stages_;
};

}  // namespace vd::nn
