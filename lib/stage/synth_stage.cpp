// SPDX-License-Identifier: Apache-2.0
#include "stage/synth_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "clip/clip.h"
#include "clip/stage_session.h"
#include "core/error.h"
#include "io/dense.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/npz.h"
#include "io/trajectory.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr int track_count = 400;
const std::string source_prefix = "rendered scene";

/// True for a clip that an earlier run made, finished or not.
bool is_rendered(const Clip& clip) { return clip.info().source.rfind(source_prefix, 0) == 0; }

bool has_movers(const std::string& name) {
  for (const auto& info : scene_names())
    if (info.name == name) return info.has_movers;
  throw MisuseError("", fmt::format("'{}' is no scene; there are: {}", name, scene_list()));
}

/// Confidence 1 where the target of the flow is seen, 0 where it is hidden or outside.
ConfidenceMap seen(const MaskMap& occluded) {
  ConfidenceMap confidence(occluded.width(), occluded.height());
  std::transform(occluded.values().begin(), occluded.values().end(), confidence.values().begin(),
                 [](std::uint8_t hidden) { return hidden == 0 ? 1.0F : 0.0F; });
  return confidence;
}

/// Everything that one frame leaves on disk; flows are missing at the ends of the clip.
struct FrameFiles {
  fs::path rgb, depth, mask, forward, backward;

  FrameFiles(const fs::path& folder, int frame, const SceneOptions& options, bool movers)
      : rgb(folder / "rgb" / (frame_stem(frame) + ".png")),
        depth(folder / "gt" / "depth" / (frame_stem(frame) + ".exr")) {
    if (movers) mask = folder / "gt" / "masks" / (frame_stem(frame) + ".png");
    const fs::path flow = folder / "gt" / "flow";
    if (frame + 1 < options.frames) forward = flow / (pair_stem(frame, frame + 1) + ".exr");
    if (frame > 0) backward = flow / (pair_stem(frame, frame - 1) + ".exr");
  }
  [[nodiscard]] std::vector<fs::path> all() const {
    std::vector<fs::path> paths = {rgb, depth, mask, forward, backward};
    paths.erase(std::remove(paths.begin(), paths.end(), fs::path()), paths.end());
    return paths;
  }
};

void write_frame(const RenderedFrame& frame, const FrameFiles& files) {
  write_depth(files.depth, frame.depth);
  if (!files.mask.empty()) write_mask(files.mask, frame.dynamic);
  if (!files.forward.empty())
    write_flow(files.forward, frame.flow_forward, seen(frame.occluded_forward), DenseOptions{});
  if (!files.backward.empty())
    write_flow(files.backward, frame.flow_backward, seen(frame.occluded_backward), DenseOptions{});
  write_png(files.rgb, frame.rgb);
}

void write_cameras(const Scene& scene, const fs::path& folder) {
  std::vector<TimedPose> poses;
  for (int frame = 0; frame < scene.options.frames; ++frame)
    poses.push_back({scene.time_s(frame), scene.pose(frame)});
  write_trajectory(folder / "gt" / "traj.txt", poses);
  write_intrinsics(folder / "gt" / "intrinsics.txt",
                   std::vector<Intrinsics>(static_cast<std::size_t>(scene.options.frames), scene.intrinsics));
}

void write_tracks(const Scene& scene, const fs::path& folder) {
  const SceneTracks tracks = sample_tracks(scene, track_count);
  const auto frames = static_cast<std::size_t>(tracks.xy.height());
  const auto points = static_cast<std::size_t>(tracks.xy.width());
  const std::vector<std::int32_t> first(tracks.query_frame.begin(), tracks.query_frame.end());
  write_npz(folder / "gt" / "tracks.npz",
            {{"xy", make_npy<float>({frames, points, 2}, tracks.xy.values())},
             {"vis", make_npy<std::uint8_t>({frames, points}, tracks.vis.values())},
             {"xyz", make_npy<float>({frames, points, 3}, tracks.xyz.values())},
             {"dynamic", make_npy<std::uint8_t>({points}, tracks.dynamic)},
             {"first_frame", make_npy<std::int32_t>({points}, first)}});
}

ClipInfo info_of(const Scene& scene) {
  ClipInfo info;
  info.frames = scene.options.frames;
  info.width = scene.options.width;
  info.height = scene.options.height;
  for (int frame = 0; frame < info.frames; ++frame) info.times_s.push_back(scene.time_s(frame));
  info.source = fmt::format("{} {}, seed {}", source_prefix, scene.options.name, scene.options.seed);
  info.gt_unit = "m";
  return info;
}

}  // namespace

std::string scene_list() {
  std::string list;
  for (const auto& info : scene_names()) list += (list.empty() ? "" : ", ") + info.name;
  return list;
}

fs::path synth_stage(const std::string& name, SceneOptions options, Run& run) {
  const bool movers = has_movers(name);
  options.name = name;
  options.seed = static_cast<std::uint64_t>(run.common.seed);
  const Scene scene = make_scene(options);
  const fs::path folder = run.common.output.empty() ? fs::path(name) : fs::path(run.common.output);
  if (fs::exists(folder / "clip.json") && !is_rendered(Clip::open(folder)) && !run.common.force) {
    throw Error(folder.string(),
                "is a clip from another source; --force replaces it, -o FOLDER names another");
  }
  if (!run.common.dry_run) {
    Clip::write_info(folder, info_of(scene));
    write_cameras(scene, folder);
  }
  const Clip clip = run.common.dry_run ? Clip::planned(folder, info_of(scene)) : Clip::open(folder);
  std::vector<Item> items;
  for (int frame = 0; frame < options.frames; ++frame) {
    // The scene is part of the item's name, because it is an argument and no option.
    items.push_back({name + "_" + frame_stem(frame), FrameFiles(folder, frame, options, movers).all(), {}});
  }
  StageSpec spec{"rgb", "render", true};
  spec.facts["unit"] = "\"m\"";
  const double pixels = static_cast<double>(options.width) * options.height;
  // Depth, and two flows of three values; the last of the frames' files is the image.
  spec.item_cost.spread = Work(WorkKind::render, pixels);
  spec.item_cost.work = Work(WorkKind::write_image, pixels) + write_maps_work(DenseOptions(), 1, pixels) +
                        write_maps_work(intermediate_options(), 3, 6 * pixels);
  spec.item_cost.shared_megabytes = 10 + pixels * 200e-6;
  StageSession session(clip, run, spec, std::move(items));
  // One frame at a time: rendering itself uses all threads.
  for (const std::size_t k : session.pending()) {
    const int frame = static_cast<int>(k);
    write_frame(render(scene, frame), FrameFiles(folder, frame, options, movers));
    session.done(k);
  }
  if (!run.common.dry_run) write_tracks(scene, folder);
  session.finish();
  return folder;
}

}  // namespace vd
