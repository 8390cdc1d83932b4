// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flow/dense_flow.h"
#include "image/convert.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"

namespace vd::bench {

/// A clip with its truth, one of each a frame; what a clip lacks stays empty.
struct ClipFrames {
  std::string name;
  std::vector<RgbImage> rgb;
  std::vector<GreyImage> grey;
  std::vector<Camera> cameras;
  std::vector<MaskMap> masks;
  std::vector<DepthMap> depths;  // in the unit of the poses
};

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// A clip as the folders of real and rendered test clips hold it, in grey.
///
/// depth_scale  integers of the depth PNG per unit
inline ClipFrames read_clip_files(const std::filesystem::path& folder, double depth_scale,
                                  int most_frames = 1000) {
  ClipFrames clip;
  clip.name = folder.filename().string();
  const auto limited = [&](const char* part) {
    auto paths = files_in(folder / part);
    if (static_cast<int>(paths.size()) > most_frames) paths.resize(static_cast<std::size_t>(most_frames));
    return paths;
  };
  for (const auto& path : limited("rgb")) clip.grey.push_back(read_grey(path));
  for (const auto& path : limited("mask")) clip.masks.push_back(read_grey(path));
  for (const auto& path : limited("depth")) {
    const auto values = read_png16(path);
    DepthMap depth(values.width(), values.height());
    for (std::size_t i = 0; i < depth.pixels(); ++i)
      depth.values()[i] = static_cast<float>(values.values()[i] / depth_scale);
    clip.depths.push_back(std::move(depth));
  }
  if (!std::filesystem::exists(folder / "intrinsics.txt") ||
      !std::filesystem::exists(folder / "groundtruth.txt"))
    return clip;
  const auto intrinsics = read_intrinsics(folder / "intrinsics.txt");
  const auto poses = read_trajectory(folder / "groundtruth.txt");
  for (std::size_t f = 0; f < clip.grey.size(); ++f)
    clip.cameras.push_back({intrinsics.at(static_cast<int>(f)), poses.at(f).world_from_camera});
  return clip;
}

}  // namespace vd::bench
