// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/span.h"
#include "geometry/se3.h"
#include "report/drawing.h"

namespace vd {

struct CameraPathOptions {
  std::string title;
  std::string unit = "relative";       // "m" is written at the axes
  std::string path_name = "estimate";  // in the legend
  std::vector<std::string> notes;      // lines beside the legend: scores and facts
};

/// Directions in which a path is drawn: what the picture's axes mean in the world.
struct PathView {
  Vec3 origin;  // shown at (0, 0)
  Vec3 right;   // unit vectors, orthogonal
  Vec3 up;      // towards the top of the picture
};

/// The plane of largest motion, seen from above: its normal has the least motion, leaning towards the
/// cameras' mean up direction where the path is nearly straight and any plane would do. The cameras' mean
/// viewing direction points to the top; the first camera is the origin. With no motion at all the view is
/// along the cameras' vertical axis.
[[nodiscard]] PathView view_from_above(Span<const SE3> world_from_camera);

/// The camera path from above, with the true path beside it: axes with round numbers and the same scale both
/// ways, viewing directions, start and end, legend and notes.
///
/// estimate  poses world_from_camera, already aligned to the truth when there is one; at least one
/// truth     poses of the same frames, or empty
[[nodiscard]] Drawing draw_camera_path(Span<const SE3> estimate, Span<const SE3> truth,
                                       const CameraPathOptions& options);

}  // namespace vd
