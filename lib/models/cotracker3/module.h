// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/cotracker3/correlation.h"
#include "nn/track_encoder.h"
#include "nn/track_transformer.h"

namespace vd::nn {

/// Points in T frames, as the network moves them.
struct TrackState {
  Tensor places;      // [T, N, 2] x, y in pixels of the features (a quarter of the frames')
  Tensor visibility;  // [T, N] logit of being visible
  Tensor confidence;  // [T, N] logit of being within a few pixels of the truth
};

/// The same for people: places in pixels of the frames, probabilities.
struct PointTracks {
  Tensor places, visibility, confidence;
};

/// Points to follow.
struct TrackQueries {
  Tensor frame;  // [N] integers
  Tensor place;  // [N, 2] x, y in pixels of the frames
};

/// CoTracker3: tracks any points through a video, together. Frames are [T, 3, H, W] of 0 to 255 at the
/// model's resolution; every query sees the frames before and after its own.
class CoTracker3 {
 public:
  CoTracker3(const Parameters& parameters, const CoTracker3Config& config);

  /// Features before they are normalised: [T, C, H / 4, W / 4].
  [[nodiscard]] Tensor raw_features(const Tensor& frames) const { return encoder_(frames); }
  [[nodiscard]] FramePyramid features(const Tensor& frames) const;
  [[nodiscard]] const PointCorrelation& correlation() const { return correlation_; }

  /// Moves tracks in the frames of a pyramid; support is correlation().support() of their queries.
  [[nodiscard]] TrackState refine(const FramePyramid& pyramid, const std::vector<Tensor>& support,
                                  TrackState state, int iterations) const;
  [[nodiscard]] const CoTracker3Config& config() const { return config_; }

 private:
  [[nodiscard]] Tensor time_embedding(std::int64_t frames) const;

  CoTracker3Config config_;
  TrackEncoder encoder_;
  PointCorrelation correlation_;
  TrackTransformer transformer_;
};

/// Tracks that stay at their queries in all frames.
[[nodiscard]] TrackState resting(const TrackQueries& queries, std::int64_t frames);
[[nodiscard]] PointTracks readable(const TrackState& state);

/// The offline procedure: the whole video in one window.
[[nodiscard]] PointTracks track_offline(const CoTracker3& network, const FramePyramid& video,
                                        const TrackQueries& queries, int iterations);

/// Where the window from frame `start` begins: those tracks that began in time go on from `before`, the
/// estimates of the frames so far, and rest where those end; the others rest at their queries.
[[nodiscard]] TrackState window_start(const CoTracker3& network, const TrackQueries& queries,
                                      const TrackState& before, std::int64_t start);

/// The windowed procedure: windows of the network's length that overlap by half, of a video that is at hand.
[[nodiscard]] PointTracks track_windowed(const CoTracker3& network, const FramePyramid& video,
                                         const TrackQueries& queries, int iterations);

}  // namespace vd::nn
