// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clip/clip.h"
#include "clip/run.h"
#include "stage/align_cameras.h"
#include "stage/align_depth.h"
#include "stage/align_masks.h"
#include "stage/align_pointmaps.h"

namespace vd {

/// What the alignment starts from. automatic: point maps when a network made them, else tracks.
enum class AlignMethod { automatic, tracks, pointmaps };

struct AlignStageOptions {
  AlignMethod method = AlignMethod::automatic;
  int working_side = 1280;  // frames with a longer side are reduced to it while they are worked on; 0 = never
  AlignPointmapsOptions pointmaps;
  AlignCamerasOptions cameras;
  AlignMasksOptions masks;
  AlignDepthOptions depth;
  bool cameras_only = false;
};
/// The results come in parts, and each option names those that it changes: "cameras", "masks" and "depth",
/// and "alignment", which is cameras and depth from point maps.
void describe(AlignStageOptions& options, OptionTable& table);

/// Consistent depth, cameras and motion masks of a clip. Without any network: cameras from sub-pixel point
/// tracks, masks from flow against the camera's motion, dense depth from the posed frames; three recorded
/// parts (traj, masks, depth), each resumed on its own. From point maps: cameras and depth from one global
/// alignment, then the same masks.
void align_stage(const Clip& clip, const AlignStageOptions& options, Run& run);

}  // namespace vd
