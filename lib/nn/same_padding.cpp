// SPDX-License-Identifier: Apache-2.0
#include "nn/same_padding.h"

#include <algorithm>
#include <limits>

namespace vd::nn {
namespace {

std::int64_t total_padding(std::int64_t size, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t results = (size + stride - 1) / stride;
  return std::max<std::int64_t>((results - 1) * stride + kernel - size, 0);
}

Tensor standardised(const Tensor& weight) {
  const Tensor wide = weight.to(at::kFloat);
  const Tensor flat = wide.flatten(1);
  const Tensor centred = flat - flat.mean(1, true);
  const Tensor variance = centred.square().mean(1, true);
  return (centred / at::sqrt(variance + 1e-8)).reshape(wide.sizes()).to(weight.scalar_type());
}

}  // namespace

Tensor pad_same(const Tensor& x, std::int64_t kernel, std::int64_t stride, double value) {
  const std::int64_t rows = total_padding(x.size(2), kernel, stride);
  const std::int64_t columns = total_padding(x.size(3), kernel, stride);
  if (rows == 0 && columns == 0) return x;
  return at::constant_pad_nd(x, Shape{columns / 2, columns - columns / 2, rows / 2, rows - rows / 2}, value);
}

Tensor max_pool_same(const Tensor& x) {
  return at::max_pool2d(pad_same(x, 3, 2, -std::numeric_limits<double>::infinity()), {3, 3}, {2, 2});
}

SameConv2d::SameConv2d(const Parameters& at, std::int64_t in, std::int64_t out, std::int64_t kernel,
                       SameConvOptions options)
    : kernel_(kernel), stride_(options.stride) {
  const Tensor weight = at.take("weight", {out, in / options.groups, kernel, kernel}, Init::fan_in_uniform);
  // At stride 1 the padding is the same on both sides, and the convolution does it without a copy.
  const std::int64_t padding = options.stride == 1 ? (kernel - 1) / 2 : 0;
  convolution_ = Conv2d(options.standardised ? standardised(weight) : weight, {},
                        ConvOptions{options.stride, padding, options.groups, false});
}

Tensor SameConv2d::operator()(const Tensor& x) const {
  return convolution_(stride_ == 1 ? x : pad_same(x, kernel_, stride_));
}

}  // namespace vd::nn
