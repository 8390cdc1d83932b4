// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "geometry/se3.h"
#include "sfm/pose_prior.h"
#include "sfm/sfm.h"

namespace vd {

/// Frames first to end - 1 of a longer shot, solved together.
struct FrameWindow {
  int first = 0;
  int end = 0;
  [[nodiscard]] int size() const { return end - first; }
};

/// A window with its solution, whose frames are counted from the window's first and whose world and scale are
/// its own, unless its poses were known.
struct SolvedWindow {
  FrameWindow frames;
  SfmResult sfm;
  std::vector<std::int64_t> track_numbers;  // one a track; the same track has the same one in every window
  std::vector<std::optional<PosePrior>> pose_priors;  // of its frames, or empty
  bool in_given_world = false;                        // poses were held, or weighed against known ones
};

/// How a window lies in the world of the one before it.
struct WindowTie {
  Sim3 earlier_from_later;
  int shared_frames = 0;  // placed by their tracks in both windows
  int shared_points = 0;  // triangulated in both
  bool rotation_tied = false;
  bool scale_tied = false;
  double log_scale_deviation = 0;  // of the scale, when it is tied
  double disagreement = 0;         // median distance of the shared cameras, in usual lengths of their path
};

/// Registers a window onto the one before it by what both have found of the frames and points they share:
/// the rotation is the geodesic median of what the shared frames say, the translation the geometric median.
/// The scale is that of the shared camera paths or of the depths of shared points, weighed by how well either
/// agrees with itself: a camera that rests leaves it to the points, one among far or few points to the path.
/// Where nothing tells the scale, the later window keeps its own, in which the mean step is 1 as in the
/// earlier one: the camera is taken to go on at its speed. Where not even the rotation is shared, the middle
/// of the overlap joins them.
///
/// earlier, later  overlap in at least one frame
/// source          Horn 1987 (the scale, symmetric in both); Hartley, Aftab and Trumpf 2011 (the medians)
[[nodiscard]] WindowTie tie_windows(const SolvedWindow& earlier, const SolvedWindow& later);

}  // namespace vd
