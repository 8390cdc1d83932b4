// SPDX-License-Identifier: Apache-2.0
#include "stage/align_cameras.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "clip/stage_session.h"
#include "core/log.h"
#include "core/usage.h"
#include "io/intrinsics.h"
#include "io/npz.h"
#include "io/trajectory.h"
#include "stage/find_cuts.h"
#include "stage/solve_cameras.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

struct CameraFiles {
  fs::path trajectory, intrinsics, points;
  CameraFiles(const Clip& clip, const std::string& name)
      : trajectory(clip.stage_file("traj", name, "txt")),
        intrinsics(clip.stage_file("intrinsics", name, "txt")),
        points(clip.stage_folder("clouds", name) / "points.npz") {}
};

void write_points(const fs::path& path, const SfmResult& sfm, const std::vector<DepthRange>& ranges) {
  std::vector<float> xyz;
  std::vector<float> rms;
  for (const auto& point : sfm.points) {
    for (int c = 0; c < 3; ++c) xyz.push_back(static_cast<float>(point.in_world[c]));
    rms.push_back(static_cast<float>(point.rms_px));
  }
  std::vector<double> range_values;
  for (const auto& range : ranges) range_values.insert(range_values.end(), {range.near, range.far});
  write_npz(path, {{"xyz", make_npy<float>({sfm.points.size(), 3}, xyz)},
                   {"rms_px", make_npy<float>({sfm.points.size()}, rms)},
                   {"depth_range", make_npy<double>({ranges.size(), 2}, range_values)}});
}

std::string status_word(FrameStatus status) {
  switch (status) {
    case FrameStatus::registered:
      return "registered";
    case FrameStatus::given:
      return "given";
    case FrameStatus::turned:
      return "turned";
    case FrameStatus::interpolated:
      return "interpolated";
    case FrameStatus::held:
      return "held";
  }
  return "";
}

/// What the record says about the cameras, beside the common facts.
json camera_facts(const SolvedCameras& solved) {
  const SfmResult& sfm = solved.sfm;
  json status = json::object();
  for (const auto& frame : sfm.status) status[status_word(frame)] = status.value(status_word(frame), 0) + 1;
  json starts = json::array();
  for (const auto& start : sfm.report.starts) {
    starts.push_back({{"frames", {start.first, start.second}},
                      {"focal_px", start.focal_px},
                      {"explained_share", start.explained_share}});
  }
  return {{"frames", status},
          {"windows", solved.windows},
          {"rotation_only", sfm.rotation_only},
          {"points", sfm.points.size()},
          {"median_residual_px", sfm.report.median_residual_px},
          {"explained_share", sfm.report.explained_share},
          {"path_deviation", std::min(1.0, sfm.report.path_deviation)},
          {"starts", starts},
          {"stopped_because", sfm.report.stopped_because},
          {"focal",
           {{"estimated", sfm.focal.estimated},
            {"px", sfm.focal.focal_px},
            {"spread_px", {sfm.focal.low_px, sfm.focal.high_px}},
            {"determined", sfm.focal.determined}}}};
}

/// Which frames share a world: of a clip with cuts each shot has its own, unless poses were known.
json shot_facts(const Clip& clip, const std::string& unit) {
  json shots = json::array();
  for (const FrameRange& shot : shots_of(clip.info())) shots.push_back({shot.first, shot.end});
  return {{"frames", shots}, {"unit", unit}, {"tied", "only by poses that were known"}};
}

void write_cameras(const WorkingFrames& frames, const CameraFiles& files, const SolvedCameras& solved) {
  const SfmResult& sfm = solved.sfm;
  std::vector<TimedPose> poses;
  std::vector<Intrinsics> intrinsics;
  for (std::size_t k = 0; k < sfm.cameras.size(); ++k) {
    poses.push_back({frames.clip().info().times_s[k], sfm.cameras[k].world_from_camera});
    intrinsics.push_back(frames.at_clip_size(sfm.cameras[k].intrinsics));
  }
  write_points(files.points, sfm, solved.ranges);
  write_intrinsics(files.intrinsics, intrinsics);
  write_trajectory(files.trajectory, poses);
}

AlignedCameras read_back(const WorkingFrames& working, const CameraFiles& files, const std::string& unit) {
  const Clip& clip = working.clip();
  AlignedCameras aligned;
  aligned.unit = unit;
  const auto poses = read_trajectory(files.trajectory);
  const auto intrinsics = read_intrinsics(files.intrinsics).for_frames(clip.frame_count());
  const auto ranges = NpzReader(files.points).read("depth_range").as<double>();
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  if (poses.size() != frames || ranges.size() != 2 * frames) {
    throw Error(files.trajectory.string(),
                fmt::format("{} poses for {} frames; --force makes it anew", poses.size(), frames));
  }
  for (std::size_t k = 0; k < frames; ++k) {
    aligned.cameras.push_back({working.at_working_size(intrinsics[k]), poses[k].world_from_camera});
    aligned.ranges.push_back({ranges[2 * k], ranges[2 * k + 1]});
  }
  return aligned;
}

/// What the adjustment keeps for the observations in a frame: 2.4 kB each at its end, when their covariance
/// is asked for. Points stand closer in small frames, as in flow/tracks.h.
double observation_megabytes(const WorkingFrames& working, const TrackOptions& tracks) {
  const double pixels = static_cast<double>(working.size().width) * working.size().height;
  const double side_px = std::max(working.size().width, working.size().height);
  const double spacing_px = std::max(3.0, tracks.spacing_px * std::min(1.0, side_px / 512));
  return 2.4e-3 * std::min(1.0 * tracks.points_per_frame, pixels / (spacing_px * spacing_px));
}

/// Beside frames (those kept, those of the blocks looked at, and what tracking knows of 16 at a time), memory
/// goes to the observations that are adjusted together, those of a window.
ItemCost camera_cost(const WorkingFrames& working, const AlignCamerasOptions& options,
                     const CameraPriors& priors) {
  const double frames = working.clip().frame_count();
  const double pixels = static_cast<double>(working.size().width) * working.size().height;
  const double together = std::min<double>(frames, options.windows.frames);
  const double kept = std::min<double>(frames, static_cast<double>(working.grey_frames_kept()) + 24);
  const Size whole = {working.clip().info().width, working.clip().info().height};
  ItemCost cost;
  cost.spread = frames_work(frames, pixels_of(whole)) +
                track_work(options.tracks, working.clip().frame_count(), working.size()) +
                adjust_work(frames * points_a_frame(options.tracks, working.size()),
                            priors.intrinsics.has_value(), priors.world_from_camera.has_value());
  cost.work = Work(WorkKind::file, 4);
  cost.memory_megabytes = pixels * 25e-6;
  cost.shared_megabytes = 10 + pixels * 1e-6 * (32 * std::min(frames, 16.0) + kept) +
                          together * observation_megabytes(working, options.tracks);
  return cost;
}

/// Windows as long as asked for, or as --memory has room for; shorter ones than these say too little.
WindowOptions windows_within(std::size_t memory_bytes, const ItemCost& cost, const WorkingFrames& working,
                             const AlignCamerasOptions& options) {
  constexpr int least_frames = 24;
  WindowOptions windows = options.windows;
  windows.frames = std::min(windows.frames, working.clip().frame_count());
  const double expected_megabytes =
      1e-6 * static_cast<double>(resident_memory_bytes()) + cost.memory_megabytes + cost.shared_megabytes;
  const double excess_megabytes = expected_megabytes - 0.98e-6 * static_cast<double>(memory_bytes);
  if (memory_bytes == 0 || excess_megabytes <= 0 || windows.frames <= least_frames) return options.windows;
  const double fewer = excess_megabytes / observation_megabytes(working, options.tracks);
  windows.frames = std::max(least_frames, static_cast<int>(std::floor(windows.frames - fewer)));
  return windows;
}

}  // namespace

AlignedCameras align_cameras(const WorkingFrames& working, const AlignCamerasOptions& given,
                             const std::string& name, Run& run) {
  const Clip& clip = working.clip();
  const CameraPriors priors = read_camera_priors(clip, given.priors);
  AlignCamerasOptions options = given;
  options.windows =
      windows_within(run.common.memory_bytes, camera_cost(working, given, priors), working, given);
  const GivenMasks masks(clip, options.masks);
  const CameraFiles files(clip, name);
  Item item{"cameras", {files.trajectory, files.intrinsics, files.points}, priors.files};
  for (int frame = 0; frame < clip.frame_count(); ++frame) {
    item.inputs.push_back(clip.frame_path(frame));
    if (const auto mask = masks.file(frame)) item.inputs.push_back(*mask);
  }
  if (!clip.info().cuts.empty()) item.inputs.push_back(clip.folder() / "clip.json");
  const std::string unit = priors.poses_unit.empty() ? "relative" : priors.poses_unit;
  StageSpec spec{"traj", name, true};
  spec.facts["unit"] = json(unit).dump();
  spec.part = "cameras";
  spec.companions = {"intrinsics/" + name + ".txt", "clouds/" + name};
  spec.item_cost = camera_cost(working, options, priors);
  Run unsharded = run;
  unsharded.common.shard = "1/1";
  StageSession session(clip, unsharded, spec, {item});
  if (!session.pending().empty()) {
    SfmOptions sfm_options = options.sfm;
    sfm_options.seed = static_cast<std::uint64_t>(run.common.seed) + 1;
    const SolvedCameras solved =
        solve_cameras(working, priors, masks, options.tracks, options.windows, sfm_options);
    const SfmResult& sfm = solved.sfm;
    for (const auto& warning : sfm.report.warnings) log_warning(clip.folder().string() + ": " + warning);
    write_cameras(working, files, solved);
    if (!clip.info().cuts.empty()) session.set_fact("shots", shot_facts(clip, unit).dump());
    session.set_fact("cameras", camera_facts(solved).dump());
    session.done(0);
  }
  session.finish();
  run.records = unsharded.records;
  const bool yet_to_be_made = run.planned->count(files.trajectory) > 0;
  return yet_to_be_made ? AlignedCameras{} : read_back(working, files, unit);
}

}  // namespace vd
