// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/tensor.h"

namespace vd::nn {

/// Enlarges a map, every fine value a learned convex combination of the 3x3 coarse values about it (Teed and
/// Deng 2020); beyond the border there is zero.
///
/// coarse  [B, C, h, w]
/// logits  [B, 9 f f, h, w], read as (neighbour row by row, sub-row, sub-column); their softmax over the
///         neighbours are the weights
/// returns [B, C, f h, f w]; memory beside the result is that of the logits and of C / 9 times as much
[[nodiscard]] Tensor convex_upsample(const Tensor& coarse, const Tensor& logits, std::int64_t factor);

}  // namespace vd::nn
