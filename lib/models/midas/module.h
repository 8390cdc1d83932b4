// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/midas/efficientnet.h"
#include "models/midas/resnet_v2.h"
#include "models/midas/resnext.h"
#include "nn/dpt.h"

namespace vd::nn {

// The networks of MiDaS (Ranftl et al. 2020, 2021). All take an image [B, 3, H, W] as midas_input makes it,
// sides multiples of 32, and give [B, H, W]: inverse depth >= 0 up to a scale and a shift per image.

/// DPT-Large and DPT-Hybrid.
class Dpt {
 public:
  Dpt(const Parameters& parameters, const DptConfig& config);
  [[nodiscard]] Tensor operator()(const Tensor& image) const;
  [[nodiscard]] const DptConfig& config() const { return config_; }

 private:
  /// Tokens that know of the class token, as a map.
  [[nodiscard]] Tensor readout(int level, const BlockTokens& tokens, std::int64_t rows,
                               std::int64_t columns) const;

  DptConfig config_;
  ResNetV2 stem_;
  VisionTransformer transformer_;
  std::vector<Linear> readout_;         // of the levels that the transformer gives, fine to coarse
  std::vector<Reassemble> reassemble_;  // likewise
  PyramidFusion fusion_;
  DenseHead head_;
};

/// MiDaS v2.1, the large network.
class MidasV21 {
 public:
  MidasV21(const Parameters& parameters, const MidasV21Config& config);
  [[nodiscard]] Tensor operator()(const Tensor& image) const;

 private:
  ResNeXt backbone_;
  PyramidFusion fusion_;
  DenseHead head_;
};

/// MiDaS v2.1 small.
class MidasV21Small {
 public:
  MidasV21Small(const Parameters& parameters, const MidasV21SmallConfig& config);
  [[nodiscard]] Tensor operator()(const Tensor& image) const;

 private:
  EfficientNetLite backbone_;
  PyramidFusion fusion_;
  DenseHead head_;
};

}  // namespace vd::nn
