// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// Grey levels of an sRGB image by the weights of ITU-R BT.601, as OpenCV's RGB2GRAY.
[[nodiscard]] GreyImage to_grey(const RgbImage& image);
[[nodiscard]] RgbImage to_rgb(const GreyImage& image);

}  // namespace vd
