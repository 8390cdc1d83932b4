// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "io/bytes.h"
#include "io/camera_file.h"
#include "io/colmap.h"
#include "io/nerfstudio.h"
#include "io/pose_matrix.h"
#include "io/text_table.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

PoseFile named_poses(std::vector<std::pair<std::string, SE3>> poses, const std::string& where) {
  PoseFile file;
  file.where = where;
  file.key = PoseKey::name;
  for (auto& [name, pose] : poses) {
    file.names.push_back(image_key(name));
    file.world_from_camera.emplace_back(pose);
  }
  std::vector<std::string> sorted = file.names;
  std::sort(sorted.begin(), sorted.end());
  const auto twin = std::adjacent_find(sorted.begin(), sorted.end());
  if (twin != sorted.end()) throw Error(where, "two poses of an image of the same name");
  return file;
}

PoseFile colmap_poses(std::string_view bytes, const std::string& where) {
  std::vector<std::pair<std::string, SE3>> poses;
  for (const ColmapImage& image : decode_colmap_images(bytes, where)) {
    poses.emplace_back(image.name, image.world_from_camera);
  }
  return named_poses(std::move(poses), where);
}

PoseFile nerfstudio_poses(std::string_view text, const std::string& where) {
  std::vector<std::pair<std::string, SE3>> poses;
  for (const NerfstudioFrame& frame : decode_nerfstudio(text, where).frames) {
    if (frame.world_from_camera) poses.emplace_back(frame.name, *frame.world_from_camera);
  }
  if (poses.empty()) throw Error(where, "no poses in it (transform_matrix)");
  return named_poses(std::move(poses), where);
}

PoseFile timed_poses(std::string_view text, const std::string& where) {
  PoseFile file;
  file.where = where;
  file.key = PoseKey::time;
  for (const TimedPose& pose : decode_trajectory(text, where)) {
    if (!file.times_s.empty() && pose.time_s <= file.times_s.back()) {
      throw Error(where, fmt::format("time stamps do not increase after {} s", file.times_s.back()));
    }
    file.times_s.push_back(pose.time_s);
    file.world_from_camera.emplace_back(pose.world_from_camera);
  }
  return file;
}

fs::path file_in(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  for (const char* name : {"images.bin", "images.txt", "transforms.json"}) {
    if (fs::exists(path / name)) return path / name;
  }
  throw Error(path.string(), "a folder without images.bin, images.txt or transforms.json");
}

/// Half the median step between frames: what is farther away is nearer to another frame.
double half_step_s(Span<const FrameKey> frames) {
  std::vector<double> steps_s;
  for (std::size_t k = 1; k < frames.size(); ++k) steps_s.push_back(frames[k].time_s - frames[k - 1].time_s);
  if (steps_s.empty()) return 0.02;
  const auto middle = steps_s.begin() + static_cast<std::ptrdiff_t>(steps_s.size() / 2);
  std::nth_element(steps_s.begin(), middle, steps_s.end());
  return 0.5 * *middle;
}

std::optional<std::size_t> entry_of(const PoseFile& file, const FrameKey& frame, double reach_s) {
  if (file.key == PoseKey::order) {
    const auto index = static_cast<std::size_t>(frame.index);
    return index < file.world_from_camera.size() ? std::optional<std::size_t>(index) : std::nullopt;
  }
  if (file.key == PoseKey::name) {
    const auto found = std::find(file.names.begin(), file.names.end(), image_key(frame.name));
    if (frame.name.empty() || found == file.names.end()) return {};
    return static_cast<std::size_t>(found - file.names.begin());
  }
  auto after = std::lower_bound(file.times_s.begin(), file.times_s.end(), frame.time_s);
  if (after != file.times_s.begin() &&
      (after == file.times_s.end() || frame.time_s - *(after - 1) <= *after - frame.time_s)) {
    --after;
  }
  if (after == file.times_s.end() || std::abs(*after - frame.time_s) > reach_s) return {};
  return static_cast<std::size_t>(after - file.times_s.begin());
}

std::string shown(const PoseFile& file, const FrameKey& frame) {
  if (file.key == PoseKey::time) return fmt::format("frame {} at {} s", frame.index, frame.time_s);
  if (file.key == PoseKey::name && !frame.name.empty())
    return fmt::format("frame {} '{}'", frame.index, frame.name);
  return fmt::format("frame {}", frame.index);
}

}  // namespace

PoseFile decode_pose_file(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  if (is_colmap_binary(bytes)) return colmap_poses(bytes, where);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string_view::npos && bytes[first] == '{') return nerfstudio_poses(bytes, where);
  const auto rows = text_rows(bytes, where);
  if (rows.empty()) throw Error(where, "no poses in it");
  const std::size_t fields = rows.front().fields.size();
  if (fields == 8) return timed_poses(bytes, where);
  if (fields == 12) {
    PoseFile file;
    file.where = where;
    file.key = PoseKey::order;
    file.world_from_camera = decode_kitti_poses(bytes, where);
    return file;
  }
  if (fields >= 10) return colmap_poses(bytes, where);
  throw Error(rows.front().where,
              fmt::format("{} fields: neither TUM (8), KITTI (12) nor images.txt of COLMAP (10)", fields));
}

PoseFile read_pose_file(const fs::path& path) {
  const fs::path file = file_in(path);
  constexpr std::size_t largest_file = std::size_t{4} << 30;
  const std::string bytes = read_file(file, largest_file);
  // A name of two words gives a line of COLMAP as many fields as one of KITTI has.
  if (file.filename() == "images.txt" || file.filename() == "images.bin")
    return colmap_poses(bytes, file.string());
  return decode_pose_file(bytes, file.string());
}

namespace {

/// Of frames without a pose: how many, and which is the first.
[[noreturn]] void refuse_gaps(const PoseFile& file, Span<const FrameKey> frames, std::size_t missing,
                              const FrameKey& first_missing) {
  if (file.key == PoseKey::name && frames[0].name.empty()) {
    throw Error(file.where, "its poses go by names of images, but the frames are those of a video");
  }
  const char* key = file.key == PoseKey::time ? "time" : file.key == PoseKey::name ? "name" : "order";
  throw Error(file.where, fmt::format("no pose for {} of {} frames (matched by {}), first for {}", missing,
                                      frames.size(), key, shown(file, first_missing)));
}

std::vector<std::optional<SE3>> poses_of(const PoseFile& file, Span<const FrameKey> frames) {
  const double reach_s = half_step_s(frames);
  std::vector<std::optional<SE3>> poses;
  for (const FrameKey& frame : frames) {
    const auto entry = entry_of(file, frame, reach_s);
    poses.push_back(entry ? file.world_from_camera[*entry] : std::nullopt);
  }
  return poses;
}

}  // namespace

std::vector<SE3> match_poses(const PoseFile& file, Span<const FrameKey> frames) {
  std::vector<SE3> poses;
  std::size_t missing = 0;
  std::size_t first_missing = 0;
  for (const auto& pose : poses_of(file, frames)) {
    if (!pose && missing++ == 0) first_missing = poses.size();
    poses.push_back(pose.value_or(SE3()));
  }
  if (missing > 0) refuse_gaps(file, frames, missing, frames[first_missing]);
  return poses;
}

std::vector<std::optional<SE3>> match_known_poses(const PoseFile& file, Span<const FrameKey> frames) {
  auto poses = poses_of(file, frames);
  const bool none =
      std::none_of(poses.begin(), poses.end(), [](const auto& pose) { return pose.has_value(); });
  if (none && !frames.empty()) refuse_gaps(file, frames, frames.size(), frames[0]);
  return poses;
}

}  // namespace vd
