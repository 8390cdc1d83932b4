// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/span.h"
#include "geometry/se3.h"

namespace vd {

/// The rotation that explains most of the motion of a set of viewing directions, and how well it does.
struct RotationFit {
  Quat target_from_source;
  double median_residual_rad;  // angle between rotated and seen directions, over all of them
};

/// Best rotation between two bundles of directions when a part of them moves by itself: hypotheses from two
/// directions each, the best by a truncated sum, then Kabsch's solution with Geman-McClure weights.
///
/// source, target  same number of unit vectors
/// scale_rad       residual at which a direction counts half
/// returns         nothing for fewer than 2 directions or when all are parallel; the same result for the same
/// seed
[[nodiscard]] std::optional<RotationFit> fit_rotation(Span<const Vec3> source, Span<const Vec3> target,
                                                      double scale_rad, std::uint64_t seed);

/// The rotation with the least sum of squared sines of half the angles to all of the given ones.
///
/// source  Markley et al. 2007, Averaging quaternions
[[nodiscard]] Quat mean_rotation(Span<const Quat> rotations);

}  // namespace vd
