// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include "scene/texture.h"

// What the pattern files share.
namespace vd::synth {

inline double fraction(double x) { return x - std::floor(x); }

/// 0 below -width/2, 1 above width/2, a smooth ramp between: an edge that a filter can follow.
inline float soft_step(double x, double width) {
  const auto t = static_cast<float>(std::clamp(x / width + 0.5, 0.0, 1.0));
  return t * t * (3 - 2 * t);
}

inline Colour mixed(const Colour& a, const Colour& b, float share_of_b) {
  return (1 - share_of_b) * a + share_of_b * b;
}

/// 1 inside the rectangle [x0, x1] x [y0, y1], with soft edges.
inline float in_box(double x, double y, double x0, double x1, double y0, double y1, double width) {
  return soft_step(std::min({x - x0, x1 - x, y - y0, y1 - y}), width);
}

}  // namespace vd::synth
