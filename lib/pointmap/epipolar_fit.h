// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "geometry/camera.h"
#include "pointmap/correspondences.h"

namespace vd {

/// A relative pose with its epipolar residuals.
struct EpipolarFit {
  SE3 second_from_first;            // |translation| = 1
  std::vector<double> residual_px;  // Sampson distance of each correspondence, signed
  double cost = 0;  // mean of r^2 / (r^2 + scale^2), r in units of the noise: 0 perfect, 1 useless
};

/// Sampson distances of correspondences from the epipolar geometry of a relative pose, in pixels of both
/// images together (Sampson 1982; Hartley and Zisserman, eq. 11.9).
[[nodiscard]] std::vector<double> sampson_px(const Correspondences& points, const Intrinsics& first,
                                             const Intrinsics& second, const SE3& second_from_first);

/// Refines rotation and direction of translation by Gauss-Newton on Sampson distances with Geman-McClure
/// weights, so that what moves by itself loses its say. Stops when a step is below 1e-10 rad or no longer
/// lowers the cost.
///
/// start  its translation must not be 0
/// scale  residual, in units of each point's noise, that counts half
[[nodiscard]] EpipolarFit refine_relative_pose(const Correspondences& points, const Intrinsics& first,
                                               const Intrinsics& second, const SE3& start, double scale,
                                               int max_iterations = 20);

}  // namespace vd
