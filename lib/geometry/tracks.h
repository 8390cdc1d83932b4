// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "geometry/vec.h"

namespace vd {

/// One image point followed through consecutive frames: pixels[k] is its position in frame first_frame + k.
struct PointTrack {
  int first_frame = 0;
  std::vector<Vec2> pixels;

  [[nodiscard]] int last_frame() const { return first_frame + static_cast<int>(pixels.size()) - 1; }
  [[nodiscard]] bool visible_in(int frame) const { return frame >= first_frame && frame <= last_frame(); }
  [[nodiscard]] const Vec2& at(int frame) const {
    return pixels[static_cast<std::size_t>(frame - first_frame)];
  }
};

}  // namespace vd
