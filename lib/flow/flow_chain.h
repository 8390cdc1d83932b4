// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "geometry/vec.h"
#include "image/map.h"

namespace vd {

/// Points of a grid over one frame, and where the flow has carried them: what is left of them in a later
/// frame says how much both see, without flow between the two and without keeping the flows on the way.
struct CarriedPoints {
  int width = 0;  // of the flow
  int height = 0;
  std::vector<Vec2> from;  // pixels of the frame where they began
  std::vector<Vec2> now;   // pixels of the present frame; NaN once lost
};

/// About `count` points, evenly spread.
[[nodiscard]] CarriedPoints spread_points(int width, int height, int count);

/// Moves the points along a flow that begins at their present frame. A point is lost where it leaves the
/// image, where the flow is unknown, and where its confidence is below 1/e. confidence may be empty. Throws
/// Error when the flow has another size than the points.
void carry(CarriedPoints& points, const FlowMap& flow, const ConfidenceMap& confidence);

/// What two frames have in common.
struct SharedView {
  double overlap = 0;  // share of the points that are still there
  double parallax =
      0;  // 70th percentile of what the best homography leaves of their motion, in image diagonals
};
/// A homography explains every turn of the camera, and every motion past a single plane; what it leaves is
/// parallax (or things that move: so far fewer than 30 % of the points may). Parallax is 0 where fewer than
/// 12 points are left.
[[nodiscard]] SharedView shared_view(const CarriedPoints& points);

}  // namespace vd
