// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clip/clip.h"
#include "clip/run.h"
#include "io/dense.h"
#include "stage/align_cameras.h"
#include "stereo/depth.h"

namespace vd {

struct AlignDepthOptions {
  DepthOptions depth;
  DenseOptions output;
};

/// Writes depth/NAME and conf/NAME for every frame, from posed frames and masks/dynamic. Depth is complete:
/// what was not observed is filled along the image and has confidence 0; what moves stands on the ground
/// where there is one. With
/// --native both keep the working size.
void align_depth(const WorkingFrames& frames, const AlignDepthOptions& options, const AlignedCameras& cameras,
                 const std::string& name, Run& run);

}  // namespace vd
