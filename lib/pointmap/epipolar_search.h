// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geometry/inverse_depth_warp.h"
#include "image/map.h"

namespace vd {

/// Refines inverse depths so that two images agree: Gauss-Newton steps on log inverse depth, each pixel along
/// its own epipolar line, with the grey levels of a window around it (gain and offset removed), windows of 15
/// and 9 pixels. A pixel moves in proportion to what the images know against what it knew before, by at most
/// 15 % a step.
///
/// warp           view to other
/// inverse_depth  in and out; 0 = unknown, stays so, but a window over unknown pixels takes their
/// surroundings' depth relative_sigma in and out: deviation of what was known before, then that of the
/// combination
void refine_by_images(const GreyImage& view, const GreyImage& other, const InverseDepthWarp& warp,
                      Map<float>& inverse_depth, Map<float>& relative_sigma);

/// Completes a map from its known pixels along the edges of an image (fast global smoother of Min et al.
/// 2014, normalised convolution): weights >= 0, 0 = unknown. Where nothing reaches, the result is 0.
[[nodiscard]] Map<float> spread(const Map<float>& values, const Map<float>& weights, const GreyImage& guide,
                                double lambda);

}  // namespace vd
