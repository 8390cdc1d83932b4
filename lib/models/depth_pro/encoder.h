// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "models/depth_pro/config.h"

namespace vd::nn {

/// What the transformers say about an image, as maps [B, C, ., .] of tokens, before they are enlarged; t is
/// the token grid of one crop (24).
struct DepthProTokens {
  Tensor detail0, detail1;  // 4t x 4t, of two early blocks
  Tensor fine;              // 4t x 4t, of the crops at full size
  Tensor middle;            // 2t x 2t, of those at half size
  Tensor coarse;            // t x t, of the image at a quarter
  Tensor global;            // t x t, of the second transformer there
};

/// Depth Pro's encoder: one transformer over 25 + 9 + 1 overlapping crops of three sizes of the image,
/// another over the smallest.
class DepthProEncoder {
 public:
  DepthProEncoder(const Parameters& at, const DepthProConfig& config);

  /// image [B, 3, S, S]. Crops go through the transformer a few at a time, so that memory does not grow with
  /// their number.
  [[nodiscard]] DepthProTokens tokens(const Tensor& image) const;

  /// Feature map of level 0 (8 x 4t rows, D channels), 1 (4 x 4t), 2 (2 x 4t), 3 (4t) or 4 (2t).
  [[nodiscard]] Tensor features(const DepthProTokens& tokens, int level) const;
  /// Level 0 of a range of the rows of tokens alone: the map of the whole is 600 MB.
  [[nodiscard]] Tensor finest_features(const DepthProTokens& tokens, std::int64_t first_row,
                                       std::int64_t rows) const;

 private:
  /// A convolution that sets the number of channels, then enlargements by 2.
  struct Enlargement {
    Enlargement() = default;
    Enlargement(const Parameters& at, std::int64_t in, std::int64_t middle, std::int64_t out, int steps);
    [[nodiscard]] Tensor operator()(Tensor x) const;
    Conv2d project;
    std::vector<Upsampling> steps;
  };
  struct CropTokens {
    std::vector<Tensor> hooks;
    Tensor last;
  };
  [[nodiscard]] CropTokens crop_tokens(const Tensor& image, std::int64_t crops_per_side,
                                       bool with_hooks) const;

  DepthProConfig config_;
  VisionTransformer crops_, whole_;
  Enlargement detail0_, detail1_, fine_, middle_, coarse_;
  Upsampling global_;
  Conv2d fuse_;
};

}  // namespace vd::nn
