// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "pointmap/epipolar_fit.h"

namespace vd {

/// What a pair of views can tell.
enum class PairKind {
  parallax,      // depth follows from the pair
  planar,        // one plane explains as many points: depth follows, but the pose may be that plane's second
                 // solution
  low_parallax,  // a rotation explains as many points: neither translation nor depth can be had
  too_few,       // hardly any flow vector returns
};
[[nodiscard]] std::string to_string(PairKind kind);

struct TwoViewOptions {
  double inlier_px = 1.0;    // epipolar distance of an inlier
  double rotation_px = 0.7;  // median residual of the best rotation, below which there is no parallax
  double explains_share =
      0.95;  // a simpler model with this share of the essential matrix' inliers explains as much
  double most_return_px = 1.0;  // flow vectors that come back this close take part
  int samples = 2500;           // flow vectors that take part
  std::uint64_t seed = 0;
};

struct TwoViewGeometry {
  PairKind kind = PairKind::too_few;
  SE3 second_from_first;  // |translation| = 1 where there is parallax, as given where known, 0 for
                          // low_parallax
  std::string reason;     // why the kind, with the figures that decided
  int correspondences = 0;
  double inlier_share = 0;          // within inlier_px of the epipolar geometry
  double rotation_residual_px = 0;  // median over all
  double epipolar_residual_px = 0;  // median over all
  double homography_share = 0;      // its inliers over those of the essential matrix
};

/// Relative pose of two views from flow vectors between them: MAGSAC, refinement on Sampson distances, and
/// the tests for what the pair cannot tell. A known pose is taken as it is; then only its parallax is judged.
[[nodiscard]] TwoViewGeometry two_view_geometry(const Correspondences& points, const Intrinsics& first,
                                                const Intrinsics& second,
                                                const std::optional<SE3>& known_second_from_first,
                                                const TwoViewOptions& options);

}  // namespace vd
