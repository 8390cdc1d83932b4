// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "models/raft/config.h"
#include "nn/correlation.h"
#include "nn/flow_update.h"
#include "nn/padding.h"
#include "nn/residual_encoder.h"

namespace vd::nn {

/// What the first image of a pair gives besides its features: start of the hidden state, and what the updates
/// read in every iteration.
struct RaftContext {
  Tensor hidden;   // [B, hidden, h, w]
  Tensor context;  // [B, context, h, w]
};

struct RaftRun {
  int iterations = 20;
  Tensor initial_flow;  // [B, 2, h, w] in units of 8 pixels, or undefined for none
  std::int64_t most_table_bytes = CorrelationOptions().most_table_bytes;
};

/// Flow of images of 8h x 8w pixels.
struct RaftFlow {
  Tensor coarse;  // [B, 2, h, w] in units of 8 pixels: x, y
  Tensor hidden;  // [B, hidden, h, w]
  Tensor logits;  // [B, 576, h, w] of the convex upsampling; undefined for the small network
  Tensor flow;    // [B, 2, 8h, 8w] in pixels
};

/// Recurrent all-pairs field transforms (Teed and Deng 2020), basic or small. Images are [B, 3, 8h, 8w] of
/// 0 to 255. Features depend on one image alone: over a video they are computed once a frame.
class Raft {
 public:
  /// Names begin with "module." where the source has such names.
  Raft(const Parameters& parameters, const RaftConfig& config);

  /// Features of images: [B, D, h, w].
  [[nodiscard]] Tensor features(const Tensor& images) const;
  /// Output of the context encoder, hidden state and context before their functions.
  [[nodiscard]] Tensor raw_context(const Tensor& images) const;
  [[nodiscard]] RaftContext context(const Tensor& images) const;
  /// Flow from the image of `first` and `context` to that of `second`; of at least 16 x 16 features.
  [[nodiscard]] RaftFlow flow(const Tensor& first, const Tensor& second, const RaftContext& context,
                              const RaftRun& run) const;
  [[nodiscard]] const RaftConfig& config() const { return config_; }

 private:
  [[nodiscard]] std::vector<Tensor> prepare(const Tensor& context) const;

  RaftConfig config_;
  ResidualEncoder features_, context_;
  MotionEncoder motion_;
  std::vector<ConvGru> units_;
  TwoConvolutions flow_head_;
  std::optional<TwoConvolutions> mask_head_;
};

struct RaftPairOptions {
  RaftRun run;
  PaddingPlace padding = PaddingPlace::centred;
};

/// Flow [B, 2, H, W] in pixels between images [B, 3, H, W] of 0 to 255 of any size: padded to multiples of 8
/// and at least 128 pixels, below which the coarsest correlation has one row and the published program gives
/// NaN. `coarse` of the result is of the padded size: the start of the next pair is made of it.
[[nodiscard]] RaftFlow estimate_flow(const Raft& network, const Tensor& from, const Tensor& to,
                                     const RaftPairOptions& options);

}  // namespace vd::nn
