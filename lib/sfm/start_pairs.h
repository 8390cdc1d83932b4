// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/span.h"
#include "geometry/camera.h"
#include "geometry/tracks.h"

namespace vd {

/// What the motion between two frames is like, seen by their common tracks.
struct PairMotion {
  int first = 0;
  int second = 0;
  int common_tracks = 0;
  double overlap = 0;               // common tracks over those of the first frame
  Quat second_from_first;           // best rotation
  double rotation_residual_px = 0;  // median distance to what a pure rotation predicts
  /// 80th percentile of the same: a scene that is mostly far away moves little in the median.
  double rotation_residual_80_px = 0;
};

/// Two frames from which a reconstruction can begin.
struct StartPair {
  int first = 0;
  int second = 0;
  SE3 second_from_first;  // |translation| = 1
  double score = 0;  // min(median angle, 4 degrees) * sqrt(n) * n / N, n in front of both of N common tracks
};

/// Best rotation of each of the given pairs.
[[nodiscard]] std::vector<PairMotion> measure_pair_motions(Span<const PointTrack> tracks,
                                                           const std::vector<std::vector<int>>& by_frame,
                                                           Span<const Intrinsics> intrinsics,
                                                           Span<const std::pair<int, int>> pairs,
                                                           std::uint64_t seed);

/// Pairs spread over the clip and over distances, down to so few common tracks that nothing can start there.
[[nodiscard]] std::vector<std::pair<int, int>> start_candidates(
    Span<const PointTrack> tracks, const std::vector<std::vector<int>>& by_frame);

/// The best pairs to start from, best first, no two close in time. Candidates that a rotation explains least
/// are tried first by their essential matrix.
[[nodiscard]] std::vector<StartPair> choose_start_pairs(Span<const PointTrack> tracks,
                                                        const std::vector<std::vector<int>>& by_frame,
                                                        Span<const Intrinsics> intrinsics,
                                                        Span<const PairMotion> candidates, int count,
                                                        std::uint64_t seed);

}  // namespace vd
