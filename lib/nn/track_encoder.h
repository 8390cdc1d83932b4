// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "nn/residual_encoder.h"

namespace vd::nn {

/// The feature encoder of CoTracker and DELTA: four residual stages, their outputs brought to a quarter of
/// the image and fused. Instance norms only, so every frame is by itself.
class TrackEncoder {
 public:
  TrackEncoder(const Parameters& at, std::int64_t channels);
  /// frames [T, 3, H, W] of 0 to 255, H and W multiples of 4 -> [T, channels, H / 4, W / 4]. Frames are
  /// encoded a few at a time, so that memory beside the result does not grow with T.
  [[nodiscard]] Tensor operator()(const Tensor& frames) const;

 private:
  [[nodiscard]] Tensor encode(const Tensor& frames) const;

  ResidualEncoder stages_;
  Conv2d fuse_, last_;
};

}  // namespace vd::nn
