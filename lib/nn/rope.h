// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/tensor.h"

namespace vd::nn {

/// 2-D rotary position embedding: turns the channels of queries and keys by angles that grow with the token's
/// row (first half of a head's channels) and column (second half). Within each half of D channels, channel k
/// turns together with k + D/2 by position / base^(2k/D). Source: Su et al. 2021, in the 2-D form of CroCo
/// v2.
class Rotation {
 public:
  /// positions  [B, N, 2] integers (row, column)
  /// head_dim   channels of a head, a multiple of 4
  Rotation(const Tensor& positions, std::int64_t head_dim, double base = 100.0);

  /// tokens [B, heads, N, head_dim] -> the same shape.
  [[nodiscard]] Tensor turn(const Tensor& tokens) const;

 private:
  Tensor cos_, sin_;  // [B, 1, N, 2, D/2]
};

/// Positions of a grid in the order of its tokens, row by row: [1, rows * columns, 2].
[[nodiscard]] Tensor grid_positions(std::int64_t rows, std::int64_t columns);

}  // namespace vd::nn
