// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/span.h"
#include "geometry/tracks.h"
#include "sfm/reconstruction.h"

namespace vd {

/// Huber's loss forgives, Cauchy's forgets: beyond its scale the pull of an observation falls off as 1/r.
enum class RobustLoss { huber, cauchy };

struct BundleOptions {
  RobustLoss loss = RobustLoss::huber;
  double loss_px = 0.5;  // residual at which the loss turns from quadratic
  int max_iterations = 20;
  double function_tolerance = 1e-5;  // relative decrease of the cost at which to stop
  bool free_focal = false;           // one factor on the focal lengths of all frames
  double noise_px = 1;  // what one observation may be off, as independent evidence against priors of poses
};

struct BundleReport {
  int iterations = 0;
  double first_cost = 0;
  double last_cost = 0;
  std::string stopped_because;
  bool usable = false;  // false: nothing was changed
};

/// Bundle adjustment: least squares of all reprojection errors under a robust loss, over the free frames, the
/// points that they see and (by option) the focal length. One thread, so that sums have one order.
///
/// Views with a prior (sfm/pose_prior.h) are weighed against it, in sigmas, the pixels in noise_px: in the
/// world of the given path, to which a similarity leads that is adjusted too (kept in
/// reconstruction.given_from_world; of an adjustment of some frames it stays). Priors neither fix the gauge
/// nor disturb it. They say nothing before the views determine the similarity (register_to_priors).
///
/// free_frames  posed frames to be moved; empty: all posed frames, with the first of them fixed as the origin
/// and the
///              distance to the one farthest from it kept as the scale. With some frames fixed they are the
///              gauge.
/// tracks       those with a point in the reconstruction take part; no point may lie behind a camera that
/// sees it
///              (drop_bad_points)
[[nodiscard]] BundleReport adjust_bundle(Span<const PointTrack> tracks, Span<const int> free_frames,
                                         const BundleOptions& options, Reconstruction& reconstruction);

/// Standard deviations at the end of an adjustment.
struct BundleDeviations {
  double log_focal = 0;  // of the logarithm of the focal length; 0 when it is not free
  double centre = 0;     // of camera centres, root mean square, in units of the reconstruction
};

/// How far the tracks determine an adjustment of all frames, from the residuals that are left: what each
/// track would move a parameter by, all others following, summed in squares (the sandwich estimate, with
/// tracks as the independent witnesses; the inverse of the normal equations alone would believe every
/// observation), and the step to the minimum if it is not reached. Errors that all tracks share do not show
/// in it. The first camera and the longest baseline are the gauge.
///
/// returns  infinities where the tracks say nothing
/// source   Liang and Zeger 1986
[[nodiscard]] BundleDeviations bundle_deviations(Span<const PointTrack> tracks, const BundleOptions& options,
                                                 const Reconstruction& reconstruction);

}  // namespace vd
