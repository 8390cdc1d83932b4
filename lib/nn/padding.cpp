// SPDX-License-Identifier: Apache-2.0
#include "nn/padding.h"

#include <algorithm>

namespace vd::nn {

Padding padding_to_multiple(std::int64_t height, std::int64_t width, std::int64_t multiple,
                            std::int64_t least, PaddingPlace place) {
  const auto missing = [&](std::int64_t size) {
    return std::max((size + multiple - 1) / multiple * multiple, least) - size;
  };
  const std::int64_t rows = missing(height);
  const std::int64_t columns = missing(width);
  const std::int64_t top = place == PaddingPlace::centred ? rows / 2 : 0;
  return {columns / 2, columns - columns / 2, top, rows - top};
}

Tensor pad_repeating(const Tensor& x, const Padding& padding) {
  if (padding.left + padding.right + padding.top + padding.bottom == 0) return x;
  return at::replication_pad2d(x, Shape{padding.left, padding.right, padding.top, padding.bottom});
}

Tensor crop(const Tensor& x, const Padding& padding) {
  return x.slice(2, padding.top, x.size(2) - padding.bottom)
      .slice(3, padding.left, x.size(3) - padding.right)
      .contiguous();
}

}  // namespace vd::nn
