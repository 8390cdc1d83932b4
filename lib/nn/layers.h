// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/parameters.h"

namespace vd::nn {

// The layers that networks are made of: plain values holding tensors, called like functions. Each takes its
// parameters from a place in the tree of names and so knows its exact shapes.

/// y = x W^T + b over the last axis; W is [out, in].
class Linear {
 public:
  Linear() = default;
  Linear(const Parameters& at, std::int64_t in, std::int64_t out, bool bias = true,
         Init init = Init::xavier_uniform);
  /// Of tensors that were taken under other names; bias may be undefined.
  Linear(Tensor weight, Tensor bias) : weight_(std::move(weight)), bias_(std::move(bias)) {}
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_;
};

/// A 1-D convolution of kernel 1 over tokens, starting at zero: its weight is stored as [width, width, 1].
[[nodiscard]] Linear pointwise(const Parameters& at, std::int64_t width);

/// Normalisation over the last axis.
class LayerNorm {
 public:
  LayerNorm() = default;
  LayerNorm(const Parameters& at, std::int64_t width, double epsilon);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_;
  double epsilon_ = 0;
};

struct ConvOptions {
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t groups = 1;
  bool bias = true;
};

/// Cross-correlation with zero padding: [B, in, H, W] -> [B, out, H', W']; W is [out, in / groups, kernel,
/// kernel].
class Conv2d {
 public:
  Conv2d() = default;
  Conv2d(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel,
         ConvOptions options = {});
  Conv2d(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel_height,
         std::int64_t kernel_width, std::int64_t padding_height, std::int64_t padding_width);
  /// Of tensors that were taken under other names; bias may be undefined.
  Conv2d(Tensor weight, Tensor bias, const ConvOptions& options);
  Conv2d(Tensor weight, Tensor bias, std::int64_t padding_height, std::int64_t padding_width);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_;
  Shape stride_, padding_;
  std::int64_t groups_ = 1;
};

/// 3x3 convolution that keeps the size.
[[nodiscard]] Conv2d conv3x3(const Parameters& at, std::int64_t in, std::int64_t out, bool bias = true);
[[nodiscard]] Conv2d conv1x1(const Parameters& at, std::int64_t in, std::int64_t out, bool bias = true);

/// Transposed convolution whose kernel equals its stride: [B, in, H, W] -> [B, out, s H, s W]; W is [in, out,
/// s, s].
class Upsampling {
 public:
  Upsampling() = default;
  Upsampling(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t factor, bool bias = true);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_;
  std::int64_t factor_ = 1;
};

/// Batch normalisation by stored statistics.
class BatchNorm {
 public:
  BatchNorm() = default;
  BatchNorm(const Parameters& at, std::int64_t channels, double epsilon = 1e-5);
  /// Files hold the same values also at the place of the full name `alias`.
  BatchNorm(const Parameters& at, const std::string& alias, std::int64_t channels, double epsilon = 1e-5);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_, mean_, variance_;
  double epsilon_ = 0;
};

/// Normalisation over groups of channels.
class GroupNorm {
 public:
  GroupNorm() = default;
  GroupNorm(const Parameters& at, std::int64_t channels, std::int64_t groups, double epsilon = 1e-5);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_, bias_;
  std::int64_t groups_ = 1;
  double epsilon_ = 0;
};

}  // namespace vd::nn
