// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "stereo/flow_observations.h"

namespace vd {

/// Cameras of the neighbours after correction, and by how much flow changes with it.
struct NeighbourPoses {
  std::vector<Camera> cameras;  // one a neighbour, in the order of the flows
  double correction_px = 0;     // root mean square over neighbours and samples; 0 where nothing was better
};

/// Corrects the neighbours' poses against a reference by what its own flow says. Poses are right to a pixel
/// or two at best (a sensor's tracking, a mount that shakes), flow to a fifth of one: without this, errors of
/// the poses look like motion all over the frame. Bundle adjustment over a grid of some thousand trusted
/// vectors to all neighbours, one inverse depth each, with weights that forget what moves; translations stay
/// within some per cent. Kept only where it lowers the median cost by a quarter.
///
/// texture   of the reference, see texture_strength
/// returns   the given cameras where there are too few vectors or nothing is gained
[[nodiscard]] NeighbourPoses correct_neighbour_poses(const Camera& reference, const FlowSet& flows,
                                                     const Map<float>& texture, const TrustLimits& limits);

/// The step between frames, median over the neighbours; 0 where the camera stands.
[[nodiscard]] double median_step(const Camera& reference, const FlowSet& flows);

}  // namespace vd
