// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "geometry/vec.h"
#include "image/map.h"

namespace vd {

struct FocalOptions {
  int iterations = 10;
  double min_focal = 0;  // bounds in units of max(W, H) / (2 tan 30 deg)
  double max_focal = std::numeric_limits<double>::infinity();
};

/// Focal length in pixels that projects a point map best onto its own pixel grid, by Weiszfeld's iteration:
/// least sum over pixels of |p - f (X/Z, Y/Z)|, p the pixel seen from the principal point.
///
/// points           HxW points in the camera frame; pixels with Z = 0 or NaN count as points on the optical
/// axis principal_point  in pixels; point-map programs put it at (W/2, H/2) returns          0 when no point
/// leaves the optical axis source           DUSt3R, estimate_focal_knowing_depth
[[nodiscard]] double weiszfeld_focal(MapView<const float, 3> points, const Vec2& principal_point,
                                     const FocalOptions& options = {});

/// The same by the lower median of the votes u Z/X and v Z/Y of all pixels; NaN votes are left out.
[[nodiscard]] double median_focal(MapView<const float, 3> points, const Vec2& principal_point,
                                  const FocalOptions& options = {});

}  // namespace vd
