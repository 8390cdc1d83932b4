// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// Filters that widen with the factor by which an image shrinks, so that nothing is aliased.
enum class AntialiasedFilter {
  bicubic,  // a = -0.5, two pixels wide
  lanczos   // three pixels wide
};

/// Resamples 8-bit images bit for bit as the Python imaging library does, which published networks were
/// trained with: columns, then rows, each in fixed point of 22 bits and rounded to 8 bits; an axis that keeps
/// its size is left alone.
[[nodiscard]] RgbImage resize_antialiased(const RgbImage& image, int width, int height,
                                          AntialiasedFilter filter);

}  // namespace vd
