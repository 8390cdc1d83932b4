// SPDX-License-Identifier: Apache-2.0
#include "stage/camera_priors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "clip/import.h"
#include "core/error.h"
#include "io/camera_file.h"

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

std::vector<FrameKey> frame_keys(const Clip& clip) {
  std::vector<FrameKey> keys;
  const auto& names = clip.info().names;
  for (int frame = 0; frame < clip.frame_count(); ++frame) {
    const auto k = static_cast<std::size_t>(frame);
    keys.push_back({frame, clip.info().times_s[k], k < names.size() ? names[k] : std::string()});
  }
  return keys;
}

std::vector<Intrinsics> read_clip_intrinsics(const fs::path& path, const Clip& clip) {
  const CameraFile file = read_camera_file(path);
  const ClipInfo& info = clip.info();
  std::vector<Intrinsics> cameras;
  for (const FrameKey& frame : frame_keys(clip)) {
    const LensCamera& lens = file.of(frame);
    if (lens.lens.bends()) {
      throw Error(path.string(), "a lens with distortion: vd-clip import --intrinsics undoes it");
    }
    Intrinsics camera = lens.intrinsics;
    if (camera.width == 0) camera.width = info.width, camera.height = info.height;
    const double shape =
        static_cast<double>(camera.width) * info.height / (static_cast<double>(camera.height) * info.width);
    if (std::abs(shape - 1) > 0.02) {
      throw Error(path.string(), fmt::format("stated for {}x{}, the frames are {}x{}", camera.width,
                                             camera.height, info.width, info.height));
    }
    cameras.push_back(camera.resized(info.width, info.height));
  }
  return cameras;
}

std::vector<Intrinsics> parse_clip_intrinsics(const std::string& text, const Clip& clip) {
  const Intrinsics camera = parse_intrinsics(text, clip.info().width, clip.info().height);
  return std::vector<Intrinsics>(static_cast<std::size_t>(clip.frame_count()), camera);
}

void read_intrinsics_prior(const Clip& clip, const std::string& option, CameraPriors& priors) {
  const Known known = parse_known("--intrinsics", option, 1);
  const bool as_numbers =
      std::count(known.text.begin(), known.text.end(), ',') == 3 && !fs::exists(known.text);
  std::optional<std::vector<Intrinsics>> cameras;
  if (as_numbers) {
    cameras = parse_clip_intrinsics(known.text, clip);
  } else if (const auto file = file_of(clip, "--intrinsics", known.text, "intrinsics.txt")) {
    cameras = read_clip_intrinsics(*file, clip);
    if (fs::is_regular_file(*file)) priors.files.push_back(*file);
  }
  priors.intrinsics_as = known_as(known, clip.info(), "intrinsics");
  const auto& stated = clip.info().focal_prior;
  if (!cameras && known.text == "auto" && stated) {
    const Intrinsics camera = centred_intrinsics(stated->focal_px, clip.info().width, clip.info().height);
    cameras = std::vector<Intrinsics>(static_cast<std::size_t>(clip.frame_count()), camera);
    priors.intrinsics_as = {KnownMode::prior, {stated->relative_sigma}};
  }
  (priors.intrinsics_as.mode == KnownMode::fixed ? priors.intrinsics : priors.guessed_intrinsics) =
      std::move(cameras);
}

/// A first guess has no sigmas; a prior has one of places, and may have one of rotations in degrees.
std::vector<std::optional<PosePrior>> pose_priors(const std::vector<std::optional<SE3>>& poses,
                                                  const KnownAs& as) {
  constexpr double degree = 0.017453292519943295;
  std::vector<std::optional<PosePrior>> priors;
  for (const auto& pose : poses) {
    auto& prior = priors.emplace_back();
    if (!pose) continue;
    prior.emplace();
    prior->world_from_camera = *pose;
    if (as.mode != KnownMode::prior) continue;
    if (!as.sigmas.empty()) prior->centre_sigma = as.sigmas[0];
    if (as.sigmas.size() > 1) prior->rotation_sigma_rad = as.sigmas[1] * degree;
  }
  return priors;
}

void read_poses_prior(const Clip& clip, const std::string& option, CameraPriors& priors) {
  const Known known = parse_known("--poses", option, 2);
  const auto file = file_of(clip, "--poses", known.text, "traj.txt");
  if (!file) return;
  if (fs::is_regular_file(*file)) priors.files.push_back(*file);
  priors.poses_as = known_as(known, clip.info(), "poses");
  priors.poses_unit = known.text == "gt"     ? clip.info().gt_unit
                      : known.text == "auto" ? clip.info().known_unit
                                             : "relative";
  const PoseFile poses = read_pose_file(*file);
  if (priors.poses_as.mode == KnownMode::fixed) {
    priors.world_from_camera = match_poses(poses, frame_keys(clip));
  } else {
    priors.poses = pose_priors(match_known_poses(poses, frame_keys(clip)), priors.poses_as);
  }
}

}  // namespace

void describe(CameraPriorOptions& o, OptionTable& t) {
  t.topic("What is known");
  t.add("--intrinsics", o.intrinsics, "auto | estimate | gt | FILE | fx,fy,cx,cy; see vd(7)");
  t.add("--poses", o.poses, "auto | estimate | gt | FILE; see vd(7)");
}

CameraPriors read_camera_priors(const Clip& clip, const CameraPriorOptions& options) {
  CameraPriors priors;
  read_intrinsics_prior(clip, options.intrinsics, priors);
  read_poses_prior(clip, options.poses, priors);
  if (priors.world_from_camera && !priors.intrinsics) {
    throw MisuseError("--poses",
                      "poses that are held need known intrinsics that are held too (--intrinsics)");
  }
  return priors;
}

}  // namespace vd
