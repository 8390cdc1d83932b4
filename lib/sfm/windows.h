// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/options.h"
#include "core/span.h"
#include "sfm/sfm.h"
#include "sfm/window_tie.h"

namespace vd {

/// Structure from motion of long shots, in windows of frames that overlap by a third: each is solved like a
/// short clip and let go, so that memory and the time a frame takes do not grow with the shot.
struct WindowOptions {
  int frames = 120;  // most that are solved together
};

/// The fewest frames a window may have: their overlap, a third, must still tell how the windows lie.
constexpr int least_window_frames = 12;

void describe(WindowOptions& options, OptionTable& table);

/// Windows that cover a shot, the first from frame 0: one when the shot is not longer, else as few as overlap
/// by a third and more, of the same length.
[[nodiscard]] std::vector<FrameWindow> overlapping_windows(int frames, const WindowOptions& options);

/// The frames that a window answers for: up to the middle of its overlap with the next one.
[[nodiscard]] FrameWindow core_of(Span<const FrameWindow> windows, std::size_t window);

/// What a window is solved from: all about its frames, which are counted from its first.
struct WindowInput {
  SfmInput sfm;  // its tracks are those below
  std::vector<PointTrack> tracks;
  std::vector<std::int64_t> track_numbers;  // one a track; the same track has the same one in every window
};

/// Gathers the input of a window. Asked in order, and for some of them once before.
using WindowSource = std::function<WindowInput(const FrameWindow&)>;

/// Looks at a solved window, tracks and all, before it is let go.
using WindowVisitor = std::function<void(const SolvedWindow&)>;

/// One focal length for all windows.
struct WindowsFocal {
  FocalEstimate focal;
  std::optional<SolvedWindow> first;  // the first window, when its focal length is the one
  std::vector<StartRecord> starts;    // of the windows that were asked
};

/// The focal length of a shot from single windows: the first, and while they leave it open by more than 2 %
/// the last and the middle one. They are weighed by their variances, which grow where they contradict.
[[nodiscard]] WindowsFocal estimate_focal(Span<const FrameWindow> windows, const WindowSource& source,
                                          const SfmOptions& options);

struct WindowsResult {
  SfmResult sfm;  // without tracks: points have track -1
  std::vector<Sim3> world_from_window;
};

/// Cameras and points of a shot, window by window, in the world of its first frame and in steps of 1 in the
/// mean, as solve_structure_from_motion gives them. Each window is tied to the one before (window_tie.h);
/// over their overlap the path goes gradually from one to the other, so that what they disagree by never
/// falls between two frames. Windows of known poses need no tie. Where a tie fails a warning says so.
///
/// source  intrinsics must be known: see estimate_focal
/// first   the first window, when it is solved already
[[nodiscard]] WindowsResult solve_in_windows(Span<const FrameWindow> windows, const WindowSource& source,
                                             std::optional<SolvedWindow> first, const SfmOptions& options,
                                             const WindowVisitor& look);

}  // namespace vd
