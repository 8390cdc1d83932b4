// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "nn/layers.h"
#include "nn/rope.h"

namespace vd::nn {

/// softmax(q k^T / sqrt(D)) v for q [B, heads, N, D] and k, v [B, heads, M, D]; gives [B, heads, N, D].
/// Scores are formed for a tile of queries at a time, so that memory stays bounded for any number of tokens.
[[nodiscard]] Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v);

/// [B, N, C] -> [B, heads, N, C / heads] and back.
[[nodiscard]] Tensor split_heads(const Tensor& x, std::int64_t heads);
[[nodiscard]] Tensor merge_heads(const Tensor& x);

/// Multi-head attention of tokens among themselves: [B, N, C] -> [B, N, C]; parameters qkv and proj.
class SelfAttention {
 public:
  SelfAttention() = default;
  SelfAttention(const Parameters& at, std::int64_t width, std::int64_t heads);
  /// rotation  turns queries and keys by their positions; null for none
  [[nodiscard]] Tensor operator()(const Tensor& x, const Rotation* rotation = nullptr) const;

 private:
  Linear qkv_, proj_;
  std::int64_t heads_ = 1;
};

/// Multi-head attention of the tokens x [B, N, C] to others y [B, M, C]; parameters projq, projk, projv,
/// proj.
class CrossAttention {
 public:
  CrossAttention() = default;
  CrossAttention(const Parameters& at, std::int64_t width, std::int64_t heads);
  [[nodiscard]] Tensor operator()(const Tensor& x, const Tensor& y, const Rotation& x_rotation,
                                  const Rotation& y_rotation) const;
  /// softmax(q k^T / sqrt(D)), the mean over heads: [B, N, M].
  [[nodiscard]] Tensor weights(const Tensor& x, const Tensor& y, const Rotation& x_rotation,
                               const Rotation& y_rotation) const;

 private:
  Linear projq_, projk_, projv_, proj_;
  std::int64_t heads_ = 1;
};

}  // namespace vd::nn
