// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// Brings a map computed on a reduced frame to the frame's own size without blurring its edges: each pixel is
/// the mean of the four nearest values, weighted by distance and by how alike their colours are (joint
/// bilateral upsampling, Kopf et al. 2007). Values of 0 are unknown: they take no part, and a pixel whose
/// nearest value is unknown stays so.
///
/// map         at the size of small_guide
/// full_guide  the frame at the size wanted; throws Error when it is smaller than the map
[[nodiscard]] Map<float> guided_upsample(const Map<float>& map, const RgbImage& small_guide,
                                         const RgbImage& full_guide);

}  // namespace vd
