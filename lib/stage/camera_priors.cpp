// SPDX-License-Identifier: Apache-2.0
#include "stage/camera_priors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "clip/import.h"
#include "core/error.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// The file that an option's text stands for; nothing means "estimate".
std::optional<fs::path> file_of(const Clip& clip, const std::string& option, const std::string& text,
                                const std::string& file_name) {
  if (text == "estimate") return {};
  if (text == "auto") {
    const fs::path known = clip.folder() / "known" / file_name;
    return fs::exists(known) ? std::optional<fs::path>(known) : std::nullopt;
  }
  const fs::path file = text == "gt" ? clip.folder() / "gt" / file_name : fs::path(text);
  if (!fs::exists(file)) {
    throw MisuseError(option, fmt::format("'{}' is neither auto, estimate, gt nor a file", file.string()));
  }
  return file;
}

std::vector<Intrinsics> read_clip_intrinsics(const fs::path& file, const Clip& clip) {
  std::vector<Intrinsics> cameras = read_intrinsics(file).for_frames(clip.frame_count());
  for (auto& camera : cameras) {
    const double shape = static_cast<double>(camera.width) * clip.info().height /
                         (static_cast<double>(camera.height) * clip.info().width);
    if (std::abs(shape - 1) > 0.02) {
      throw Error(file.string(), fmt::format("stated for {}x{}, the frames are {}x{}", camera.width,
                                             camera.height, clip.info().width, clip.info().height));
    }
    camera = camera.resized(clip.info().width, clip.info().height);
  }
  return cameras;
}

/// Poses by time stamp where the stamps fit, else by order when there is one a frame.
std::vector<SE3> read_clip_poses(const fs::path& file, const Clip& clip) {
  const auto poses = read_trajectory(file);
  const auto& times = clip.info().times_s;
  if (poses.size() != times.size()) {
    throw Error(file.string(), fmt::format("{} poses for {} frames", poses.size(), times.size()));
  }
  std::vector<SE3> world_from_camera;
  for (const auto& pose : poses) world_from_camera.push_back(pose.world_from_camera);
  return world_from_camera;
}

}  // namespace

void describe(CameraPriorOptions& o, OptionTable& t) {
  t.topic("What is known");
  t.add("--intrinsics", o.intrinsics,
        "auto (known/ of the clip, else estimated) | estimate | gt | FILE | fx,fy,cx,cy [px]");
  t.add("--poses", o.poses, "auto | estimate | gt | FILE (TUM, camera to world), held fixed when given");
}

CameraPriors read_camera_priors(const Clip& clip, const CameraPriorOptions& options) {
  CameraPriors priors;
  const bool as_numbers = std::count(options.intrinsics.begin(), options.intrinsics.end(), ',') == 3 &&
                          !fs::exists(options.intrinsics);
  if (as_numbers) {
    const Intrinsics camera = parse_intrinsics(options.intrinsics, clip.info().width, clip.info().height);
    priors.intrinsics = std::vector<Intrinsics>(static_cast<std::size_t>(clip.frame_count()), camera);
  } else if (const auto file = file_of(clip, "--intrinsics", options.intrinsics, "intrinsics.txt")) {
    priors.intrinsics = read_clip_intrinsics(*file, clip);
    priors.files.push_back(*file);
  }
  if (const auto file = file_of(clip, "--poses", options.poses, "traj.txt")) {
    priors.world_from_camera = read_clip_poses(*file, clip);
    priors.files.push_back(*file);
    const bool is_truth = options.poses == "gt";
    priors.poses_unit = is_truth                  ? clip.info().gt_unit
                        : options.poses == "auto" ? clip.info().known_unit
                                                  : "relative";
  }
  if (priors.world_from_camera && !priors.intrinsics) {
    throw MisuseError("--poses", "known poses need known intrinsics too (--intrinsics)");
  }
  return priors;
}

}  // namespace vd
