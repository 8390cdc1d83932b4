// SPDX-License-Identifier: Apache-2.0
#include "stage/align_pointmaps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "clip/stage_session.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

struct PairFile {
  std::pair<int, int> edge;
  fs::path path;
};

/// The pairs a stage has are the files it has, in order.
std::vector<PairFile> pair_files(const Clip& clip, const fs::path& folder) {
  std::vector<PairFile> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    int i = 0;
    int j = 0;
    char rest = 0;
    const std::string stem = entry.path().stem().string();
    if (std::sscanf(stem.c_str(), "%6d_%6d%c", &i, &j, &rest) != 2 || stem != pair_stem(i, j)) continue;
    if (std::max(i, j) >= clip.frame_count())
      throw Error(entry.path().string(), "names a frame that the clip does not have");
    files.push_back({{i, j}, entry.path()});
  }
  std::sort(files.begin(), files.end(), [](const PairFile& a, const PairFile& b) { return a.edge < b.edge; });
  if (files.empty()) throw Error(folder.string(), "no point maps here");
  return files;
}

PairLoader file_loader(const std::vector<PairFile>& files) {
  return [&files](std::size_t edge) -> std::shared_ptr<const PairMaps> {
    PointMapFile maps = read_point_maps(files[edge].path);
    return std::make_shared<const PairMaps>(PairMaps{std::move(maps.points_a), std::move(maps.points_b),
                                                     std::move(maps.confidence_a),
                                                     std::move(maps.confidence_b)});
  };
}

AlignProblem problem_of(const Clip& clip, const std::vector<PairFile>& files, const CameraPriors& priors) {
  AlignProblem problem;
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  problem.images.assign(frames, {clip.info().width, clip.info().height});
  for (const auto& file : files) problem.edges.push_back(file.edge);
  problem.load = file_loader(files);
  // Points of vd's own pairs put the principal point in the middle of the pixel grid, or where the user says.
  problem.principal_points.assign(frames,
                                  Vec2(0.5 * (clip.info().width - 1), 0.5 * (clip.info().height - 1)));
  if (priors.intrinsics) {
    for (std::size_t k = 0; k < frames; ++k) {
      const Intrinsics& camera = (*priors.intrinsics)[k];
      problem.principal_points[k] = Vec2(camera.cx, camera.cy);
      problem.known_focals_px.emplace_back(camera.fx);
    }
  }
  if (priors.world_from_camera)
    problem.known_poses.assign(priors.world_from_camera->begin(), priors.world_from_camera->end());
  return problem;
}

Intrinsics camera_of(const Clip& clip, const Alignment& alignment, std::size_t frame) {
  const Vec2& centre = alignment.principal_point[frame];
  const double focal = alignment.focal_px[frame];
  return {focal, focal, centre.x(), centre.y(), clip.info().width, clip.info().height};
}

struct AlignmentFiles {
  fs::path depth, confidence, trajectory, intrinsics;
  std::string extension;

  AlignmentFiles(const Clip& clip, const std::string& name, const DenseOptions& output)
      : depth(clip.stage_folder("depth", name)),
        confidence(clip.stage_folder("conf", name)),
        trajectory(clip.stage_file("traj", name, "txt")),
        intrinsics(clip.stage_file("intrinsics", name, "txt")),
        extension(map_extension(output.format)) {}
  [[nodiscard]] std::vector<fs::path> all(int frames) const {
    std::vector<fs::path> paths = {trajectory, intrinsics};
    for (int frame = 0; frame < frames; ++frame) {
      paths.push_back(depth / (frame_stem(frame) + extension));
      paths.push_back(confidence / (frame_stem(frame) + extension));
    }
    return paths;
  }
};

void write_alignment(const Clip& clip, const Alignment& alignment, const AlignmentFiles& files,
                     const DenseOptions& output) {
  std::vector<TimedPose> poses;
  std::vector<Intrinsics> cameras;
  for (std::size_t k = 0; k < alignment.depth.size(); ++k) {
    poses.push_back({clip.info().times_s[k], alignment.world_from_camera[k]});
    cameras.push_back(camera_of(clip, alignment, k));
  }
  write_trajectory(files.trajectory, poses);
  write_intrinsics(files.intrinsics, cameras);
  parallel_for(alignment.depth.size(), [&](std::size_t k) {
    const std::string file = frame_stem(static_cast<int>(k)) + files.extension;
    write_confidence(files.confidence / file, alignment.confidence[k], output);
    write_depth(files.depth / file, alignment.depth[k], output);
  });
}

json alignment_facts(const AlignReport& report) {
  json levels = json::array();
  for (const auto& level : report.levels) {
    levels.push_back({{"stride", level.stride},
                      {"iterations", level.iterations},
                      {"objective", {level.first_objective, level.last_objective}},
                      {"stopped_because", level.stopped_because}});
  }
  return {{"objective", {report.initial_objective, report.final_objective}},
          {"levels", levels},
          {"posed_by_pnp", report.posed_by_pnp},
          {"unposed", report.unposed},
          {"seconds", report.seconds}};
}

}  // namespace

AlignedCameras align_pointmaps(const Clip& clip, const AlignPointmapsOptions& options,
                               const CameraPriorOptions& prior_options, const DenseOptions& output,
                               const std::string& name, Run& run) {
  const CameraPriors priors = read_camera_priors(clip, prior_options);
  const fs::path folder =
      clip.stage_folder("pointmap", clip.choose_stage("pointmap", options.pointmap, "vd-pointmap"));
  const auto pairs = pair_files(clip, folder);
  const AlignmentFiles files(clip, name, output);
  Item item{"alignment", files.all(clip.frame_count()), priors.files};
  for (const auto& pair : pairs) item.inputs.push_back(pair.path);
  const std::string unit =
      priors.world_from_camera && !priors.poses_unit.empty() ? priors.poses_unit : "relative";
  StageSpec spec{"depth", name};
  spec.part = "alignment";
  spec.facts["unit"] = json(unit).dump();
  spec.facts["quantity"] = "\"depth\"";
  spec.companions = {"conf/" + name, "traj/" + name + ".txt", "intrinsics/" + name + ".txt"};
  Run unsharded = run;
  unsharded.common.shard = "1/1";
  StageSession session(clip, unsharded, spec, {item});
  if (!session.pending().empty()) {
    const Alignment alignment = align(problem_of(clip, pairs, priors), options.align);
    if (alignment.report.unposed.size() + 1 >= alignment.depth.size()) {
      throw Error(folder.string(),
                  "no two frames agree on a point (is there parallax between the pairs?); pairs farther "
                  "apart may help: vd-pairs --graph stride-8");
    }
    for (const int frame : alignment.report.unposed) {
      log_warning(fmt::format("{}: frame {} has no pose: its points agree with no other frame",
                              clip.folder().string(), frame));
    }
    write_alignment(clip, alignment, files, output);
    session.set_fact("alignment", alignment_facts(alignment.report).dump());
    session.done(0);
  }
  session.finish();
  run.records = unsharded.records;
  AlignedCameras aligned;
  aligned.unit = unit;
  if (run.planned->count(files.trajectory) > 0) return aligned;
  const auto poses = read_trajectory(files.trajectory);
  const auto intrinsics = read_intrinsics(files.intrinsics).for_frames(clip.frame_count());
  for (std::size_t k = 0; k < poses.size(); ++k)
    aligned.cameras.push_back({intrinsics[k], poses[k].world_from_camera});
  return aligned;
}

}  // namespace vd
