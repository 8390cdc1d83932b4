// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "stereo/ground_plane.h"
#include "stereo/motion_evidence.h"

namespace vd {

/// A connected thing that stands off the ground, and whether its apparent depth agrees with where it meets
/// the ground.
struct FloatingComponent {
  int left, top, right, bottom;  // box in pixels, right and bottom included
  int pixels = 0;
  double columns_with_ground = 0;  // share of its columns that have ground right below
  double on_lower_border = 0;      // share of its columns that reach the lower border
  double ratio = 0;     // median over columns of its inverse depth / that of the ground it stands on
  bool floats = false;  // seems nearer than the ground it meets
  bool sinks = false;   // seems farther than the ground around it
};

struct FloatingCue {
  std::optional<GroundPlane> ground;
  std::vector<FloatingComponent> components;  // all that were judged
  MaskMap floating;                           // 255 on the components that float or sink
};

/// Finds things whose motion follows the epipolar line with a wrong but possible depth. What comes towards a
/// moving camera seems so near that it would float over the ground below it; what drives ahead of it seems to
/// lie behind the ground around it. Assumes an upright camera and a visible ground plane; overhangs, signs,
/// things on tables, holes and reflections can be wrong, which is why each component is reported. Flows are
/// read for their cameras only: the parallax to the farthest one decides whether a height over the ground can
/// be seen at all.
[[nodiscard]] FloatingCue find_floating(const Camera& reference, const MotionEvidence& evidence,
                                        const FlowSet& flows, const GroundPlaneOptions& options);

}  // namespace vd
