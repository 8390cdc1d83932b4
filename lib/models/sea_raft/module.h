// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/sea_raft/config.h"
#include "nn/correlation.h"
#include "nn/flow_update.h"
#include "nn/residual_encoder.h"

namespace vd::nn {

/// A ConvNeXt block whose result is projected to fewer channels.
class NarrowingConvNext {
 public:
  NarrowingConvNext(const Parameters& at, std::int64_t in, std::int64_t out);
  [[nodiscard]] Tensor operator()(const Tensor& x) const;

 private:
  Tensor gamma_;
  Conv2d depthwise_, final_;
  LayerNorm norm_;
  Linear expand_, shrink_;
};

struct SeaRaftRun {
  int iterations = 4;  // refinements of the flow that is regressed first; 0 for that alone
  std::int64_t most_table_bytes = CorrelationOptions().most_table_bytes;
};

/// Flow of images of H x W pixels, and the distribution of its error.
struct SeaRaftFlow {
  Tensor flow;  // [B, 2, H, W] in pixels: x, y
  Tensor info;  // [B, 4, H, W]: weight logits of the wide and the narrow part, their log scales unclamped
};

/// SEA-RAFT (Wang, Lipson and Deng 2024): RAFT with a regressed start, ConvNeXt updates, and a mixture of two
/// Laplace distributions for the error.
class SeaRaft {
 public:
  SeaRaft(const Parameters& parameters, const SeaRaftConfig& config);

  /// Features of images [B, 3, 8h, 8w] of 0 to 255: [B, 2 width, h, w]. Of one image alone: over a video they
  /// are computed once a frame.
  [[nodiscard]] Tensor features(const Tensor& images) const;
  /// Start of the state and context of the updates for a pair: [B, 2 width, h, w].
  [[nodiscard]] Tensor context(const Tensor& from, const Tensor& to) const;
  /// Flow of a pair of images of whole multiples of 8 pixels and at least 128, from features and context().
  [[nodiscard]] SeaRaftFlow flow(const Tensor& first, const Tensor& second, const Tensor& start,
                                 const SeaRaftRun& run) const;
  [[nodiscard]] const SeaRaftConfig& config() const { return config_; }

 private:
  SeaRaftConfig config_;
  ResidualEncoder context_, features_;
  Conv2d first_;
  TwoConvolutions upsample_head_, flow_head_;
  MotionEncoder motion_;
  std::vector<NarrowingConvNext> refinements_;
};

/// Flow and info between images [B, 3, H, W] of 0 to 255 of any size, padded inside.
[[nodiscard]] SeaRaftFlow estimate_flow(const SeaRaft& network, const Tensor& from, const Tensor& to,
                                        const SeaRaftRun& run);

/// The same on images that are resized by 2^power first: -1 for the public weights of the Spring data, which
/// were trained at half size. The flow comes back in pixels of the given images and of their size, the info
/// by area means, in pixels of the resized ones.
[[nodiscard]] SeaRaftFlow estimate_flow_at_scale(const SeaRaft& network, const Tensor& from, const Tensor& to,
                                                 const SeaRaftRun& run, int power);

}  // namespace vd::nn
