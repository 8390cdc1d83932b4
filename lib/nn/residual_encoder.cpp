// SPDX-License-Identifier: Apache-2.0
#include "nn/residual_encoder.h"

namespace vd::nn {

Tensor instance_normalised(const Tensor& x) {
  return at::instance_norm(x, {}, {}, {}, {}, true, 0.0, 1e-5, false);
}

Normalisation::Normalisation(const Parameters& at, std::int64_t channels, Norm norm) : norm_(norm) {
  if (norm == Norm::batch) batch_ = BatchNorm(at, channels);
}

Normalisation::Normalisation(const Parameters& at, const std::string& alias, std::int64_t channels, Norm norm)
    : norm_(norm) {
  if (norm == Norm::batch) batch_ = BatchNorm(at, alias, channels);
}

Tensor Normalisation::operator()(const Tensor& x) const {
  if (norm_ == Norm::batch) return batch_(x);
  if (norm_ == Norm::instance) return instance_normalised(x);
  return x;
}

ResidualBlock::ResidualBlock(const Parameters& at, const ResidualOptions& options) {
  const auto add = [&](std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
    const std::string number = std::to_string(convolutions_.size() + 1);
    convolutions_.emplace_back(at / ("conv" + number), in, out, kernel,
                               ConvOptions{stride, kernel / 2, 1, true});
    norms_.emplace_back(at / (options.norm_name + number), out, options.norm);
  };
  if (options.bottleneck == 0) {
    add(options.in, options.out, 3, options.stride);
    add(options.out, options.out, 3, 1);
  } else {
    add(options.in, options.bottleneck, 1, 1);
    add(options.bottleneck, options.bottleneck, 3, options.stride);
    add(options.bottleneck, options.out, 1, 1);
  }
  if (options.stride == 1 && options.in == options.out) return;
  shortcut_ = Conv2d(at / "downsample" / 0, options.in, options.out, 1, {options.stride, 0, 1, true});
  shortcut_norm_ = Normalisation(at / (options.norm_name + std::to_string(norms_.size() + 1)),
                                 at.full("downsample.1"), options.out, options.norm);
}

Tensor ResidualBlock::operator()(const Tensor& x) const {
  Tensor y = x;
  for (std::size_t k = 0; k < convolutions_.size(); ++k) {
    y = norms_[k](convolutions_[k](y));
    at::relu_(y);
  }
  return at::relu_(y.add_(shortcut_ ? shortcut_norm_((*shortcut_)(x)) : x));
}

ResidualEncoder::ResidualEncoder(const Parameters& at, const ResidualEncoderOptions& options)
    : stem_(at / "conv1", options.in, options.stem, 7, {2, 3, 1, true}),
      stem_norm_(at / (std::string(options.norm_name) + "1"), options.stem, options.norm) {
  std::int64_t in = options.stem;
  for (std::size_t k = 0; k < options.stages.size(); ++k) {
    const ResidualStage& stage = options.stages[k];
    std::vector<ResidualBlock>& blocks = stages_.emplace_back();
    for (std::int64_t block = 0; block < stage.blocks; ++block) {
      blocks.emplace_back(at / ("layer" + std::to_string(k + 1)) / block,
                          ResidualOptions{in, stage.width, block == 0 ? stage.stride : 1, stage.bottleneck,
                                          options.norm, options.norm_name});
      in = stage.width;
    }
  }
  if (options.out > 0) last_ = conv1x1(at / options.out_name, in, options.out);
}

std::vector<Tensor> ResidualEncoder::stages(const Tensor& images) const {
  Tensor x = stem_norm_(stem_(images));
  at::relu_(x);
  std::vector<Tensor> outputs;
  for (const std::vector<ResidualBlock>& stage : stages_) {
    for (const ResidualBlock& block : stage) x = block(x);
    outputs.push_back(x);
  }
  return outputs;
}

Tensor ResidualEncoder::operator()(const Tensor& images) const {
  Tensor x = stem_norm_(stem_(images));
  at::relu_(x);
  for (const std::vector<ResidualBlock>& stage : stages_)
    for (const ResidualBlock& block : stage) x = block(x);
  return last_ ? (*last_)(x) : x;
}

}  // namespace vd::nn
