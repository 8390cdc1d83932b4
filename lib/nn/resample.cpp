// SPDX-License-Identifier: Apache-2.0
#include "nn/resample.h"

namespace vd::nn {

Tensor bilinear(const Tensor& x, std::int64_t height, std::int64_t width, Corners corners) {
  if (x.size(2) == height && x.size(3) == width) return x;
  return at::upsample_bilinear2d(x, Shape{height, width}, corners == Corners::aligned);
}

Tensor bicubic(const Tensor& x, std::int64_t height, std::int64_t width, Corners corners) {
  if (x.size(2) == height && x.size(3) == width) return x;
  return at::upsample_bicubic2d(x, Shape{height, width}, corners == Corners::aligned);
}

}  // namespace vd::nn
