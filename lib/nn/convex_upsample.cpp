// SPDX-License-Identifier: Apache-2.0
#include "nn/convex_upsample.h"

namespace vd::nn {

Tensor convex_upsample(const Tensor& coarse, const Tensor& logits, std::int64_t factor) {
  const std::int64_t batch = coarse.size(0);
  const std::int64_t channels = coarse.size(1);
  const std::int64_t height = coarse.size(2);
  const std::int64_t width = coarse.size(3);
  expect_shape(logits, {batch, 9 * factor * factor, height, width}, "logits of a convex upsampling");
  const Tensor weights = at::softmax(logits.reshape({batch, 9, factor, factor, height, width}), 1);
  const Tensor padded = at::constant_pad_nd(coarse, Shape{1, 1, 1, 1});
  Tensor fine = at::zeros({batch, channels, factor, factor, height, width}, coarse.options());
  for (std::int64_t n = 0; n < 9; ++n) {
    const Tensor neighbour = padded.narrow(2, n / 3, height).narrow(3, n % 3, width);
    fine.addcmul_(weights.select(1, n).unsqueeze(1), neighbour.unsqueeze(2).unsqueeze(2));
  }
  return fine.permute({0, 1, 4, 2, 5, 3}).reshape({batch, channels, factor * height, factor * width});
}

}  // namespace vd::nn
