// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "nn/layers.h"

namespace vd::nn {

// The convolutional encoder of RAFT, SEA-RAFT and CoTracker: a 7x7 stem of stride 2 and stages of residual
// blocks. Unlike in torchvision's networks every convolution has a bias, and a ReLU stands before the sum.

enum class Norm {
  none,
  instance,  // instance_normalised(), without parameters
  batch
};

/// Every channel [.., H, W] of every image less its mean over its standard deviation.
[[nodiscard]] Tensor instance_normalised(const Tensor& x);

/// One of the norms by its place in the tree of names.
class Normalisation {
 public:
  Normalisation() = default;
  Normalisation(const Parameters& at, std::int64_t channels, Norm norm);
  /// alias  full name of a second place that holds the same values
  Normalisation(const Parameters& at, const std::string& alias, std::int64_t channels, Norm norm);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Norm norm_ = Norm::none;
  BatchNorm batch_;
};

struct ResidualOptions {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t stride = 1;
  std::int64_t bottleneck = 0;  // width of a block of 1x1, 3x3 and 1x1 convolutions; 0: two 3x3 ones
  Norm norm = Norm::batch;
  const char* norm_name = "norm";  // of children norm1, norm2 ...
};

/// relu(shortcut(x) + f(x)), with a ReLU after every norm of f; the shortcut is a 1x1 convolution and a norm
/// where the shape changes.
class ResidualBlock {
 public:
  ResidualBlock(const Parameters& at, const ResidualOptions& options);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  std::vector<Conv2d> convolutions_;
  std::vector<Normalisation> norms_;
  std::optional<Conv2d> shortcut_;
  Normalisation shortcut_norm_;
};

struct ResidualStage {
  std::int64_t width = 0;
  std::int64_t stride = 1;  // of its first block
  std::int64_t blocks = 2;
  std::int64_t bottleneck = 0;  // as in ResidualOptions
};

struct ResidualEncoderOptions {
  std::int64_t in = 3;
  std::int64_t stem = 64;
  std::vector<ResidualStage> stages;
  std::int64_t out = 0;  // of a last 1x1 convolution; 0: none
  const char* out_name = "conv2";
  Norm norm = Norm::batch;
  const char* norm_name = "norm";
};

class ResidualEncoder {
 public:
  ResidualEncoder(const Parameters& at, const ResidualEncoderOptions& options);
  /// images [B, in, H, W] in [-1, 1] -> [B, out, H / 2s, W / 2s] for strides of product s.
  [[nodiscard]] Tensor operator()(const Tensor& images) const;
  /// The output of every stage.
  [[nodiscard]] std::vector<Tensor> stages(const Tensor& images) const;

 private:
  Conv2d stem_;
  Normalisation stem_norm_;
  std::vector<std::vector<ResidualBlock>> stages_;
  std::optional<Conv2d> last_;
};

}  // namespace vd::nn
