// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "image/map.h"
#include "stereo/ground_plane.h"

namespace vd {

enum class MoverMethod {
  ground_contact,  // depth of the ground where the component ends below
  fill,  // from the static surroundings along the edges of the image, no farther than the nearest of them
};

/// One connected part of the mask and where its depth came from.
struct MoverComponent {
  int left, top, right, bottom;  // box in pixels, right and bottom included
  int pixels = 0;
  MoverMethod method = MoverMethod::fill;
  double depth = 0;  // median over the component; 0 where even the surroundings have no depth
};

struct MoverDepth {
  DepthMap depth;  // static depth with the movers' pixels replaced; their confidence is 0 whatever the method
  std::vector<MoverComponent> components;
};

/// Depth for what moves. No unbiased estimate exists for a free mover from one camera, so this is a stand-in
/// that keeps pictures and later stages sane.
///
/// static_depth  complete depth of the static scene, unit of the poses; 0 = unknown
/// moving        255 on moving pixels
/// guide         the frame
/// ground        nothing where no plane was found: everything is filled
/// throws        Error when sizes differ
[[nodiscard]] MoverDepth mover_depth(const DepthMap& static_depth, const MaskMap& moving,
                                     const GreyImage& guide, const Intrinsics& intrinsics,
                                     const std::optional<GroundPlane>& ground);

}  // namespace vd
