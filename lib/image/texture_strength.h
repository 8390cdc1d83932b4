// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// How well motion can be measured around each pixel: the smaller eigenvalue of the structure tensor over 9x9
/// pixels of the image after a 3x3 mean, gradients by Sobel, in squared grey levels per pixel (Shi and Tomasi
/// 1994). Below about 0.5 there is next to nothing to hold on to; above 10 texture no longer limits dense
/// flow.
[[nodiscard]] Map<float> texture_strength(const GreyImage& image);

}  // namespace vd
