// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/span.h"
#include "geometry/camera.h"

namespace vd {

/// Depths between which a frame's surfaces are searched, in units of the poses.
struct DepthRange {
  double near = 0;
  double far = 0;
  [[nodiscard]] bool valid() const { return near > 0 && far > near; }
};

/// Search range from depths of sparse points seen in or around a frame: their 0.5 and 99.5 % points times 0.7
/// and 1.25. Values that are not positive and finite are ignored; returns an invalid range (0, 0) when none
/// is left.
[[nodiscard]] DepthRange depth_range(Span<const double> depths);

/// Median over the image of the parallax (px of motion in other per unit of log depth) at the middle of the
/// range. Pixels that leave the other image do not count; 0 where fewer than a tenth stays inside.
[[nodiscard]] double median_parallax_px(const Camera& reference, const Camera& other,
                                        const DepthRange& range);

struct NeighbourOptions {
  int count = 8;                   // neighbours of a frame
  int max_offset = 24;             // frames
  double enough_parallax_px = 12;  // offsets grow until the farthest neighbours have this parallax
  double min_parallax_px = 1.0;    // neighbours below say nothing and are left out
};

/// Frames to compare a frame with, nearest first: offsets +-1, 2, 4, 8, stretched up to max_offset where the
/// camera moves little, replaced by others where they leave the clip, and without those whose parallax is
/// below the minimum. Empty when no frame within reach has parallax: a clip without translation has no depth
/// to find.
[[nodiscard]] std::vector<int> choose_neighbours(Span<const Camera> cameras, int frame,
                                                 const DepthRange& range, const NeighbourOptions& options);

}  // namespace vd
