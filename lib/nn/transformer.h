// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "nn/attention.h"

namespace vd::nn {

/// fc1, exact GELU, fc2 over the last axis.
class Mlp {
 public:
  Mlp() = default;
  Mlp(const Parameters& at, std::int64_t in, std::int64_t hidden, std::int64_t out);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Linear fc1_, fc2_;
};

struct BlockOptions {
  std::int64_t width = 0;
  std::int64_t heads = 1;
  double mlp_ratio = 4;
  double epsilon = 1e-6;     // of the layer norms
  bool layer_scale = false;  // learned factors ls1, ls2 on both branches (DINOv2)
  bool swiglu = false;       // gated MLP (DINOv2's giant)
};

/// Pre-norm transformer block of tokens [B, N, C]: x + attention(norm1 x), then x + mlp(norm2 x).
class Block {
 public:
  Block(const Parameters& at, const BlockOptions& options);
  [[nodiscard]] Tensor operator()(Tensor x, const Rotation* rotation = nullptr) const;

 private:
  [[nodiscard]] Tensor feed_forward(const Tensor& x) const;

  LayerNorm norm1_, norm2_;
  SelfAttention attention_;
  Mlp mlp_;
  Linear gate_, gated_;     // of the gated MLP
  Tensor scale1_, scale2_;  // undefined without layer scale
  bool swiglu_ = false;
};

/// Block of CroCo's decoder: self-attention of x, attention of x to the other view's y (which stays as it
/// is), MLP.
class DecoderBlock {
 public:
  DecoderBlock(const Parameters& at, const BlockOptions& options);
  [[nodiscard]] Tensor operator()(Tensor x, const Tensor& y, const Rotation& x_rotation,
                                  const Rotation& y_rotation) const;
  /// The attention of x to y alone, its mean over heads: [B, N, M].
  [[nodiscard]] Tensor cross_attention_weights(Tensor x, const Tensor& y, const Rotation& x_rotation,
                                               const Rotation& y_rotation) const;

 private:
  LayerNorm norm1_, norm2_, norm3_, norm_y_;
  SelfAttention attention_;
  CrossAttention cross_attention_;
  Mlp mlp_;
};

}  // namespace vd::nn
