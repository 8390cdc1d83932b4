// SPDX-License-Identifier: Apache-2.0
#include "nn/parameters.h"

#include <cmath>

#include "core/digest.h"
#include "core/random.h"

namespace vd::nn {
namespace {

/// Zeros of this shape that take the memory of one: a list has names and shapes, no values.
Tensor zeros_of_shape(const Shape& shape) { return at::zeros({}).expand(shape); }

struct Fans {
  double in = 1;
  double out = 1;
};

Fans fans(const Shape& shape) {
  double receptive = 1;
  for (std::size_t k = 2; k < shape.size(); ++k) receptive *= static_cast<double>(shape[k]);
  if (shape.size() < 2) return {static_cast<double>(shape.empty() ? 1 : shape[0]), 1};
  return {static_cast<double>(shape[1]) * receptive, static_cast<double>(shape[0]) * receptive};
}

}  // namespace

Tensor ParameterList::take(const ParameterSpec& spec) {
  specs_.push_back(spec);
  return zeros_of_shape(spec.shape);
}

Tensor RandomParameters::take(const ParameterSpec& spec) {
  Tensor values = at::zeros(spec.shape, at::kFloat);
  if (spec.init == Init::zeros) return values;
  if (spec.init == Init::ones) return values.fill_(1.0);
  const Fans fan = fans(spec.shape);
  const double bound =
      spec.init == Init::xavier_uniform ? std::sqrt(6.0 / (fan.in + fan.out)) : 1.0 / std::sqrt(fan.in);
  Random random(seed_, std::stoull(digest_of(spec.name).substr(0, 16), nullptr, 16));
  float* data = values.data_ptr<float>();
  for (std::int64_t k = 0; k < values.numel(); ++k)
    data[k] = static_cast<float>(spec.init == Init::small_normal ? random.normal(0.02)
                                                                 : random.uniform(-bound, bound));
  return values;
}

}  // namespace vd::nn
