// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "core/options.h"
#include "geometry/camera.h"

namespace vd {

/// What a user says about the cameras. Each text is "auto" (what the clip's known/ holds, else estimated),
/// "estimate", "gt" (the clip's ground truth), or a file; intrinsics also fx,fy,cx,cy.
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
  std::optional<std::vector<Intrinsics>> intrinsics;
  std::optional<std::vector<SE3>> world_from_camera;
  std::string poses_unit;                    // "m", "relative" or empty
  std::vector<std::filesystem::path> files;  // that they were read from
};

/// Throws Error when a file does not fit the clip (number of frames, size), MisuseError when a text means
/// nothing.
[[nodiscard]] CameraPriors read_camera_priors(const Clip& clip, const CameraPriorOptions& options);

}  // namespace vd
