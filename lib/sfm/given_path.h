// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/span.h"
#include "geometry/tracks.h"
#include "sfm/mapper.h"
#include "sfm/pose_prior.h"
#include "sfm/reconstruction.h"
#include "sfm/sfm.h"

namespace vd {

// What a given path does for a solution, beside the residuals of its poses (sfm/bundle.h): a place to start
// from, poses where the tracks give none, and the world and unit of the result.

/// A reconstruction that begins at the poses given: the tracks that cover the clip are triangulated from
/// them and adjusted in rounds that get stricter, then frames without a given pose are added.
///
/// intrinsics  one a frame; a focal length of 0 is taken as the usual one
/// priors      one a frame, nothing where the path has a gap
/// free_focal  let the focal length move, too
/// returns     one point a track, where it has one; the views carry the priors
[[nodiscard]] Reconstruction begin_on_given_path(Span<const PointTrack> tracks,
                                                 Span<const Intrinsics> intrinsics,
                                                 Span<const std::optional<PosePrior>> priors, bool free_focal,
                                                 const SfmOptions& options);

/// Why a result is not in the world of the given path.
constexpr const char* no_given_world = "the known poses give it no world and scale: its camera hardly moves";

/// Poses what the tracks could not, where it is known; returns which frames (one flag a frame).
[[nodiscard]] std::vector<char> pose_by_priors(Reconstruction& reconstruction);

/// Brings views and points into the world and unit of the given path; false, and nothing moves, where the
/// views do not determine how.
bool move_to_given_world(Reconstruction& reconstruction);

/// The same for a result in a world of its own, as one made of windows is; says so in a warning where nothing
/// moves.
void move_to_given_world(Span<const std::optional<PosePrior>> priors, SfmResult& result);

/// Gives cameras that have no path of their own the given one, gaps between its poses interpolated.
///
/// rotation_sigma_rad  standard deviation of the rotations of the result, which are weighed against those of
///                     the path by their variances; infinite: the result has no rotations of its own
void take_given_path(Span<const std::optional<PosePrior>> priors, double rotation_sigma_rad,
                     SfmResult& result);

}  // namespace vd
