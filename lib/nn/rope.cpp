// SPDX-License-Identifier: Apache-2.0
#include "nn/rope.h"

#include <cmath>

#include "core/error.h"

namespace vd::nn {

Rotation::Rotation(const Tensor& positions, std::int64_t head_dim, double base) {
  expect_shape(positions, {-1, -1, 2}, "token positions");
  if (head_dim <= 0 || head_dim % 4 != 0)
    throw Error("rotary embedding",
                "heads of " + std::to_string(head_dim) + " channels, not a multiple of 4");
  const std::int64_t half = head_dim / 4;
  const Tensor exponents = at::arange(half, at::kFloat) / static_cast<double>(half);
  const Tensor frequencies = at::pow(at::full({1}, base, at::kFloat), -exponents).to(positions.device());
  const Tensor angles = positions.to(at::kFloat).unsqueeze(1).unsqueeze(-1) * frequencies;
  cos_ = angles.cos();
  sin_ = angles.sin();
}

Tensor Rotation::turn(const Tensor& tokens) const {
  const std::int64_t half = cos_.size(-1);
  expect_shape(tokens, {-1, -1, cos_.size(2), 4 * half}, "rotated tokens");
  const Tensor parts = tokens.reshape({tokens.size(0), tokens.size(1), tokens.size(2), 2, 2, half});
  const Tensor a = parts.select(4, 0);
  const Tensor b = parts.select(4, 1);
  const Tensor cos = cos_.to(tokens.scalar_type());
  const Tensor sin = sin_.to(tokens.scalar_type());
  return at::stack({a * cos - b * sin, b * cos + a * sin}, 4).reshape(tokens.sizes());
}

Tensor grid_positions(std::int64_t rows, std::int64_t columns) {
  const Tensor row = at::arange(rows, at::kLong).reshape({rows, 1}).expand({rows, columns});
  const Tensor column = at::arange(columns, at::kLong).reshape({1, columns}).expand({rows, columns});
  return at::stack({row, column}, -1).reshape({1, rows * columns, 2});
}

}  // namespace vd::nn
