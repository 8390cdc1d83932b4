// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/span.h"
#include "geometry/camera.h"
#include "geometry/tracks.h"
#include "sfm/start_pairs.h"

namespace vd {

/// Pairs at 1, 2, 4 and 8 frames (at most), spread over the clip: slow cameras look like rotations at
/// distance 1.
[[nodiscard]] std::vector<std::pair<int, int>> rotation_test_pairs(int frames);

/// Whether the camera only turns: the median distance to what a rotation predicts stays below max_residual_px
/// in every pair that shares enough of the view.
[[nodiscard]] bool is_rotation_only(Span<const PairMotion> motions, double max_residual_px);

/// Focal length in pixels, out of the usual ones, under which rotations explain the pairs best; the principal
/// points and the ratio of fx and fy are taken from the intrinsics.
[[nodiscard]] double best_focal_of_rotations(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                                             std::uint64_t seed);

struct RotationSolution {
  std::vector<Quat> camera_from_world;  // one a frame; the first one is the identity
  std::vector<char> posed;              // 0 where no track links a frame to the others
  double focal_factor = 1;              // on the intrinsics given, when the focal length was free
  double rms_px = 0;                    // over the tracks kept
  double explained_share = 0;           // as in sfm/reconstruction.h, with points at infinity
};

/// Rotations of all frames at once from tracks of a camera that does not move: least squares of the
/// reprojection errors of directions under Huber's loss, from chained pair rotations; tracks that contradict
/// are dropped in rounds.
[[nodiscard]] RotationSolution solve_rotations(Span<const PointTrack> tracks,
                                               Span<const Intrinsics> intrinsics, bool free_focal,
                                               std::uint64_t seed);

}  // namespace vd
