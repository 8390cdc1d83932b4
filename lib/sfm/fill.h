// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/span.h"
#include "geometry/tracks.h"
#include "sfm/reconstruction.h"
#include "sfm/sfm.h"

namespace vd {

/// Gives every frame without a pose the best that is left: between two posed frames the motion is
/// interpolated; at the ends the rotation is taken from the tracks shared with the neighbour where a rotation
/// explains them, or the neighbour's pose is held.
///
/// returns  one status a frame; registered for those that had a pose
[[nodiscard]] std::vector<FrameStatus> fill_poses(Span<const PointTrack> tracks, std::uint64_t seed,
                                                  std::vector<View>& views);

}  // namespace vd
