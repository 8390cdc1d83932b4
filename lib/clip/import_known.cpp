// SPDX-License-Identifier: Apache-2.0
#include "clip/import_known.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "core/error.h"
#include "core/parallel.h"
#include "image/resize.h"
#include "io/dense.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Masks by frame: one for all, or those of a folder.
class MaskFiles {
 public:
  explicit MaskFiles(const fs::path& path) : path_(path) {
    if (!fs::exists(path)) throw Error(path.string(), "no such file or folder");
    if (!fs::is_directory(path)) return;
    in_order_ = list_images(path);
    for (const fs::path& file : in_order_) by_name_[image_key(file.filename().string())] = file;
  }

  /// By the name of the frame's image; frames of a video go by their number.
  [[nodiscard]] const fs::path& of(const FrameKey& frame) const {
    if (in_order_.empty()) return path_;
    const auto named = by_name_.find(image_key(frame.name));
    if (!frame.name.empty() && named != by_name_.end()) return named->second;
    const auto index = static_cast<std::size_t>(frame.index);
    if (frame.name.empty() && index < in_order_.size()) return in_order_[index];
    throw Error(path_.string(),
                frame.name.empty()
                    ? fmt::format("{} masks, none for frame {}", in_order_.size(), frame.index)
                    : fmt::format("no mask of the name of '{}' (frame {})", frame.name, frame.index));
  }

 private:
  fs::path path_;
  std::vector<fs::path> in_order_;
  std::map<std::string, fs::path> by_name_;
};

}  // namespace

KnownThings::KnownThings(const ImportOptions& options)
    : options_(options),
      intrinsics_(parse_known("--intrinsics", options.intrinsics, 1)),
      poses_(parse_known("--poses", options.poses, 2)),
      masks_(parse_known("--masks", options.masks, 1)) {
  if (!intrinsics_.text.empty() && fs::exists(intrinsics_.text)) {
    camera_file_ = read_camera_file(intrinsics_.text);
  } else if (!intrinsics_.text.empty()) {
    (void)parse_intrinsics(intrinsics_.text, 1, 1);
  }
  if (!poses_.text.empty() && !fs::exists(poses_.text)) throw Error(poses_.text, "no such file");
}

std::vector<fs::path> KnownThings::files(const ImportOptions& options) {
  std::vector<fs::path> files = {parse_known("--intrinsics", options.intrinsics, 1).text,
                                 parse_known("--poses", options.poses, 2).text};
  for (const fs::path& folder : std::vector<fs::path>(files)) {
    if (folder.empty() || !fs::is_directory(folder)) continue;
    for (const char* name : {"cameras.bin", "cameras.txt", "images.bin", "images.txt", "transforms.json"}) {
      files.push_back(folder / name);
    }
  }
  files.emplace_back(parse_known("--masks", options.masks, 1).text);
  if (!files.back().empty() && fs::is_directory(files.back())) {
    const auto masks = list_images(fs::path(files.back()));
    files.insert(files.end(), masks.begin(), masks.end());
  }
  return files;
}

std::optional<LensCamera> KnownThings::camera(const FrameKey& frame, int width, int height) const {
  if (intrinsics_.text.empty()) return {};
  if (!camera_file_) return LensCamera{parse_intrinsics(intrinsics_.text, width, height), {}};
  LensCamera camera = camera_file_->of(frame);
  Intrinsics& k = camera.intrinsics;
  if (k.width == 0) k.width = width, k.height = height;
  if (k.width != width || k.height != height) {
    throw Error(intrinsics_.text,
                fmt::format("stated at {}x{}, the frames are {}x{}", k.width, k.height, width, height));
  }
  return camera;
}

void KnownThings::write(const ImportedFrames& frames, const fs::path& folder, ClipInfo& info) const {
  if (!intrinsics_.text.empty()) {
    std::vector<Intrinsics> cameras;
    for (const auto& camera : frames.pinholes)
      cameras.push_back(camera->resized(frames.width, frames.height));
    write_intrinsics(folder / "known" / "intrinsics.txt", cameras);
    info.known_as["intrinsics"] = intrinsics_.as;
  }
  if (!poses_.text.empty()) {
    const PoseFile file = read_pose_file(poses_.text);
    if (poses_.as.mode == KnownMode::fixed) (void)match_poses(file, frames.keys);  // none may be missing
    const auto world_from_camera = match_known_poses(file, frames.keys);
    std::vector<TimedPose> poses;
    for (std::size_t k = 0; k < world_from_camera.size(); ++k) {
      if (world_from_camera[k]) poses.push_back({info.times_s[k], *world_from_camera[k]});
    }
    write_trajectory(folder / "known" / "traj.txt", poses);
    info.known_unit = options_.poses_unit;
    info.known_as["poses"] = poses_.as;
  }
  if (masks_.text.empty()) return;
  write_masks(frames, folder);
  info.known_as["masks"] = masks_.as;
}

void KnownThings::write_masks(const ImportedFrames& frames, const fs::path& folder) const {
  const MaskFiles files(masks_.text);
  parallel_for(frames.keys.size(), [&](std::size_t k) {
    const fs::path& file = files.of(frames.keys[k]);
    MaskMap mask = read_mask(file);
    if (mask.width() != frames.source_width || mask.height() != frames.source_height) {
      throw Error(file.string(), fmt::format("is {}x{}, the frames are {}x{}", mask.width(), mask.height(),
                                             frames.source_width, frames.source_height));
    }
    if (options_.mask_invert) {
      for (auto& value : mask.values()) value = value == 0 ? 255 : 0;
    }
    if (frames.undistortions[k]) mask = frames.undistortions[k]->nearest(mask);
    write_mask(folder / "known" / "masks" / (frame_stem(static_cast<int>(k)) + ".png"),
               resize(mask, frames.width, frames.height, Resampling::nearest));
  });
}

}  // namespace vd
