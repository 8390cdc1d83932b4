// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"
#include "image/resize.h"

namespace vd {

/// How an image comes to a pair network: resized, then its centre cut out.
struct NetworkInput {
  Size resized;
  int left = 0;  // of the part that is kept
  int top = 0;
  Size kept;  // multiples of 16, except that a square becomes 4:3
};

/// For `long_side` 224 the short side becomes 224 and the centre square is kept; otherwise the long side
/// becomes long_side and multiples of 16 are kept, of a square 4:3 unless squares are fine.
[[nodiscard]] NetworkInput network_input(Size image, int long_side, bool square_is_fine = false);

/// The image as the network sees it, bit for bit as the published programs load it (but not yet scaled to
/// [-1, 1]).
[[nodiscard]] RgbImage network_image(const RgbImage& upright, int long_side, bool square_is_fine = false);

/// The mono depth of an image of that size as the network sees it: point_map_of_depth, resized and cut like
/// the image (interpolated, so values may leave [0, 1] slightly).
[[nodiscard]] PointMap network_point_map(const DepthMap& depth, double focal_px, Size image, int long_side,
                                         bool square_is_fine = false);

/// A mono depth map as the point map that Align3R's network reads: unprojected with the principal point at
/// (W/2, H/2), then each axis alone mapped to [0, 1] over the whole map; a constant axis becomes 0. (The
/// paper says [-1, 1]; its code and its checkpoints use [0, 1]. The focal length, in pixels of this map,
/// cancels out but for rounding.)
///
/// depth  HxW, whatever the estimator gave, also inverse depth; values that are not finite count as the
/// largest finite one throws Error when no value is finite
[[nodiscard]] PointMap point_map_of_depth(MapView<const float> depth, double focal_px);

}  // namespace vd
