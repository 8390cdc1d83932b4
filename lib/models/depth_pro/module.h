// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/depth_pro/decoder.h"

namespace vd::nn {

struct DepthProPrediction {
  Tensor canonical_inverse_depth;  // [B, 1, S, S], >= 0: width / focal length over depth, in 1/m
  Tensor field_of_view_deg;        // [B, 1, 1, 1], horizontal
};

/// Reads the field of view from the image and from the decoder's coarsest features.
class FieldOfView {
 public:
  FieldOfView(const Parameters& at, const DepthProConfig& config);
  /// image [B, 3, S, S], lowest [B, D, 2t, 2t] -> [B, 1, 1, 1] degrees
  [[nodiscard]] Tensor operator()(const Tensor& image, const Tensor& lowest) const;

 private:
  DepthProConfig config_;
  VisionTransformer encoder_;
  Linear narrow_;
  Conv2d downsample_, head0_, head2_, head4_;
};

/// Depth Pro (Bochkovskii et al. 2024): metric depth and focal length of one image.
class DepthPro {
 public:
  DepthPro(const Parameters& parameters, const DepthProConfig& config);

  /// image [B, 3, S, S] as depth_pro_input makes it
  [[nodiscard]] DepthProPrediction operator()(const Tensor& image) const;

  [[nodiscard]] const DepthProEncoder& encoder() const { return encoder_; }
  [[nodiscard]] const DepthProConfig& config() const { return config_; }

 private:
  DepthProConfig config_;
  DepthProEncoder encoder_;
  DepthProDecoder decoder_;
  FieldOfView field_of_view_;
};

}  // namespace vd::nn
