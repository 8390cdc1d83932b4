// SPDX-License-Identifier: Apache-2.0
#include "nn/flow_update.h"

#include "core/error.h"

namespace vd::nn {
namespace {

/// The columns of a kernel that read hidden state and motion, and those that read the context between them.
struct SplitKernel {
  Tensor moving, fixed, bias;
};

SplitKernel take_split(const Parameters& at, const GruOptions& options) {
  const std::int64_t in = options.hidden + options.context + options.motion;
  const Tensor weight = at.take("weight", {options.hidden, in, options.kernel_height, options.kernel_width},
                                Init::fan_in_uniform);
  const Tensor hidden = weight.narrow(1, 0, options.hidden);
  const Tensor context = weight.narrow(1, options.hidden, options.context);
  const Tensor motion = weight.narrow(1, options.hidden + options.context, options.motion);
  return {at::cat({hidden, motion}, 1), context, at.take("bias", {options.hidden}, Init::zeros)};
}

}  // namespace

MotionEncoder::MotionEncoder(const Parameters& at, const MotionEncoderOptions& options) {
  if (options.flow_widths.size() != 2 || options.correlation_widths.empty())
    throw Error("motion encoder", "needs two widths for flow and one or two for correlation");
  correlation_.push_back(conv1x1(at / "convc1", options.correlation, options.correlation_widths[0]));
  if (options.correlation_widths.size() > 1)
    correlation_.push_back(
        conv3x3(at / "convc2", options.correlation_widths[0], options.correlation_widths[1]));
  flow_.push_back(Conv2d(at / "convf1", 2, options.flow_widths[0], 7, {1, 3, 1, true}));
  flow_.push_back(conv3x3(at / "convf2", options.flow_widths[0], options.flow_widths[1]));
  both_ = conv3x3(at / "conv", options.correlation_widths.back() + options.flow_widths.back(), options.out);
}

Tensor MotionEncoder::operator()(const Tensor& correlation, const Tensor& flow) const {
  Tensor seen = correlation;
  for (const Conv2d& convolution : correlation_) seen = at::relu(convolution(seen));
  Tensor moved = flow;
  for (const Conv2d& convolution : flow_) moved = at::relu(convolution(moved));
  return at::cat({at::relu(both_(at::cat({seen, moved}, 1))), flow}, 1);
}

Tensor TwoConvolutions::operator()(const Tensor& x) const { return second_(at::relu(first_(x))); }

ConvGru::ConvGru(const Parameters& at, const GruOptions& options) : hidden_(options.hidden) {
  const SplitKernel z = take_split(at / ("convz" + options.suffix), options);
  const SplitKernel r = take_split(at / ("convr" + options.suffix), options);
  const SplitKernel q = take_split(at / ("convq" + options.suffix), options);
  const std::int64_t rows = options.kernel_height / 2;
  const std::int64_t columns = options.kernel_width / 2;
  gates_ = Conv2d(at::cat({z.moving, r.moving}, 0), Tensor(), rows, columns);
  candidate_ = Conv2d(q.moving, Tensor(), rows, columns);
  context_ =
      Conv2d(at::cat({z.fixed, r.fixed, q.fixed}, 0), at::cat({z.bias, r.bias, q.bias}, 0), rows, columns);
}

Tensor ConvGru::operator()(const Tensor& hidden, const Tensor& prepared, const Tensor& motion) const {
  const Tensor gates = at::sigmoid(gates_(at::cat({hidden, motion}, 1)) + prepared.narrow(1, 0, 2 * hidden_));
  const Tensor update = gates.narrow(1, 0, hidden_);
  const Tensor reset = gates.narrow(1, hidden_, hidden_);
  const Tensor candidate =
      at::tanh(candidate_(at::cat({reset * hidden, motion}, 1)) + prepared.narrow(1, 2 * hidden_, hidden_));
  return at::lerp(hidden, candidate, update);
}

}  // namespace vd::nn
