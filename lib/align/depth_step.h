// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "align/pixel_terms.h"

namespace vd {

/// Depth of each pixel of each image on the grid of its observations.
using GridDepths = std::vector<std::vector<double>>;

struct DepthStepOptions {
  NormOptions norm;
  int cycles = 3;
  double smallest_depth = 1e-6;
};

/// Given all poses and similarities, each depth appears alone: the best one is a weighted geometric median
/// restricted to the ray. Some cycles of reweighted least squares bring each depth nearer to it, never worse;
/// one step changes a depth at most 20 times. Depth of pixels that no edge observed stays; unknown depth (0)
/// starts from its observations.
///
/// returns  the objective after the last cycle
[[nodiscard]] double update_depths(const std::vector<ImageObservations>& images, const Alignment& scene,
                                   const DepthStepOptions& options, GridDepths& depths);

/// The same for one image; depths are those of scene.depth's pixels on its grid.
double update_depths_of(const ImageObservations& image, int index, const Alignment& scene,
                        const DepthStepOptions& options, std::vector<double>& depths);

}  // namespace vd
