// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/span.h"
#include "stereo/neighbours.h"
#include "stereo/posed_image.h"

namespace vd {

/// Depth of one frame from matching alone, before frames are compared.
struct RawDepth {
  Map<float> inverse;   // inverse depth of every pixel, also of those that were not observed
  Map<float> strength;  // inverse relative sigma of the inverse depth; 0 where nothing was measured
  Map<float> parallax;  // px of motion per unit of log depth, the largest over the neighbours
};

struct LucasKanadeOptions {
  std::vector<int> windows_px = {15, 9, 7};  // side of the window of each pass, odd
  double max_step = 0.15;                    // largest change of log inverse depth in a pass
  double noise_grey = 2.5;                   // grey levels by which views differ without reason, at most ...
  double least_noise_grey = 1.0;             // ... and at least: in between the noise of the frame counts
};

/// Normal equation of one neighbour at one pixel: gradient and curvature of the matching cost in log inverse
/// depth, and the variance of what is left unexplained. Exposed for tests and for other refiners.
struct LucasKanadeTerm {
  float slope;      // cov(g, e) over the window; the step of this neighbour alone is slope / curvature
  float curvature;  // var(g)
  float variance;   // var(e) + 0.05 mean(e)^2 + noise^2; 1e6 where the neighbour does not see the pixel
  float count;      // pixels of the window that it sees
};

/// The terms of all pixels of the reference at the given inverse depths: e = I - I'(w), g = dI'/dlog w.
[[nodiscard]] std::vector<LucasKanadeTerm> lucas_kanade_terms(const MatchImage& reference,
                                                              const MatchImage& neighbour,
                                                              const Map<float>& inverse, int window_px,
                                                              double noise_grey);

/// Refines a seed: per pass and pixel one Gauss-Newton step on log inverse depth, jointly over all
/// neighbours, from sums over a window, then a median filter. A neighbour counts by (v_min / v)^2 / v with v
/// its unexplained variance: hidden and moving surfaces drop out. All passes but the last run on every
/// second pixel of every second row. Lucas and Kanade 1981; the weights are from experiments.
///
/// seed  positive inverse depth of every pixel, right to a few per cent
[[nodiscard]] RawDepth joint_lucas_kanade(const MatchImage& reference,
                                          Span<const MatchImage* const> neighbours, Map<float> seed,
                                          const DepthRange& range, const LucasKanadeOptions& options = {});

}  // namespace vd
