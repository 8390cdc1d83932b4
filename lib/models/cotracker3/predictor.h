// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "models/cotracker3/module.h"

namespace vd::nn {

/// Tracks in pixels of the video as it was given.
struct VisibleTracks {
  Tensor places;   // [T, N, 2] x, y
  Tensor visible;  // [T, N] bool
};

struct PointPredictorOptions {
  int iterations = 6;
  std::int64_t support_side = 6;  // points of a grid over frame 0 that help the others, squared; 0: none
  double least_visibility = 0.9;
  bool backward = true;  // also from the last frame to the first, for frames before the query's
};

/// The offline predictor of the public program: frames [T, 3, H, W] of 0 to 255 of any size are resized to
/// the model's resolution; the queries are in pixels of the given frames. A track is at its query in the
/// query's frame, and visible there.
[[nodiscard]] VisibleTracks predict_offline(const CoTracker3& network, const Tensor& video,
                                            const TrackQueries& queries,
                                            const PointPredictorOptions& options);

/// The same for the points of a grid of side x side over one frame, row by row, a 64th of the width off the
/// border.
[[nodiscard]] VisibleTracks predict_grid(const CoTracker3& network, const Tensor& video, std::int64_t side,
                                         std::int64_t frame, const PointPredictorOptions& options);

struct OnlineTrackerOptions {
  int iterations = 6;
  std::int64_t support_side = 0;
  double least_certainty = 0.6;  // of visibility times confidence
};

/// Tracks points through a video that arrives in chunks of at most a window, each beginning half a window
/// after the one before. Keeps the tracks so far and the features about the queries.
class OnlineTracker {
 public:
  /// queries  in pixels of frames of height x width, numbered from the start of the video
  OnlineTracker(const CoTracker3& network, const TrackQueries& queries, std::int64_t height,
                std::int64_t width, const OnlineTrackerOptions& options);

  /// Takes frames [T, 3, height, width] from next_start() on and returns the tracks in all frames so far.
  [[nodiscard]] VisibleTracks add(const Tensor& frames);
  [[nodiscard]] std::int64_t next_start() const { return start_; }

 private:
  void gather_support(const FramePyramid& pyramid);

  const CoTracker3* network_;
  OnlineTrackerOptions options_;
  std::int64_t height_, width_, points_;
  TrackQueries queries_;  // in pixels of the model, with the supporting ones
  std::vector<Tensor> support_;
  TrackState so_far_;
  std::int64_t start_ = 0;
};

}  // namespace vd::nn
