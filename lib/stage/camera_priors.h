// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "clip/known.h"
#include "core/options.h"
#include "geometry/camera.h"
#include "sfm/pose_prior.h"

namespace vd {

/// What a user says about the cameras. Each text is "auto" (what the clip's known/ holds, else estimated),
/// "estimate", "gt" (the clip's ground truth), or a file of any format that io/camera_file.h reads;
/// intrinsics also fx,fy,cx,cy. Each may say how it is taken (clip/known.h).
struct CameraPriorOptions {
  std::string intrinsics = "auto";
  std::string poses = "auto";
};

/// The focal length of a camera of which nothing is known and nothing can be found out.
[[nodiscard]] inline double guessed_focal_px(const Clip& clip) {
  return 0.85 * std::max(clip.info().width, clip.info().height);
}

void describe(CameraPriorOptions& options, OptionTable& table);

/// Known cameras at the size of the clip's frames; nothing where they are to be estimated.
struct CameraPriors {
  std::optional<std::vector<Intrinsics>> intrinsics;  // to be held
  std::optional<std::vector<SE3>> world_from_camera;  // to be held
  /// Known less well: as a prior with a sigma, or as a first guess; the camera's own metadata are a prior.
  std::optional<std::vector<Intrinsics>> guessed_intrinsics;
  std::vector<std::optional<PosePrior>> poses;  // one a frame, nothing in gaps of the path; empty: none known
  KnownAs intrinsics_as;
  KnownAs poses_as;
  std::string poses_unit;                    // "m", "relative" or empty; of held and of guessed poses
  std::vector<std::filesystem::path> files;  // that they were read from
};

/// Throws Error when a file does not fit the clip (number of frames, size), MisuseError when a text means
/// nothing.
[[nodiscard]] CameraPriors read_camera_priors(const Clip& clip, const CameraPriorOptions& options);

}  // namespace vd
