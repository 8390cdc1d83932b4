// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geometry/camera.h"
#include "image/map.h"

namespace vd {

/// One view of a pair with its flow to the other.
struct PairImage {
  Intrinsics intrinsics;
  GreyImage grey;
  FlowMap flow;   // to the other view; NaN = unknown
  DepthMap mono;  // monocular depth, any scale; empty where there is none
};

struct PairDepthOptions {
  double most_return_px = 1.5;        // round trip of a flow vector that is triangulated
  double motion_sigma = 4.0;          // epipolar residual, in units of its noise, that means motion
  double most_relative_sigma = 0.25;  // of depth: beyond, a pixel is not observed
  bool refine = true;                 // by the images themselves, along the epipolar lines
};

/// Depth of one view from two, with what is known about each pixel.
struct PairDepth {
  Map<float> inverse_depth;   // in the view, 1 / unit of the baseline; 0 where not observed
  Map<float> relative_sigma;  // of depth; 0 where not observed
  MaskMap moving;             // 255: the flow returns and still leaves the epipolar geometry
};

/// Triangulates the flow of one view and refines it along the epipolar lines, so that the images agree (one
/// view of several windows of Lucas-Kanade on log inverse depth, held by the flow in proportion to what each
/// knows).
///
/// other_from_view  relative pose; the length of its translation is the unit of depth
/// throws           Error when sizes do not fit
[[nodiscard]] PairDepth pair_depth(const PairImage& view, const PairImage& other, const SE3& other_from_view,
                                   const PairDepthOptions& options);

/// Marks as not observed what the depth of the other view contradicts by more than 1 px of parallax
/// (occlusion, errors of the flow), and raises the deviation of what is left by the difference.
void check_against(PairDepth& depth, const PairDepth& other_depth, const PairImage& view,
                   const PairImage& other, const SE3& other_from_view, const PairDepthOptions& options);

/// Confidence on DUSt3R's scale from the relative deviation of depth: 1 + 0.1 / sigma, less near depth edges,
/// at most 50; 0 where not observed.
[[nodiscard]] ConfidenceMap pair_confidence(const PairDepth& depth);

}  // namespace vd
