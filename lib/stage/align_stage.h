// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clip/clip.h"
#include "clip/run.h"
#include "stage/align_cameras.h"
#include "stage/align_depth.h"
#include "stage/align_masks.h"

namespace vd {

struct AlignStageOptions {
  AlignCamerasOptions cameras;
  AlignMasksOptions masks;
  AlignDepthOptions depth;
  bool cameras_only = false;
};
void describe(AlignStageOptions& options, OptionTable& table);

/// Consistent depth, cameras and motion masks of a clip without any network: cameras from sub-pixel point tracks, masks
/// from flow against the camera's motion, dense depth from the posed frames. Three recorded parts (traj, masks, depth),
/// each resumed on its own.
void align_stage(const Clip& clip, const AlignStageOptions& options, Run& run);

}  // namespace vd
