// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "flow/tracks.h"
#include "sfm/sfm.h"
#include "sfm/windows.h"
#include "stage/camera_priors.h"
#include "stage/given_masks.h"
#include "stage/working_frames.h"
#include "stereo/neighbours.h"

namespace vd {

/// Cameras of a clip at the working size, and where the scene lies in front of each.
struct SolvedCameras {
  SfmResult sfm;
  std::vector<DepthRange> ranges;  // one a frame; invalid where no point says anything
  int windows = 0;                 // that were solved; as many as shots when all are short
};

/// Structure from motion, shot by shot: nothing is tracked across a cut, and unless poses are known every
/// shot has a world and a scale of its own. What masks leave out is not tracked. A focal length known as a
/// prior is combined with that of the tracks, both weighed by their variances; so are poses, frame by frame.
/// Poses known as a prior or a first guess give the solution its world and scale. Shots longer than a window
/// are solved in windows (sfm/windows.h), so that memory grows with the results alone.
[[nodiscard]] SolvedCameras solve_cameras(const WorkingFrames& frames, const CameraPriors& priors,
                                          const GivenMasks& masks, const TrackOptions& track_options,
                                          const WindowOptions& window_options, const SfmOptions& sfm_options);

}  // namespace vd
