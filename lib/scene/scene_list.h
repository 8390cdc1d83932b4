// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scene/scene.h"

// The named scenes, one file each.
namespace vd::synth {

[[nodiscard]] Scene make_room(const SceneOptions& options);
[[nodiscard]] Scene make_street(const SceneOptions& options);
[[nodiscard]] Scene make_pan(const SceneOptions& options);
[[nodiscard]] Scene make_low_parallax(const SceneOptions& options);
[[nodiscard]] Scene make_low_texture(const SceneOptions& options);
[[nodiscard]] Scene make_nonrigid(const SceneOptions& options);
[[nodiscard]] Scene make_orbit(const SceneOptions& options);
[[nodiscard]] Scene make_corridor(const SceneOptions& options);

}  // namespace vd::synth
