// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/options.h"
#include "core/span.h"
#include "flow/dense_flow.h"
#include "geometry/tracks.h"
#include "image/map.h"

namespace vd {

/// Sub-pixel point tracks: corners chosen per cell of the image are carried from frame to frame by
/// Lucas-Kanade steps that start where the dense flow points, and end at the first step that does not come
/// back to where it began. Spacing, cells and window are meant for frames of 512 px or more on the longer
/// side, and shrink with smaller ones.
struct TrackOptions {
  int points_per_frame = 1200;
  double spacing_px = 8;  // least distance between a new point and any other
  int cell_px = 64;       // corners compete within a cell, so that every part of the image is present
  double corner_floor =
      2e-5;            // least smaller eigenvalue of the structure tensor (grey 0..1, 3x3 mean, Sobel)
  int window_px = 15;  // side of the Lucas-Kanade window, odd
  double round_trip_px = 0.5;                   // Lucas-Kanade there and back
  double flow_round_trip_px = 1.0;              // dense flow there and back
  double flow_distance_px = 2.0;                // Lucas-Kanade against dense flow
  int min_length = 2;                           // shorter tracks are not returned
  FlowOptions flow{"dis", FlowPreset::medium};  // faster ones lose what turns or comes near
};

void describe(TrackOptions& options, OptionTable& table);

/// Tracks with a number each that stays the same however often they are asked for.
struct NumberedTracks {
  std::vector<PointTrack> tracks;
  std::vector<std::int64_t> numbers;  // one a track, ascending
};

/// Follows points through frames that arrive one after the other; keeps one frame and the tracks, never the
/// video, and of the tracks only what is not forgotten.
class PointTracker {
 public:
  explicit PointTracker(const TrackOptions& options);
  ~PointTracker();
  PointTracker(PointTracker&&) noexcept;
  PointTracker& operator=(PointTracker&&) noexcept;

  /// Takes the next frames, all of the size of the first (throws Error otherwise). Several at once are
  /// prepared in parallel; how frames are grouped into calls does not change the tracks.
  void add(Span<const GreyImage> frames);

  /// Frames taken so far.
  [[nodiscard]] int frame_count() const;

  /// What the tracks so far see from this frame on, of at least min_length frames, by first frame.
  [[nodiscard]] NumberedTracks tracks_from(int frame) const;

  /// Drops what the tracks see before this frame, for a video of any length; frames keep their numbers.
  void forget_before(int frame);

  /// The tracks so far, by first frame; the tracker is empty afterwards.
  [[nodiscard]] std::vector<PointTrack> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Tracks through a whole clip at once: the same tracks as PointTracker's, for any number of threads.
///
/// frames   same size, in order of time
/// returns  tracks of at least min_length frames in pixels of the frames, ordered by first frame; none for
/// fewer than
///          two frames or images without corners
[[nodiscard]] std::vector<PointTrack> track_points(Span<const GreyImage> frames, const TrackOptions& options);

}  // namespace vd
