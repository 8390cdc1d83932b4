// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/span.h"
#include "geometry/camera.h"
#include "geometry/tracks.h"
#include "geometry/triangulation.h"
#include "sfm/pose_prior.h"

namespace vd {

/// A frame while its pose is being found.
struct View {
  Intrinsics intrinsics;
  SE3 camera_from_world;
  bool posed = false;
  std::optional<PosePrior> prior;  // what adjustments weigh the pose against
};

/// Poses and points so far: one view a frame, one (possible) point a track.
struct Reconstruction {
  std::vector<View> views;
  std::vector<std::optional<Vec3>> points;
  std::optional<Sim3> given_from_world;  // to the path of the priors, as the last adjustment of all left it

  [[nodiscard]] int posed_count() const;
  [[nodiscard]] int point_count() const;
};

/// Which tracks each frame sees.
[[nodiscard]] std::vector<std::vector<int>> tracks_by_frame(Span<const PointTrack> tracks, int frames);

/// Sights of a track from the posed views.
[[nodiscard]] std::vector<PointView> posed_sights(const PointTrack& track, const std::vector<View>& views);

/// When a point is accepted.
struct PointTest {
  double rms_px;
  double angle_deg;  // largest angle between two of its rays
};

/// Triangulates the listed tracks that have no point yet and at least two posed views; returns how many
/// points came.
int triangulate_tracks(Span<const PointTrack> tracks, Span<const int> which, const PointTest& test,
                       Reconstruction& reconstruction);

/// Removes points whose error exceeds rms_px or that lie behind (or nearly in) a camera; returns how many.
int drop_bad_points(Span<const PointTrack> tracks, double rms_px, Reconstruction& reconstruction);

/// Share of the evidence that a reconstruction explains, in [0, 1]: the mean over all track observations of
/// max(0, 1 - r^2 / 1 px^2). A track without a point is triangulated here; observations in frames without a
/// pose count 0.
[[nodiscard]] double explained_share(Span<const PointTrack> tracks, const Reconstruction& reconstruction);

}  // namespace vd
