// SPDX-License-Identifier: Apache-2.0
#include "nn/transformer.h"

namespace vd::nn {
namespace {

std::int64_t hidden_width(const BlockOptions& o) { return static_cast<std::int64_t>(o.width * o.mlp_ratio); }

/// Width of DINOv2's gated MLP: two thirds of the plain one, rounded up to a multiple of 8.
std::int64_t gated_width(const BlockOptions& o) { return (hidden_width(o) * 2 / 3 + 7) / 8 * 8; }

}  // namespace

Mlp::Mlp(const Parameters& at, std::int64_t in, std::int64_t hidden, std::int64_t out)
    : fc1_(at / "fc1", in, hidden), fc2_(at / "fc2", hidden, out) {}

Tensor Mlp::operator()(const Tensor& x) const { return fc2_(at::gelu(fc1_(x))); }

Block::Block(const Parameters& at, const BlockOptions& o)
    : norm1_(at / "norm1", o.width, o.epsilon),
      norm2_(at / "norm2", o.width, o.epsilon),
      attention_(at / "attn", o.width, o.heads),
      swiglu_(o.swiglu) {
  if (o.swiglu) {
    gate_ = Linear(at / "mlp" / "w12", o.width, 2 * gated_width(o));
    gated_ = Linear(at / "mlp" / "w3", gated_width(o), o.width);
  } else {
    mlp_ = Mlp(at / "mlp", o.width, hidden_width(o), o.width);
  }
  if (!o.layer_scale) return;
  scale1_ = (at / "ls1").take("gamma", {o.width}, Init::ones);
  scale2_ = (at / "ls2").take("gamma", {o.width}, Init::ones);
}

Tensor Block::feed_forward(const Tensor& x) const {
  if (!swiglu_) return mlp_(x);
  const std::vector<Tensor> halves = gate_(x).chunk(2, -1);
  return gated_(at::silu(halves[0]) * halves[1]);
}

Tensor Block::operator()(Tensor x, const Rotation* rotation) const {
  const Tensor attended = attention_(norm1_(x), rotation);
  x = scale1_.defined() ? x + attended * scale1_ : x + attended;
  const Tensor fed = feed_forward(norm2_(x));
  return scale2_.defined() ? x + fed * scale2_ : x + fed;
}

DecoderBlock::DecoderBlock(const Parameters& at, const BlockOptions& o)
    : norm1_(at / "norm1", o.width, o.epsilon),
      norm2_(at / "norm2", o.width, o.epsilon),
      norm3_(at / "norm3", o.width, o.epsilon),
      norm_y_(at / "norm_y", o.width, o.epsilon),
      attention_(at / "attn", o.width, o.heads),
      cross_attention_(at / "cross_attn", o.width, o.heads),
      mlp_(at / "mlp", o.width, hidden_width(o), o.width) {}

Tensor DecoderBlock::operator()(Tensor x, const Tensor& y, const Rotation& x_rotation,
                                const Rotation& y_rotation) const {
  x = x + attention_(norm1_(x), &x_rotation);
  x = x + cross_attention_(norm2_(x), norm_y_(y), x_rotation, y_rotation);
  return x + mlp_(norm3_(x));
}

Tensor DecoderBlock::cross_attention_weights(Tensor x, const Tensor& y, const Rotation& x_rotation,
                                             const Rotation& y_rotation) const {
  x = x + attention_(norm1_(x), &x_rotation);
  return cross_attention_.weights(norm2_(x), norm_y_(y), x_rotation, y_rotation);
}

}  // namespace vd::nn
