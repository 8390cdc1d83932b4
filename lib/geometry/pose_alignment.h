// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/span.h"
#include "geometry/se3.h"

namespace vd {

/// Similarity that brings one set of cameras onto another, positions and viewing directions: registration of
/// the centres together with a point a little ahead of each (1 % of the set's median distance between
/// centres).
///
/// source, target  camera to world, same number, at least 2
/// returns         nothing when fewer than 2 centres differ, or when the points lie on one line
/// source          DUSt3R, align_multiple_poses
[[nodiscard]] std::optional<Sim3> align_pose_sets(Span<const SE3> source, Span<const SE3> target);

}  // namespace vd
