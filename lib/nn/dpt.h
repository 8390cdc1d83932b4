// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/layers.h"

namespace vd::nn {

// The parts of a dense prediction transformer head (Ranftl et al. 2021): token maps of four depths of a
// transformer become a pyramid, which is fused from coarse to fine. DUSt3R, Depth Anything and MiDaS differ
// in names, sizes and in how they bring one level to the size of the next.

/// x + conv2(relu(conv1(relu(x)))), 3x3 convolutions.
class ResidualConvUnit {
 public:
  ResidualConvUnit() = default;
  /// rectified_skip  the skip carries relu(x): MiDaS v2.1 was trained with its first ReLU in place
  ResidualConvUnit(const Parameters& at, std::int64_t features, bool rectified_skip = false);
  /// Of convolutions that stand under other names.
  ResidualConvUnit(Conv2d conv1, Conv2d conv2) : conv1_(std::move(conv1)), conv2_(std::move(conv2)) {}
  [[nodiscard]] Tensor operator()(const Tensor& x) const;
  /// States its parameters as held by files and not read.
  static void skip(const Parameters& at, std::int64_t features);

 private:
  Conv2d conv1_, conv2_;
  bool rectified_skip_ = false;
};

struct FusionOptions {
  std::int64_t features = 0;
  std::int64_t out_features = 0;  // 0: as features
  bool is_coarsest = false;       // one input only; public files then hold an unused resConfUnit1
  bool out_conv = true;
  bool rectified_skip = false;
};

/// out_conv(resize(RCU2(coarse + RCU1(fine)))), resized bilinearly with aligned corners.
class FeatureFusion {
 public:
  FeatureFusion() = default;
  FeatureFusion(const Parameters& at, const FusionOptions& options);
  /// coarse, fine  [B, F, h, w]; fine is undefined for the coarsest level
  [[nodiscard]] Tensor operator()(const Tensor& coarse, const Tensor& fine, std::int64_t height,
                                  std::int64_t width) const;

 private:
  ResidualConvUnit unit1_, unit2_;
  Conv2d out_conv_;
  bool has_out_conv_ = true;
};

/// Token maps [B, c, h, w] of level 0..3 to feature maps of 4h, 2h, h and h/2 rows: 1x1 convolution, then a
/// transposed convolution (levels 0, 1), nothing (2) or a strided convolution (3).
class Reassemble {
 public:
  Reassemble() = default;
  Reassemble(const Parameters& project, const Parameters& resize, std::int64_t in, std::int64_t out,
             int level);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Conv2d project_;
  Upsampling enlarge_;
  Conv2d shrink_;
  int level_ = 2;
};

/// How the coarser map comes to the size of the finer one.
enum class LevelSizes {
  doubled_and_cropped,  // DUSt3R
  of_next_level         // Depth Anything, DPT
};

struct PyramidOptions {
  std::vector<std::int64_t> channels;  // of the four levels, fine to coarse
  std::int64_t features = 256;
  LevelSizes sizes = LevelSizes::of_next_level;
  bool layers_have_alias = false;              // files also name the convolutions layer_rn.0 to .3
  std::vector<std::int64_t> level_features{};  // of the four levels, fine to coarse, where they differ
  bool out_conv = true;
  bool rectified_skip = false;
};

/// Fuses a pyramid: layer{1..4}_rn and refinenet{1..4} at `scratch`.
class PyramidFusion {
 public:
  PyramidFusion() = default;
  PyramidFusion(const Parameters& scratch, const PyramidOptions& options);
  /// levels  four maps, fine to coarse; gives [B, F, 2 h0, 2 w0] for the size h0 x w0 of the finest
  [[nodiscard]] Tensor operator()(const std::vector<Tensor>& levels) const;

 private:
  std::vector<Conv2d> layers_;
  std::vector<FeatureFusion> fusions_;
  LevelSizes sizes_ = LevelSizes::of_next_level;
};

/// conv 3x3 to `middle` channels (0: half the features), bilinear resize, conv 3x3 to `last`, ReLU, conv 1x1
/// to `out` channels.
class DenseHead {
 public:
  DenseHead() = default;
  DenseHead(const Parameters& first, const Parameters& second, const Parameters& third, std::int64_t features,
            std::int64_t last, std::int64_t out, std::int64_t middle = 0);
  [[nodiscard]] Tensor operator()(const Tensor& x, std::int64_t height, std::int64_t width,
                                  bool aligned = true) const;

 private:
  Conv2d first_, second_, third_;
};

}  // namespace vd::nn
