// SPDX-License-Identifier: Apache-2.0
#include "models/sea_raft/uncertainty.h"

#include <cmath>

namespace vd::nn {
namespace {

struct Mixture {
  Tensor logits;      // [B, 2, H, W] of the wide and the narrow part
  Tensor log_scales;  // [B, 2, H, W]
};

Mixture mixture(const Tensor& info, const SeaRaftConfig& config) {
  expect_shape(info, {-1, 4, -1, -1}, "info of SEA-RAFT");
  const Tensor wide = at::clamp(info.narrow(1, 2, 1), 0.0, config.most_log_scale);
  const Tensor narrow = at::clamp(info.narrow(1, 3, 1), config.least_log_scale, 0.0);
  return {info.narrow(1, 0, 2), at::cat({wide, narrow}, 1)};
}

}  // namespace

Tensor mean_log_scale(const Tensor& info, const SeaRaftConfig& config) {
  const Mixture parts = mixture(info, config);
  return (at::softmax(parts.logits, 1) * parts.log_scales).sum(1, true);
}

Tensor expected_error_px(const Tensor& info, const SeaRaftConfig& config) {
  const Mixture parts = mixture(info, config);
  return (at::softmax(parts.logits, 1) * at::exp(parts.log_scales)).sum(1, true);
}

Tensor negative_log_likelihood(const Tensor& flow, const Tensor& info, const Tensor& true_flow,
                               const SeaRaftConfig& config) {
  expect_shape(true_flow, flow.sizes(), "true flow of SEA-RAFT");
  const Mixture parts = mixture(info, config);
  const Tensor logits = parts.logits.unsqueeze(2);  // [B, 2 parts, 1, H, W]
  const Tensor log_scales = parts.log_scales.unsqueeze(2);
  const Tensor distance = at::abs(true_flow - flow).unsqueeze(1);  // [B, 1, 2 components, H, W]
  const Tensor terms = logits - std::log(2.0) - log_scales - distance * at::exp(-log_scales);
  return at::logsumexp(logits, Shape{1}) - at::logsumexp(terms, Shape{1});
}

}  // namespace vd::nn
