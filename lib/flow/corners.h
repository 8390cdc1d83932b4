// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "geometry/vec.h"
#include "image/map.h"

namespace vd {

struct CornerOptions {
  int points = 1200;  // aim for the whole image, together with those already there
  double spacing_px = 8;
  int cell_px = 64;
  double floor = 2e-5;
  int border_px = 8;
};

struct Corner {
  Vec2 pixel;
  float strength;  // smaller eigenvalue of the structure tensor
};

/// Local maxima of the smaller eigenvalue of the structure tensor (Shi and Tomasi 1994) above the floor,
/// strongest first (by place among equals).
[[nodiscard]] std::vector<Corner> find_corners(const GreyImage& image, const CornerOptions& options);

/// Adds corners to the points that are already there: in each cell those within a factor 50 of the cell's
/// best, at most 1.5 times the cell's fair share with the points at hand, none closer than the spacing to
/// another.
[[nodiscard]] std::vector<Vec2> refill_points(const std::vector<Corner>& corners,
                                              const std::vector<Vec2>& present, int width, int height,
                                              const CornerOptions& options);

}  // namespace vd
