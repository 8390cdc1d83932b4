// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "image/colour_map.h"
#include "report/text.h"

namespace vd {

/// A number beside a colour scale; position 0 is the dark end, 1 the bright end.
struct BarTick {
  double position;
  std::string text;
};

/// Round depths for a scale of length_px pixels that is linear in inverse depth, at least spacing_px apart,
/// in the order of position. Wide and narrow ranges both get as many as fit.
[[nodiscard]] std::vector<BarTick> depth_ticks(const ColourRange& range, double length_px, double spacing_px);

/// Round numbers for a scale that is linear in the logarithm from low to high (0 < low < high).
[[nodiscard]] std::vector<BarTick> weight_ticks(double low, double high, double length_px, double spacing_px);

/// Draws the scale upright in the rectangle, bright end on top, its numbers to the right.
void draw_upright_bar(RgbImage& picture, int x, int y, int width, int height, ColourMap map,
                      const std::vector<BarTick>& ticks, const TextStyle& style);

/// Draws the scale lying in the rectangle, bright end to the left (near before far), its numbers below.
void draw_lying_bar(RgbImage& picture, int x, int y, int width, int height, ColourMap map,
                    const std::vector<BarTick>& ticks, const TextStyle& style);

}  // namespace vd
