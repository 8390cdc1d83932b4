// SPDX-License-Identifier: Apache-2.0
#include "stage/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/atomic_file.h"
#include "core/error.h"
#include "io/dense.h"
#include "io/trajectory.h"
#include "metrics/trajectory.h"
#include "stage/align_masks.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The stage that was asked for, else the one of that name, else the only one, else none.
std::string optional_stage(const Clip& clip, const std::string& kind, const std::string& requested,
                           const std::string& like, const std::string& made_by,
                           const std::string& extension = "") {
  const auto names = clip.stage_names(kind, extension);
  if (requested.empty() && names.empty()) return "";
  if (requested.empty() && !like.empty() && contains(names, like)) return like;
  return clip.choose_stage(kind, requested, made_by, extension);
}

/// What the record of a stage says about its unit.
std::string unit_of(const fs::path& folder) {
  const fs::path record = folder / "stage.json";
  if (!fs::exists(record)) return "relative";
  const auto object = nlohmann::json::parse(read_text(record), nullptr, false);
  if (!object.is_object() || !object.contains("unit") || !object["unit"].is_string()) return "relative";
  return object["unit"];
}

template <typename T>
bool has_frame_size(const T& map, const Clip& clip) {
  return map.width() == clip.info().width && map.height() == clip.info().height;
}

template <typename T>
T checked(T map, const fs::path& file, const Clip& clip) {
  if (has_frame_size(map, clip)) return map;
  throw Error(file.string(), fmt::format("is {}x{}, the frames are {}x{}", map.width(), map.height(),
                                         clip.info().width, clip.info().height));
}

template <typename T>
T nearest_at_frame_size(T map, const Clip& clip) {
  if (has_frame_size(map, clip)) return map;
  return resize(map, clip.info().width, clip.info().height, Resampling::nearest);
}

/// Bilinear, as evaluations bring predictions to the size of the truth; what is unknown stays so, and does
/// not mix into its neighbours.
Map<float> smoothly_at_frame_size(const Map<float>& map, const Clip& clip) {
  if (has_frame_size(map, clip)) return map;
  const int width = clip.info().width;
  const int height = clip.info().height;
  Map<float> known(map.width(), map.height());
  for (std::size_t k = 0; k < map.pixels(); ++k) known.values()[k] = map.values()[k] != 0 ? 1.0F : 0.0F;
  Map<float> values = resize(map, width, height, Resampling::bilinear);
  const Map<float> weights = resize(known, width, height, Resampling::bilinear);
  const Map<float> is_known = resize(known, width, height, Resampling::nearest);
  for (std::size_t k = 0; k < values.pixels(); ++k)
    values.values()[k] = is_known.values()[k] > 0 ? values.values()[k] / weights.values()[k] : 0.0F;
  return values;
}

DepthMap reciprocal(const Map<float>& inverse) {
  DepthMap depth(inverse.width(), inverse.height());
  for (std::size_t k = 0; k < depth.pixels(); ++k) {
    const float value = inverse.values()[k];
    if (value > 0) depth.values()[k] = 1 / value;
  }
  return depth;
}

}  // namespace

void describe(ResultChoice& choice, OptionTable& table) {
  table.topic("Inputs");
  table.add("--depth", choice.depth, "depth to look at, by its name under depth/ (gt = the ground truth)");
  table.add("--inverse", choice.inverse, "relative inverse depth instead, by its name under inverse/");
  table.add("--conf", choice.confidence, "its confidence; the one of the same name when there is one");
  table.add("--masks", choice.masks, "masks of moving objects, by their name under masks/");
  table.add("--traj", choice.trajectory, "camera path; the one with the name of the depth when there is one");
}

Results::Results(const Clip& clip, const ResultChoice& choice) : clip_(clip) {
  is_inverse_ = !choice.inverse.empty() || (choice.depth.empty() && clip.stage_names("depth").empty());
  if (choice.depth == "gt") {
    depth_ = "gt";
    unit_ = clip.info().gt_unit.empty() ? "relative" : clip.info().gt_unit;
  } else {
    depth_ = is_inverse_ ? optional_stage(clip, "inverse", choice.inverse, "", "vd-mono")
                         : optional_stage(clip, "depth", choice.depth, "", "vd-align");
    if (!depth_.empty()) unit_ = is_inverse_ ? "affine" : unit_of(depth_folder());
  }
  const auto confidences = clip.stage_names("conf");
  if (!choice.confidence.empty() || contains(confidences, depth_)) {
    confidence_ = optional_stage(clip, "conf", choice.confidence, depth_, "vd-align");
  }
  masks_ = choice.masks == "gt" ? "gt"
                                : optional_stage(clip, "masks", choice.masks, mask_stage(depth_), "vd-align");
  trajectory_ = optional_stage(clip, "traj", choice.trajectory, depth_, "vd-align", "txt");
}

fs::path Results::depth_folder() const {
  return depth_ == "gt" ? clip_.folder() / "gt" / "depth"
                        : clip_.stage_folder(is_inverse_ ? "inverse" : "depth", depth_);
}

bool Results::has_true_depth() const { return fs::is_directory(clip_.folder() / "gt" / "depth"); }
bool Results::has_true_masks() const { return fs::is_directory(clip_.folder() / "gt" / "masks"); }

DepthMap Results::read_depth(int frame, bool stored) const {
  if (depth_.empty()) return {};
  const auto file = find_item(depth_folder(), frame_stem(frame));
  if (!file) return {};
  if (!is_inverse_) return smoothly_at_frame_size(vd::read_depth(*file), clip_);
  const Map<float> inverse = smoothly_at_frame_size(read_inverse(*file), clip_);
  return stored ? inverse : reciprocal(inverse);
}

Size Results::stored_depth_size(int frame) const {
  const auto file = depth_.empty() ? std::nullopt : find_item(depth_folder(), frame_stem(frame));
  if (!file) return {clip_.info().width, clip_.info().height};
  const Map<float> map = is_inverse_ ? read_inverse(*file) : vd::read_depth(*file);
  return {map.width(), map.height()};
}

ConfidenceMap Results::read_confidence(int frame) const {
  if (confidence_.empty()) return {};
  const auto file = find_item(clip_.stage_folder("conf", confidence_), frame_stem(frame));
  return file ? nearest_at_frame_size(vd::read_confidence(*file), clip_) : ConfidenceMap();
}

MaskMap Results::read_mask(int frame) const {
  if (masks_.empty()) return {};
  if (masks_ == "gt") return read_true_mask(frame);
  const auto file = find_item(clip_.stage_folder("masks", masks_), frame_stem(frame));
  return file ? nearest_at_frame_size(vd::read_mask(*file), clip_) : MaskMap();
}

DepthMap Results::read_true_depth(int frame) const {
  const auto file = find_item(clip_.folder() / "gt" / "depth", frame_stem(frame));
  return file ? checked(vd::read_depth(*file), *file, clip_) : DepthMap();
}

MaskMap Results::read_true_mask(int frame) const {
  const auto file = find_item(clip_.folder() / "gt" / "masks", frame_stem(frame));
  return file ? checked(vd::read_mask(*file), *file, clip_) : MaskMap();
}

std::vector<fs::path> Results::files(int frame) const {
  std::vector<fs::path> folders;
  if (!depth_.empty()) folders.push_back(depth_folder());
  if (!confidence_.empty()) folders.push_back(clip_.stage_folder("conf", confidence_));
  if (!masks_.empty() && masks_ != "gt") folders.push_back(clip_.stage_folder("masks", masks_));
  folders.push_back(clip_.folder() / "gt" / "depth");
  folders.push_back(clip_.folder() / "gt" / "masks");
  std::vector<fs::path> files;
  for (const fs::path& folder : folders) {
    const auto file = find_item(folder, frame_stem(frame));
    if (file && std::find(files.begin(), files.end(), *file) == files.end()) files.push_back(*file);
  }
  return files;
}

fs::path Results::trajectory_file() const {
  return trajectory_.empty() ? fs::path() : clip_.stage_file("traj", trajectory_, "txt");
}

fs::path Results::true_trajectory_file() const {
  const fs::path file = clip_.folder() / "gt" / "traj.txt";
  return fs::exists(file) ? file : fs::path();
}

std::vector<fs::path> Results::path_files() const {
  std::vector<fs::path> files;
  for (const fs::path& file : {trajectory_file(), true_trajectory_file()}) {
    if (!file.empty()) files.push_back(file);
  }
  return files;
}

namespace {

/// Pose of every frame of the clip, where the file has one.
std::vector<std::optional<SE3>> poses_by_frame(const Clip& clip, const fs::path& file) {
  const auto lines = read_trajectory(file);
  const auto& times_s = clip.info().times_s;
  std::vector<std::optional<SE3>> poses(times_s.size());
  if (lines.size() == times_s.size()) {
    for (std::size_t k = 0; k < lines.size(); ++k) poses[k] = lines[k].world_from_camera;
    return poses;
  }
  std::vector<double> stamps_s;
  for (const TimedPose& line : lines) stamps_s.push_back(line.time_s);
  const double step_s =
      times_s.size() > 1 ? (times_s.back() - times_s.front()) / (times_s.size() - 1.0) : 0.02;
  for (const auto& [frame, line] : associate_nearest(times_s, stamps_s, step_s / 2)) {
    poses[frame] = lines[line].world_from_camera;
  }
  return poses;
}

}  // namespace

PosePairs read_pose_pairs(const Clip& clip, const fs::path& estimate, const fs::path& truth,
                          const std::vector<int>& frames) {
  const auto estimated = poses_by_frame(clip, estimate);
  const auto known = poses_by_frame(clip, truth);
  PosePairs pairs;
  for (const int frame : frames) {
    if (!estimated[frame] || !known[frame]) continue;
    pairs.frames.push_back(frame);
    pairs.estimate.push_back(*estimated[frame]);
    pairs.truth.push_back(*known[frame]);
  }
  return pairs;
}

std::vector<SE3> read_poses(const Clip& clip, const fs::path& file, const std::vector<int>& frames) {
  const auto by_frame = poses_by_frame(clip, file);
  std::vector<SE3> poses;
  for (const int frame : frames) {
    if (by_frame[frame]) poses.push_back(*by_frame[frame]);
  }
  return poses;
}

}  // namespace vd
