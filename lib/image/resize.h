// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// How a map is brought to another size. Pixel centres keep their place in the scene: the scale from W to W'
/// maps coordinate x to (x + 0.5) * W'/W - 0.5 (see Intrinsics::resized).
enum class Resampling { nearest, bilinear, area, cubic, lanczos };

/// Resamples every channel. Invalid values (0 in depth, NaN) are mixed into their neighbours by anything but
/// nearest: use nearest for maps with holes.
template <typename T, int C>
[[nodiscard]] Map<T, C> resize(const Map<T, C>& map, int width, int height, Resampling resampling);

/// Size with the longer side at most max_side, aspect ratio kept, both sides at least 1; {width, height} when
/// already so.
struct Size {
  int width;
  int height;
};
[[nodiscard]] Size fit_within(Size size, int max_side);

}  // namespace vd
