// SPDX-License-Identifier: Apache-2.0
#include "stage/align_pointmaps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "clip/stage_session.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "geometry/pose_gaps.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"
#include "pairs/pair_graph.h"
#include "stage/work_counts.h"

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
  if (files.empty() && clip.frame_count() > 1) throw Error(folder.string(), "no point maps here");
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

/// The frames that the pairs connect, and the pairs between them.
struct ConnectedPart {
  std::vector<int> frames;      // ascending
  std::vector<PairFile> pairs;  // with edges between positions in frames
};

ConnectedPart connected_part(int frame_count, const std::vector<PairFile>& pairs) {
  PairGraph graph;
  graph.images = frame_count;
  for (const auto& pair : pairs) graph.edges.push_back(pair.edge);
  ConnectedPart part;
  part.frames = largest_connected(graph);
  const auto position = [&](int frame) {
    return static_cast<int>(std::lower_bound(part.frames.begin(), part.frames.end(), frame) -
                            part.frames.begin());
  };
  const auto is_in = [&](int frame) {
    return std::binary_search(part.frames.begin(), part.frames.end(), frame);
  };
  for (const auto& pair : pairs) {
    const auto [i, j] = pair.edge;
    if (is_in(i) && is_in(j)) part.pairs.push_back({{position(i), position(j)}, pair.path});
  }
  return part;
}

/// Points of vd's own pairs put the principal point in the middle of the pixel grid, or where the user says.
Vec2 principal_point(const Clip& clip, const CameraPriors& priors, int frame) {
  if (!priors.intrinsics) return {0.5 * (clip.info().width - 1), 0.5 * (clip.info().height - 1)};
  const Intrinsics& camera = (*priors.intrinsics)[static_cast<std::size_t>(frame)];
  return {camera.cx, camera.cy};
}

AlignProblem problem_of(const Clip& clip, const ConnectedPart& part, const CameraPriors& priors) {
  AlignProblem problem;
  problem.images.assign(part.frames.size(), {clip.info().width, clip.info().height});
  for (const auto& pair : part.pairs) problem.edges.push_back(pair.edge);
  problem.load = file_loader(part.pairs);
  for (const int frame : part.frames) {
    const auto k = static_cast<std::size_t>(frame);
    problem.principal_points.push_back(principal_point(clip, priors, frame));
    if (priors.intrinsics) problem.known_focals_px.emplace_back((*priors.intrinsics)[k].fx);
    if (priors.world_from_camera) problem.known_poses.emplace_back((*priors.world_from_camera)[k]);
  }
  return problem;
}

/// What the pairs say nothing about is not observed: no depth, no confidence, a pose between its neighbours'
/// or the one that is known, the focal length of the nearest frame.
Alignment with_all_frames(const Clip& clip, const Alignment& found, const std::vector<int>& frames,
                          const CameraPriors& priors) {
  const auto count = static_cast<std::size_t>(clip.frame_count());
  std::vector<std::optional<SE3>> poses(count);
  if (priors.world_from_camera)
    poses.assign(priors.world_from_camera->begin(), priors.world_from_camera->end());
  Alignment all;
  all.report = found.report;
  all.report.posed_by_pnp.clear();
  all.report.unposed.clear();
  for (const int image : found.report.posed_by_pnp)
    all.report.posed_by_pnp.push_back(frames[static_cast<std::size_t>(image)]);
  all.depth.assign(count, DepthMap(clip.info().width, clip.info().height));
  all.confidence.assign(count, ConfidenceMap(clip.info().width, clip.info().height));
  std::vector<bool> is_posed(count, false);
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const auto frame = static_cast<std::size_t>(frames[k]);
    const auto& unposed = found.report.unposed;
    if (std::find(unposed.begin(), unposed.end(), static_cast<int>(k)) != unposed.end()) continue;
    is_posed[frame] = true;
    poses[frame] = found.world_from_camera[k];
    all.depth[frame] = found.depth[k];
    all.confidence[frame] = found.confidence[k];
  }
  all.world_from_camera = fill_pose_gaps(poses);
  std::size_t nearest = 0;
  for (std::size_t frame = 0; frame < count; ++frame) {
    if (!is_posed[frame]) all.report.unposed.push_back(static_cast<int>(frame));
    const auto distance = [&](std::size_t k) { return std::abs(frames[k] - static_cast<int>(frame)); };
    while (nearest + 1 < frames.size() && distance(nearest + 1) < distance(nearest)) ++nearest;
    all.focal_px.push_back(priors.intrinsics ? (*priors.intrinsics)[frame].fx : found.focal_px[nearest]);
    all.principal_point.push_back(principal_point(clip, priors, static_cast<int>(frame)));
  }
  return all;
}

/// A single frame has no pair, and nothing to align: it stands at the origin, and its focal length is a
/// guess.
Alignment nothing_to_align(const Clip& clip) {
  Alignment nothing;
  nothing.world_from_camera.emplace_back();
  nothing.focal_px.push_back(guessed_focal_px(clip));
  nothing.depth.emplace_back(clip.info().width, clip.info().height);
  nothing.confidence.emplace_back(clip.info().width, clip.info().height);
  nothing.report.unposed.push_back(0);
  return nothing;
}

Alignment align_clip(const Clip& clip, const std::vector<PairFile>& pairs, const fs::path& folder,
                     const CameraPriors& priors, const AlignOptions& options) {
  const ConnectedPart part = connected_part(clip.frame_count(), pairs);
  const Alignment found =
      part.pairs.empty() ? nothing_to_align(clip) : align(problem_of(clip, part, priors), options);
  if (!part.pairs.empty() && found.report.unposed.size() + 1 >= found.depth.size()) {
    throw Error(folder.string(),
                "no two frames agree on a point (is there parallax between the pairs?); pairs farther "
                "apart may help: vd-pairs --graph stride-8");
  }
  Alignment all = with_all_frames(clip, found, part.frames, priors);
  for (const int frame : all.report.unposed) {
    const bool has_pair =
        std::binary_search(part.frames.begin(), part.frames.end(), frame) && !part.pairs.empty();
    log_warning(fmt::format("{}: frame {} {}: it gets the pose of its neighbours and no depth",
                            clip.folder().string(), frame,
                            has_pair ? "has points that agree with no other frame"
                                     : "has no pair with the frames that are aligned"));
  }
  return all;
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

/// Observations of 16 bytes are held at a time as far as the options allow, depth and confidence of all
/// frames to the end.
ItemCost alignment_cost(const Clip& clip, std::size_t pair_count, const AlignOptions& options,
                        const DenseOptions& output) {
  const double pixels = pixels_of({clip.info().width, clip.info().height});
  const double frames = clip.frame_count();
  const auto pairs = static_cast<double>(pair_count);
  const double all_bytes = 32 * pixels * pairs;
  const double held_bytes =
      options.memory_bytes == 0 ? all_bytes : std::min(all_bytes, static_cast<double>(options.memory_bytes));
  ItemCost cost;
  cost.spread = 3 * read_maps_work(intermediate_options(), pairs, 8 * pairs * pixels) +
                Work(WorkKind::align_points, 2 * pairs * pixels) +
                write_maps_work(output, 2 * frames, 2 * frames * pixels);
  cost.memory_megabytes = pixels * 80e-6;
  cost.shared_megabytes = 1e-6 * held_bytes + frames * pixels * 24e-6;
  return cost;
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
  spec.item_cost = alignment_cost(clip, pairs.size(), options.align, output);
  Run unsharded = run;
  unsharded.common.shard = "1/1";
  StageSession session(clip, unsharded, spec, {item});
  if (!session.pending().empty()) {
    const Alignment alignment = align_clip(clip, pairs, folder, priors, options.align);
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
