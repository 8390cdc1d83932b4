// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"

namespace vd::nn {

// Padding as TensorFlow does it under the name SAME, which networks that came from there keep: of n samples
// ceil(n / stride) are left, and where the padding is odd the greater half comes after.

/// x [B, C, H, W] with `value` around it.
[[nodiscard]] Tensor pad_same(const Tensor& x, std::int64_t kernel, std::int64_t stride, double value = 0);

/// Maximum over 3x3 samples at every second.
[[nodiscard]] Tensor max_pool_same(const Tensor& x);

struct SameConvOptions {
  std::int64_t stride = 1;
  std::int64_t groups = 1;
  bool standardised = false;  // each output channel's weights have mean 0 and variance 1 (Qiao et al. 2019)
};

/// Convolution without bias under that padding.
class SameConv2d {
 public:
  SameConv2d() = default;
  SameConv2d(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel,
             SameConvOptions options = {});
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Conv2d convolution_;
  std::int64_t kernel_ = 1;
  std::int64_t stride_ = 1;
};

}  // namespace vd::nn
