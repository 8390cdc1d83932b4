// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "scene/shapes.h"

namespace vd::synth {

/// First t in (t_min, t_max) where the ray crosses the surface of the grid from either side. The ray walks
/// from cell to cell; inside a cell the bilinear patch gives a quadratic equation in t.
[[nodiscard]] std::optional<double> intersect_height_grid(const HeightGrid& grid, const Ray& ray,
                                                          double t_min, double t_max);

}  // namespace vd::synth
