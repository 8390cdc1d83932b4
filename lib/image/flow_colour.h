// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// Length of the longest known flow vector; 0 for none.
[[nodiscard]] double longest_flow_px(MapView<const float, 2> flow);

/// Picture of a flow in the colours of Middlebury's wheel (Baker et al. 2011): hue is the direction, white is
/// no motion, full colour a motion of `full_px`, a darkened one more. Unknown pixels get the stripes of
/// hatch().
[[nodiscard]] RgbImage colour_flow(MapView<const float, 2> flow, double full_px);

}  // namespace vd
