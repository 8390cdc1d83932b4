// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "geometry/se3.h"

namespace vd {

/// The pose on the way between two camera-to-world poses, share in [0, 1] of it gone: the centre on the
/// straight line, the rotation at constant speed.
[[nodiscard]] SE3 interpolate_pose(const SE3& world_from_first, const SE3& world_from_second, double share);

/// Poses of all frames: those known as they are, those between two known ones interpolated, those before the
/// first and after the last known one like it. Identities when none is known.
[[nodiscard]] std::vector<SE3> fill_pose_gaps(const std::vector<std::optional<SE3>>& world_from_camera);

}  // namespace vd
