// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "pointmap/pair_depth.h"

namespace vd {

/// inverse depth = scale / mono depth + shift
struct MonoFit {
  double scale = 0;
  double shift = 0;
  double relative_sigma = 0;  // robust deviation of log depth from it
};

/// Scale and shift in inverse depth that bring a monocular depth onto the observed pixels, by least squares
/// of the relative error with weights that forget outliers.
///
/// returns  nothing with fewer than 200 pixels in common, or when the fit turns near and far around
[[nodiscard]] std::optional<MonoFit> fit_mono(const DepthMap& mono, const PairDepth& observed);

/// Inverse depth everywhere that mono has a value: the fitted mono depth, pulled along the edges of the image
/// towards the observed pixels around, and on observed pixels the mean of both by their deviations.
[[nodiscard]] Map<float> fill_with_mono(const DepthMap& mono, const PairDepth& observed, const MonoFit& fit,
                                        const GreyImage& guide);

}  // namespace vd
