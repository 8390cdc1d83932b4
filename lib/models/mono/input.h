// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "image/resize.h"
#include "nn/tensor.h"

namespace vd::nn {

// What networks of single images share: how an image comes to the size that a network wants, and how its
// prediction comes back to the size of the image.

enum class SizeMethod {
  lower_bound,  // the shorter side becomes the target (Depth Anything)
  upper_bound,  // the longer side becomes the target (MiDaS v2.1)
  minimal       // the side that then changes least becomes the target (DPT)
};

/// A size with the aspect ratio of the image, about `target_px` and a multiple of `multiple_px`.
struct SizeRule {
  SizeMethod method = SizeMethod::lower_bound;
  int target_px = 518;
  int multiple_px = 14;
  int least_px = 14;  // of a side; the published rule has none, and gives 0 for a very long image
};

/// The published rule: sides are rounded half to even. There is no upper limit under lower_bound.
[[nodiscard]] Size network_size(const SizeRule& rule, Size image);

/// (value - mean) / deviation of each channel of an image in [0, 1].
struct ChannelNormalisation {
  std::array<double, 3> mean{0.5, 0.5, 0.5};
  std::array<double, 3> deviation{0.5, 0.5, 0.5};
};

/// Of networks whose backbone was trained on ImageNet.
[[nodiscard]] ChannelNormalisation imagenet_normalisation();

/// RGB in 0..255 -> [1, 3, height, width] in float32: divided by 255, resampled by cubic taps (a = -0.75)
/// without smoothing and without clipping, then normalised, all in float64. Within 2e-5 of the published
/// programs, which resample by OpenCV.
[[nodiscard]] Tensor network_input(MapView<const std::uint8_t, 3> rgb, Size size,
                                   const ChannelNormalisation& normalisation);

/// RGB in 0..255 -> [1, 3, H, W] of 0..255 in the given type.
[[nodiscard]] Tensor image_tensor(MapView<const std::uint8_t, 3> rgb, at::ScalarType type);

/// [1, H, W] or [H, W] -> a map.
[[nodiscard]] Map<float> to_map(const Tensor& values);

}  // namespace vd::nn
