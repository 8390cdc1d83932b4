// SPDX-License-Identifier: Apache-2.0
#include "nn/attention.h"

#include <torch/version.h>

#include <algorithm>
#include <cmath>

namespace vd::nn {
namespace {

// Scores of a tile stay in the cache of a core, and far below the activations of any network.
constexpr std::int64_t kTileValues = 4 << 20;

Tensor scores(const Tensor& q, const Tensor& k_transposed) {
  return at::softmax(at::bmm(q, k_transposed), -1);
}

}  // namespace

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v) {
#if TORCH_VERSION_MAJOR >= 2
  if (q.is_cuda()) return at::scaled_dot_product_attention(q, k, v);
#endif
  const std::int64_t groups = q.size(0) * q.size(1);
  const std::int64_t queries = q.size(2);
  const std::int64_t keys = k.size(2);
  const Tensor scaled =
      (q * (1.0 / std::sqrt(static_cast<double>(q.size(3))))).reshape({groups, queries, q.size(3)});
  const Tensor k_transposed = k.reshape({groups, keys, k.size(3)}).transpose(1, 2);
  const Tensor values = v.reshape({groups, keys, v.size(3)});
  const std::int64_t tile =
      std::clamp<std::int64_t>(kTileValues / std::max<std::int64_t>(groups * keys, 1), 16, queries);
  if (tile >= queries) return at::bmm(scores(scaled, k_transposed), values).reshape(q.sizes());
  Tensor result = at::empty_like(scaled);
  for (std::int64_t first = 0; first < queries; first += tile) {
    const std::int64_t count = std::min(tile, queries - first);
    result.narrow(1, first, count)
        .copy_(at::bmm(scores(scaled.narrow(1, first, count), k_transposed), values));
  }
  return result.reshape(q.sizes());
}

Tensor split_heads(const Tensor& x, std::int64_t heads) {
  return x.reshape({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

Tensor merge_heads(const Tensor& x) {
  return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

SelfAttention::SelfAttention(const Parameters& at, std::int64_t width, std::int64_t heads)
    : qkv_(at / "qkv", width, 3 * width), proj_(at / "proj", width, width), heads_(heads) {}

Tensor SelfAttention::operator()(const Tensor& x, const Rotation* rotation) const {
  const std::vector<Tensor> qkv = qkv_(x).chunk(3, -1);
  Tensor q = split_heads(qkv[0], heads_);
  Tensor k = split_heads(qkv[1], heads_);
  if (rotation != nullptr) {
    q = rotation->turn(q);
    k = rotation->turn(k);
  }
  return proj_(merge_heads(attention(q, k, split_heads(qkv[2], heads_))));
}

CrossAttention::CrossAttention(const Parameters& at, std::int64_t width, std::int64_t heads)
    : projq_(at / "projq", width, width),
      projk_(at / "projk", width, width),
      projv_(at / "projv", width, width),
      proj_(at / "proj", width, width),
      heads_(heads) {}

Tensor CrossAttention::operator()(const Tensor& x, const Tensor& y, const Rotation& x_rotation,
                                  const Rotation& y_rotation) const {
  const Tensor q = x_rotation.turn(split_heads(projq_(x), heads_));
  const Tensor k = y_rotation.turn(split_heads(projk_(y), heads_));
  return proj_(merge_heads(attention(q, k, split_heads(projv_(y), heads_))));
}

Tensor CrossAttention::weights(const Tensor& x, const Tensor& y, const Rotation& x_rotation,
                               const Rotation& y_rotation) const {
  const Tensor q = x_rotation.turn(split_heads(projq_(x), heads_));
  const Tensor k = y_rotation.turn(split_heads(projk_(y), heads_));
  const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
  return at::softmax(at::matmul(q * scale, k.transpose(2, 3)), -1).mean(1);
}

}  // namespace vd::nn
