// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "clip/clip.h"
#include "clip/run.h"
#include "flow/tracks.h"
#include "sfm/sfm.h"
#include "sfm/windows.h"
#include "stage/camera_priors.h"
#include "stage/given_masks.h"
#include "stage/working_frames.h"
#include "stereo/neighbours.h"

namespace vd {

struct AlignCamerasOptions {
  CameraPriorOptions priors;
  GivenMaskOptions masks;
  TrackOptions tracks;
  WindowOptions windows;
  SfmOptions sfm;
};

/// Cameras of all frames, at the working size, and where the scene lies in front of each.
struct AlignedCameras {
  std::vector<Camera> cameras;
  std::vector<DepthRange> ranges;  // one a frame; invalid where no point says anything
  std::string unit;
};

/// Writes traj/NAME.txt, intrinsics/NAME.txt and clouds/NAME/points.npz (sparse points and the depth range of
/// every frame) from the clip's frames, or finds them finished. Not sharded: every shard needs all cameras,
/// and computes the same ones. Where --memory has no room for windows as long as asked for they are shorter.
/// No cameras in a dry run that would make them.
AlignedCameras align_cameras(const WorkingFrames& frames, const AlignCamerasOptions& options,
                             const std::string& name, Run& run);

}  // namespace vd
