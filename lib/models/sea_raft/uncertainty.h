// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/sea_raft/config.h"
#include "nn/tensor.h"

namespace vd::nn {

// The error of SEA-RAFT's flow, a mixture of a wide and a narrow Laplace distribution, of its info
// [B, 4, H, W].

/// Mean of the log scales of both parts by their weights [B, 1, H, W]; greater where the flow is less
/// certain: the map that the public demo shows.
[[nodiscard]] Tensor mean_log_scale(const Tensor& info, const SeaRaftConfig& config);

/// Expected absolute error of each component of the flow [B, 1, H, W], in pixels of the images that the
/// network saw.
[[nodiscard]] Tensor expected_error_px(const Tensor& info, const SeaRaftConfig& config);

/// Negative log likelihood of the true flow per pixel and component [B, 2, H, W], up to a constant: the loss
/// of training and a proper score of the uncertainty.
[[nodiscard]] Tensor negative_log_likelihood(const Tensor& flow, const Tensor& info, const Tensor& true_flow,
                                             const SeaRaftConfig& config);

}  // namespace vd::nn
