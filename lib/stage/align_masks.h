// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clip/clip.h"
#include "clip/run.h"
#include "flow/dense_flow.h"
#include "stage/align_cameras.h"
#include "stereo/masks.h"

namespace vd {

struct AlignMasksOptions {
  bool find_movers = true;
  MaskOptions masks;
  FlowPreset flow_preset = FlowPreset::medium;
  GivenMaskOptions given;  // what they cover counts as moving
  std::string flow;        // a flow stage to read instead of computing DIS; pairs it lacks are computed
};

/// The masks of the alignment NAME: masks/dynamic of "align", masks/NAME of any other.
[[nodiscard]] std::string mask_stage(const std::string& name);
[[nodiscard]] std::filesystem::path moving_mask_path(const Clip& clip, const std::string& name, int frame);
[[nodiscard]] std::filesystem::path unknown_mask_path(const Clip& clip, const std::string& name, int frame);

/// Writes masks/dynamic/N.png (255 = moves in the world) and unknown/NAME/N.png (255 = nothing tells) for
/// every frame, from flow to the frames one and two away.
void align_masks(const WorkingFrames& frames, const AlignMasksOptions& options, const AlignedCameras& cameras,
                 const std::string& name, Run& run);

}  // namespace vd
