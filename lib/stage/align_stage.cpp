// SPDX-License-Identifier: Apache-2.0
#include "stage/align_stage.h"

namespace vd {

void describe(AlignStageOptions& o, OptionTable& t) {
  describe(o.cameras.priors, t);
  t.topic("Cameras");
  t.flag("--cameras-only", o.cameras_only, "stop after the cameras: no masks, no depth").keeps_result();
  describe(o.cameras.tracks, t);
  describe(o.cameras.sfm, t);
  t.topic("Moving things");
  t.flag("--find-movers", o.masks.find_movers, "look for what moves in the world; off: everything is static");
  t.add("--flow", o.masks.flow, "flow stage to use instead of DIS; pairs that it lacks are computed");
  describe(o.masks.masks, t);
  t.topic("Depth");
  describe(o.depth.depth, t);
  t.topic("Result");
  describe(o.depth.output, t);
}

void align_stage(const Clip& clip, const AlignStageOptions& given, Run& run) {
  AlignStageOptions options = given;
  if (options.depth.depth.preset == DepthPreset::preview) options.masks.flow_preset = FlowPreset::fast;
  const std::string name = run.output_or("align");
  const AlignedCameras cameras = align_cameras(clip, options.cameras, name, run);
  if (options.cameras_only || cameras.cameras.empty()) return;
  align_masks(clip, options.masks, cameras, name, run);
  if (run.common.dry_run) return;
  align_depth(clip, options.depth, cameras, name, run);
}

}  // namespace vd
