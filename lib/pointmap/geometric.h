// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/options.h"
#include "pointmap/pair_depth.h"
#include "pointmap/two_view.h"

namespace vd {

// Point maps of a pair of views without a network: relative pose from flow, triangulation of the flow,
// refinement by the images. Given in the form that pairwise networks give, so that either can feed the
// alignment:
//
//   const PairPointMap pair = geometric_point_map(first, second, {}, options);
//   if (pair.report.geometry.kind == PairKind::low_parallax) ...   // nothing is invented: confidences are 0

struct GeometricOptions {
  TwoViewOptions two_view;
  PairDepthOptions depth;
};
void describe(GeometricOptions& options, OptionTable& table);

struct PairReport {
  TwoViewGeometry geometry;
  double observed_share_a = 0;  // of the pixels of each view
  double observed_share_b = 0;
  double moving_share_a = 0;
  double moving_share_b = 0;
  bool mono_used_a = false;  // a monocular depth was fitted and fills what was not observed
  bool mono_used_b = false;
};

struct PairPointMap {
  PointMap a;            // points of the first view, in its own frame; NaN where there is nothing
  PointMap b;            // points of the second view, in the frame of the first
  ConfidenceMap a_conf;  // DUSt3R's scale: > 1 where observed, 0 elsewhere, filled pixels included
  ConfidenceMap b_conf;
  MaskMap a_moving;  // 255: the flow returns but leaves the epipolar geometry
  MaskMap b_moving;
  SE3 first_from_second;  // baseline 1, or as given; no translation for low_parallax
  PairReport report;
};

/// Point maps of two views from the flow between them.
///
/// first, second           frames of any two sizes with their flows to each other; monocular depth where at
/// hand: it fills
///                         what was not observed and steadies what was; filled pixels keep confidence 0
/// known_first_from_second relative pose in the unit wanted for the points; without it the baseline is 1
/// returns                 points and confidences; for pairs without parallax, or hardly any flow, all
/// confidences are 0,
///                         and points come from monocular depth alone (in its own unit) or are NaN
/// throws                  Error when the maps of a view differ in size
[[nodiscard]] PairPointMap geometric_point_map(const PairImage& first, const PairImage& second,
                                               const std::optional<SE3>& known_first_from_second,
                                               const GeometricOptions& options);

}  // namespace vd
