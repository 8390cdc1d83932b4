// SPDX-License-Identifier: Apache-2.0
#include "nn/layers.h"

namespace vd::nn {
namespace {

Tensor take_bias(const Parameters& at, std::int64_t channels, bool bias, Init init) {
  return bias ? at.take("bias", {channels}, init) : Tensor();
}

}  // namespace

Linear::Linear(const Parameters& at, std::int64_t in, std::int64_t out, bool bias, Init init)
    : weight_(at.take("weight", {out, in}, init)), bias_(take_bias(at, out, bias, Init::zeros)) {}

Tensor Linear::operator()(const Tensor& x) const { return at::linear(x, weight_, bias_); }

Linear pointwise(const Parameters& at, std::int64_t width) {
  const Tensor weight = at.take("weight", {width, width, 1}, Init::zeros);
  return Linear(weight.squeeze(-1), at.take("bias", {width}, Init::zeros));
}

LayerNorm::LayerNorm(const Parameters& at, std::int64_t width, double epsilon)
    : weight_(at.take("weight", {width}, Init::ones)),
      bias_(at.take("bias", {width}, Init::zeros)),
      epsilon_(epsilon) {}

Tensor LayerNorm::operator()(const Tensor& x) const {
  return at::layer_norm(x, weight_.sizes(), weight_, bias_, epsilon_);
}

Conv2d::Conv2d(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel,
               ConvOptions options)
    : weight_(at.take("weight", {out, in / options.groups, kernel, kernel}, Init::fan_in_uniform)),
      bias_(take_bias(at, out, options.bias, Init::zeros)),
      stride_{options.stride, options.stride},
      padding_{options.padding, options.padding},
      groups_(options.groups) {}

Conv2d::Conv2d(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel_height,
               std::int64_t kernel_width, std::int64_t padding_height, std::int64_t padding_width)
    : weight_(at.take("weight", {out, in, kernel_height, kernel_width}, Init::fan_in_uniform)),
      bias_(take_bias(at, out, true, Init::zeros)),
      stride_{1, 1},
      padding_{padding_height, padding_width} {}

Conv2d::Conv2d(Tensor weight, Tensor bias, const ConvOptions& options)
    : weight_(std::move(weight)),
      bias_(std::move(bias)),
      stride_{options.stride, options.stride},
      padding_{options.padding, options.padding},
      groups_(options.groups) {}

Conv2d::Conv2d(Tensor weight, Tensor bias, std::int64_t padding_height, std::int64_t padding_width)
    : weight_(std::move(weight)),
      bias_(std::move(bias)),
      stride_{1, 1},
      padding_{padding_height, padding_width} {}

Tensor Conv2d::operator()(const Tensor& x) const {
  return at::conv2d(x, weight_, bias_, stride_, padding_, Shape{1, 1}, groups_);
}

Conv2d conv3x3(const Parameters& at, std::int64_t in, std::int64_t out, bool bias) {
  return Conv2d(at, in, out, 3, {1, 1, 1, bias});
}

Conv2d conv1x1(const Parameters& at, std::int64_t in, std::int64_t out, bool bias) {
  return Conv2d(at, in, out, 1, {1, 0, 1, bias});
}

Upsampling::Upsampling(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t factor,
                       bool bias)
    : weight_(at.take("weight", {in, out, factor, factor}, Init::fan_in_uniform)),
      bias_(take_bias(at, out, bias, Init::zeros)),
      factor_(factor) {}

Tensor Upsampling::operator()(const Tensor& x) const {
  return at::conv_transpose2d(x, weight_, bias_, Shape{factor_, factor_});
}

BatchNorm::BatchNorm(const Parameters& at, std::int64_t channels, double epsilon)
    : weight_(at.take("weight", {channels}, Init::ones)),
      bias_(at.take("bias", {channels}, Init::zeros)),
      mean_(at.take("running_mean", {channels}, Init::zeros)),
      variance_(at.take("running_var", {channels}, Init::ones)),
      epsilon_(epsilon) {
  at.skip("num_batches_tracked", {});
}

BatchNorm::BatchNorm(const Parameters& at, const std::string& alias, std::int64_t channels, double epsilon)
    : weight_(at.take_aliased("weight", alias + ".weight", {channels}, Init::ones)),
      bias_(at.take_aliased("bias", alias + ".bias", {channels}, Init::zeros)),
      mean_(at.take_aliased("running_mean", alias + ".running_mean", {channels}, Init::zeros)),
      variance_(at.take_aliased("running_var", alias + ".running_var", {channels}, Init::ones)),
      epsilon_(epsilon) {
  at.skip_aliased("num_batches_tracked", alias + ".num_batches_tracked", {});
}

Tensor BatchNorm::operator()(const Tensor& x) const {
  return at::batch_norm(x, weight_, bias_, mean_, variance_, false, 0.0, epsilon_, false);
}

GroupNorm::GroupNorm(const Parameters& at, std::int64_t channels, std::int64_t groups, double epsilon)
    : weight_(at.take("weight", {channels}, Init::ones)),
      bias_(at.take("bias", {channels}, Init::zeros)),
      groups_(groups),
      epsilon_(epsilon) {}

Tensor GroupNorm::operator()(const Tensor& x) const {
  return at::group_norm(x, groups_, weight_, bias_, epsilon_, false);
}

}  // namespace vd::nn
