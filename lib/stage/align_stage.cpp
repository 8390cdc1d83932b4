// SPDX-License-Identifier: Apache-2.0
#include "stage/align_stage.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"

namespace vd {

void describe(AlignStageOptions& o, OptionTable& t) {
  t.changing({"cameras", "alignment"});
  describe(o.cameras.priors, t);
  describe(o.cameras.masks, t);
  t.topic("Method");
  t.choice("--method", o.method,
           {{"auto", AlignMethod::automatic},
            {"tracks", AlignMethod::tracks},
            {"pointmaps", AlignMethod::pointmaps}},
           "from point tracks, or from point maps (auto: when a network made them)");
  t.add("--working-side", o.working_side, at_least(0),
        "reduce larger frames to this side while working [px]; 0 = never")
      .changes({"cameras", "masks", "depth"});
  t.changing({"alignment"});
  t.add("--pointmap", o.pointmaps.pointmap, "point maps to align");
  describe(o.pointmaps.align, t);
  t.changing({"cameras"});
  t.topic("Cameras");
  t.flag("--cameras-only", o.cameras_only, "stop after the cameras: no masks, no depth").keeps_result();
  describe(o.cameras.tracks, t);
  describe(o.cameras.windows, t);
  describe(o.cameras.sfm, t);
  t.changing({"masks"});
  t.topic("Moving things");
  t.flag("--find-movers", o.masks.find_movers, "look for what moves in the world; off: everything is static");
  t.add("--flow", o.masks.flow, "flow stage to use instead of DIS; pairs that it lacks are computed");
  describe(o.masks.masks, t);
  t.changing({"depth"});
  t.topic("Depth");
  describe(o.depth.depth, t);
  t.at("--preset").changes({"masks", "depth"});  // it chooses the flow that masks are made from, too
  t.changing({"depth", "alignment"});
  t.topic("Result");
  describe(o.depth.output, t);
  t.changing({});
}

namespace {

/// True when the chosen point maps, or the only ones there are, come from a network.
bool from_network(const Clip& clip, const std::string& requested) {
  const auto names = clip.stage_names("pointmap");
  if (requested.empty() && names.size() != 1) return false;
  const auto record =
      clip.stage_folder("pointmap", requested.empty() ? names.front() : requested) / "stage.json";
  if (!std::filesystem::exists(record)) return true;  // another program made them
  const auto facts = nlohmann::json::parse(read_text(record), nullptr, false);
  return !facts.is_object() || !facts.contains("model") || facts["model"] != "geometric";
}

bool use_pointmaps(const Clip& clip, const AlignStageOptions& options) {
  if (options.method != AlignMethod::automatic) return options.method == AlignMethod::pointmaps;
  return from_network(clip, options.pointmaps.pointmap);
}

/// Point maps are aligned as they are.
void refuse_working_size(const Run& run) {
  for (const Option& option : run.table->options()) {
    const std::string name = long_name(option);
    if ((name != "--working-side" && name != "--native") || option.get() == option.default_value) continue;
    throw MisuseError(name,
                      "point maps are aligned at the size they have, which is that of the frames; it is "
                      "for --method tracks");
  }
}

}  // namespace

void align_stage(const Clip& clip, const AlignStageOptions& given, Run& run) {
  AlignStageOptions options = given;
  if (options.depth.depth.preset == DepthPreset::preview) options.masks.flow_preset = FlowPreset::fast;
  const std::string name = run.output_or("align");
  if (use_pointmaps(clip, options)) {
    refuse_working_size(run);
    options.masks.given = options.cameras.masks;
    const AlignedCameras cameras =
        align_pointmaps(clip, options.pointmaps, options.cameras.priors, options.depth.output, name, run);
    align_masks(WorkingFrames(clip, 0, run.common.memory_bytes), options.masks, cameras, name, run);
    return;
  }
  const WorkingFrames frames(clip, options.working_side, run.common.memory_bytes);
  options.masks.given = options.cameras.masks;
  const AlignedCameras cameras = align_cameras(frames, options.cameras, name, run);
  if (options.cameras_only) return;
  align_masks(frames, options.masks, cameras, name, run);
  align_depth(frames, options.depth, cameras, name, run);
}

}  // namespace vd
