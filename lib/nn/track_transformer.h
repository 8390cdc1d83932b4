// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "nn/attention.h"

namespace vd::nn {

// The transformer that moves point tracks (CoTracker; Karaev et al. 2024): attention along time within every
// track, and among the tracks of a frame through a few virtual ones, so that work grows linearly with both.

struct TrackBlockOptions {
  std::int64_t width = 0;
  std::int64_t heads = 1;
  std::int64_t head_width = 0;
  double mlp_ratio = 4;
};

/// x + attention, x + mlp of tokens [G, N, C]; to themselves or to a context [G, M, C].
class TrackBlock {
 public:
  enum class Kind { self, cross };
  TrackBlock(const Parameters& at, const TrackBlockOptions& options, Kind kind);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;
  [[nodiscard]] Tensor operator()(const Tensor& x, const Tensor& context) const;

 private:
  [[nodiscard]] Tensor add(const Tensor& x, const Tensor& normalised, const Tensor& attended) const;

  LayerNorm context_norm_;
  Linear to_q_, to_kv_, to_out_, fc1_, fc2_;
  std::int64_t heads_ = 1;
};

struct TrackTransformerOptions {
  std::int64_t in = 0;
  TrackBlockOptions block;
  std::int64_t time_blocks = 3;
  std::int64_t space_blocks = 3;
  std::int64_t virtual_tracks = 64;
};

/// What is known of tracks [N, T, in] -> their change [N, T, 4]: x, y, and two logits.
class TrackTransformer {
 public:
  TrackTransformer(const Parameters& at, const TrackTransformerOptions& options);
  [[nodiscard]] Tensor operator()(const Tensor& tracks) const;

 private:
  /// Tokens of frames [T, virtual + N, C], virtual tracks last.
  [[nodiscard]] Tensor among_tracks(const Tensor& tokens, std::size_t block) const;

  TrackTransformerOptions options_;
  Tensor virtual_tracks_;
  Linear input_, flow_head_, visibility_head_;
  std::vector<TrackBlock> time_, virtual_, point_to_virtual_, virtual_to_point_;
};

}  // namespace vd::nn
