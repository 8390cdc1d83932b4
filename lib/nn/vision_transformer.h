// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/transformer.h"

namespace vd::nn {

/// How the learned position embedding of one grid of tokens is brought to another.
enum class PositionResampling {
  none,      // the grid must be the learned one (Depth Pro)
  bilinear,  // always, edges on edges (DPT)
  dinov2  // bicubic through scale factors that are 0.1 token too large, unless the input is the native square
};

struct VisionTransformerOptions {
  BlockOptions block;
  std::int64_t depth = 12;
  std::int64_t patch = 14;
  std::int64_t channels = 3;  // of the image, or of the features that stand for it
  std::int64_t grid = 37;     // side of the learned position grid
  PositionResampling positions = PositionResampling::dinov2;
  bool has_mask_token = true;  // held by DINOv2's files, unused
};

/// Tokens of one block of a transformer.
struct BlockTokens {
  Tensor patches;  // [B, h w, C]
  Tensor classes;  // [B, 1, C]
};

/// A vision transformer with class token and learned positions (DINOv2; Oquab et al. 2023).
class VisionTransformer {
 public:
  VisionTransformer(const Parameters& at, const VisionTransformerOptions& options);

  /// image [B, channels, H, W], H and W multiples of the patch: class token and patches plus positions, [B, 1
  /// + h w, C].
  [[nodiscard]] Tensor embed(const Tensor& image) const;
  /// Tokens after each of the listed blocks (0-based, ascending, one may be listed twice); normalised by the
  /// final layer norm where asked.
  [[nodiscard]] std::vector<BlockTokens> blocks(Tensor tokens, const std::vector<int>& listed,
                                                bool normalised) const;
  /// The final layer norm of tokens [.., C].
  [[nodiscard]] Tensor normalise(const Tensor& tokens) const { return norm_(tokens); }
  [[nodiscard]] const VisionTransformerOptions& options() const { return options_; }

 private:
  [[nodiscard]] Tensor positions(std::int64_t rows, std::int64_t columns) const;

  VisionTransformerOptions options_;
  Conv2d patches_;
  Tensor class_token_, positions_;
  std::vector<Block> blocks_;
  LayerNorm norm_;
};

/// [B, h w, C] -> [B, C, h, w].
[[nodiscard]] Tensor tokens_to_map(const Tensor& tokens, std::int64_t rows, std::int64_t columns);

}  // namespace vd::nn
