// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/tensor.h"

namespace vd::nn {

/// How the ends of an axis of n samples meet those of one of m.
enum class Corners {
  aligned,    // first on first, last on last sample: src = i (n-1) / (m-1)
  half_pixel  // edges on edges: src = (i + 0.5) n / m - 0.5
};

/// [B, C, H, W] -> [B, C, height, width], two taps an axis, no smoothing when it shrinks.
[[nodiscard]] Tensor bilinear(const Tensor& x, std::int64_t height, std::int64_t width, Corners corners);

/// [B, C, H, W] -> [B, C, height, width], four taps an axis (a = -0.75), no smoothing when it shrinks.
[[nodiscard]] Tensor bicubic(const Tensor& x, std::int64_t height, std::int64_t width, Corners corners);

}  // namespace vd::nn
