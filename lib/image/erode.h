// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// The pixels of a mask whose whole surroundings, a disc of a radius in pixels, lie in it: 255, others 0.
/// What lies outside the image counts as in the mask, so a thing that the image cuts off keeps that side.
[[nodiscard]] MaskMap erode(const MaskMap& mask, double radius_px);

}  // namespace vd
