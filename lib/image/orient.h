// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// The image as it should be seen, from its EXIF orientation (1 to 8; 1 leaves it as it is, 6 turns a quarter
/// clockwise).
[[nodiscard]] RgbImage upright(const RgbImage& image, int exif_orientation);

}  // namespace vd
