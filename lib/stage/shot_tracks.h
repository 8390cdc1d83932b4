// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "flow/tracks.h"
#include "sfm/window_tie.h"
#include "stage/find_cuts.h"
#include "stage/given_masks.h"
#include "stage/working_frames.h"

namespace vd {

/// Grey frames of a shot, counted from its first.
[[nodiscard]] GreyFrames grey_frames(const WorkingFrames& source, const FrameRange& shot);

/// Point tracks of a shot, window by window: kept for one window at a time. What masks leave out is not
/// tracked.
class ShotTracks {
 public:
  ShotTracks(const WorkingFrames& source, const GivenMasks& masks, const FrameRange& shot,
             const TrackOptions& options);

  /// Tracks within a window of the shot, their frames counted from the window's first. Windows in order are
  /// followed through; for one that goes back, points are chosen and numbered anew.
  [[nodiscard]] NumberedTracks of(const FrameWindow& window);

 private:
  void restart(int frame);
  void advance(int end);

  const WorkingFrames& source_;
  const GivenMasks& masks_;
  FrameRange shot_;
  TrackOptions options_;
  std::unique_ptr<PointTracker> tracker_;
  int first_ = 0;      // frame of the shot that the tracker began with
  int forgotten_ = 0;  // frames of the shot before this one are not known any more
  std::int64_t restarts_ = 0;
};

}  // namespace vd
