// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "clip/run.h"
#include "scene/scene.h"

namespace vd {

/// The names of the scenes, separated by commas.
[[nodiscard]] std::string scene_list();

/// Renders a named scene into a clip with all its truth: gt/depth, gt/flow (both ways, conf 0 where hidden),
/// gt/masks (of scenes with movers), gt/traj.txt, gt/intrinsics.txt, gt/tracks.npz. The seed is
/// run.common.seed. Frames that are there already from the same options are kept. Returns the clip's folder:
/// run.common.output, or the scene's name.
std::filesystem::path synth_stage(const std::string& scene, SceneOptions options, Run& run);

}  // namespace vd
