// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <optional>

#include "core/span.h"
#include "geometry/se3.h"

namespace vd {

struct View;

/// A pose as somebody else knows it, in a world and a unit of its own: that of the given path. A sigma is
/// infinite where that part is a first guess only.
struct PosePrior {
  SE3 world_from_camera;
  double centre_sigma = std::numeric_limits<double>::infinity();  // of each coordinate [unit of the path]
  double rotation_sigma_rad = std::numeric_limits<double>::infinity();  // about each axis

  [[nodiscard]] bool is_weighed() const {
    return centre_sigma < std::numeric_limits<double>::infinity() ||
           rotation_sigma_rad < std::numeric_limits<double>::infinity();
  }
};

/// Deviation of a camera from its prior in the world of the given path: centre (3, unit of the path), then
/// rotation vector (3, radians).
[[nodiscard]] Vec6 deviation_from_prior(const Sim3& given_from_world, const SE3& camera_from_world,
                                        const PosePrior& prior);

/// Similarity from the world of a reconstruction to that of a given path, over the posed views that have a
/// prior: the mean of the rotations that the views ask for, then scale and place by least squares of the
/// centres; so a straight drive determines it too. Where the given rotations contradict each other (a path
/// of places alone) the centres decide (align_pose_sets).
///
/// returns  nothing where the centres of either side all lie in one place
[[nodiscard]] std::optional<Sim3> register_to_priors(Span<const View> views);

/// Root mean square of the deviations in sigmas, over every coordinate that is weighed; 0 where none is.
[[nodiscard]] double rms_in_sigmas(Span<const View> views, const Sim3& given_from_world);

}  // namespace vd
