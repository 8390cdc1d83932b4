// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/depth_anything_v2/config.h"
#include "nn/dpt.h"

namespace vd::nn {

/// Depth Anything V2 (Yang et al. 2024): a DINOv2 transformer under a DPT head.
class DepthAnythingV2 {
 public:
  DepthAnythingV2(const Parameters& parameters, const DepthAnythingV2Config& config);

  /// image  [B, 3, H, W] as depth_anything_v2_input makes it, sides multiples of the patch
  /// gives [B, H, W]: inverse depth >= 0 up to a scale and a shift per image; of a metric model depth in
  /// metres
  [[nodiscard]] Tensor operator()(const Tensor& image) const;

  [[nodiscard]] const DepthAnythingV2Config& config() const { return config_; }

 private:
  DepthAnythingV2Config config_;
  VisionTransformer encoder_;
  std::vector<Reassemble> reassemble_;
  PyramidFusion fusion_;
  DenseHead head_;
};

}  // namespace vd::nn
