// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/span.h"
#include "sfm/reconstruction.h"
#include "sfm/start_pairs.h"

namespace vd {

struct MapperOptions {
  double huber_px = 0.5;
  double pose_threshold_px = 2.0;
  PointTest point_test{2.0, 0.5};
  int focal_free_from = 0;  // frames that must stand before the focal length moves; 0: it never does
  std::uint64_t seed = 1;
};

/// Grows a reconstruction from a starting pair over the clip: the next frame is the one with most known
/// points per frame of distance to the nearest posed one; its pose comes from those points, then new points
/// are triangulated and the last frames (at times all) adjusted. Frames that fail are tried again after
/// others came in.
///
/// intrinsics  one a frame
/// returns     poses of as many frames as could be found, in the frame of the starting pair's first camera,
/// the length
///             of the starting baseline 1; empty of poses when the pair does not hold
[[nodiscard]] Reconstruction grow_reconstruction(Span<const PointTrack> tracks,
                                                 const std::vector<std::vector<int>>& by_frame,
                                                 Span<const Intrinsics> intrinsics, const StartPair& start,
                                                 const MapperOptions& options);

/// Poses the frames that a reconstruction lacks, as far as its points allow; nothing moves when none can be
/// added. returns  how many frames were added
int extend_reconstruction(Span<const PointTrack> tracks, const MapperOptions& options,
                          Reconstruction& reconstruction);

/// Indices of long tracks that together cover every part of every frame with about so many points a frame.
[[nodiscard]] std::vector<int> choose_covering_tracks(Span<const PointTrack> tracks, int frames, int width,
                                                      int height, int points_per_frame);

}  // namespace vd
