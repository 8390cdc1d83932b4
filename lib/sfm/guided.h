// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "geometry/tracks.h"
#include "image/grey_frames.h"
#include "sfm/reconstruction.h"

namespace vd {

/// Registration of a track's patch where the poses and the depth say how it looks.
struct GuidedOptions {
  int half_window_px = 6;
  int max_steps = 12;
  double converged_px = 0.01;
  double max_move_px = 1.5;
  double least_correlation = 0.8;
};

struct GuidedReport {
  int observations = 0;  // of tracks with a point, but for the reference ones
  int moved = 0;         // accepted
};

/// Moves the observations of every track that has a point to where the patch around its middle observation,
/// warped by the local affine map of a patch parallel to the image plane, fits best (inverse-compositional,
/// gain and offset free). Plain tracking follows a window of fixed size and drifts when the scene grows; this
/// does not. The middle observation stays: it defines the surface point. An observation that fails a test
/// keeps its old place.
///
/// frames  one a view, of the size of its intrinsics; a few dozen are held at a time, whatever the length of
/// the clip
[[nodiscard]] GuidedReport refine_tracks(const GreyFrames& frames, const Reconstruction& reconstruction,
                                         const GuidedOptions& options, std::vector<PointTrack>& tracks);

}  // namespace vd
