// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "align/align.h"
#include "clip/clip.h"
#include "clip/run.h"
#include "io/dense.h"
#include "stage/align_cameras.h"
#include "stage/camera_priors.h"

namespace vd {

struct AlignPointmapsOptions {
  std::string pointmap;  // stage to align; empty: the only one there is
  AlignOptions align;
};

/// Global alignment of the point maps of a clip: writes traj/NAME.txt, intrinsics/NAME.txt, depth/NAME and
/// conf/NAME, all from one solve. Frames that no pair connects with the others, or whose points agree with
/// nothing, get a pose between their neighbours', depth and confidence 0, and a warning. Returns the cameras
/// for the masks; none in a dry run that would make them.
AlignedCameras align_pointmaps(const Clip& clip, const AlignPointmapsOptions& options,
                               const CameraPriorOptions& priors, const DenseOptions& output,
                               const std::string& name, Run& run);

}  // namespace vd
