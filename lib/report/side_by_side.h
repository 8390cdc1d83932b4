// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "image/resize.h"
#include "report/panels.h"

namespace vd {

/// Places of the panels in one frame of a video.
struct SideBySideLayout {
  std::vector<Panel> panels;
  int columns = 1;
  int rows = 1;
  Size cell;   // pixels of one panel
  Size frame;  // whole picture, both sides even as video codecs demand
};

/// Arranges the panels in the grid whose shape comes closest to 16:9, with a strip for the colour scale
/// below; panels keep their size unless the longer side of the whole would exceed max_side.
[[nodiscard]] SideBySideLayout lay_out_side_by_side(const std::vector<Panel>& panels, Size frame_size,
                                                    int max_side);

/// One frame of the video: the panels with their names, the colour scale of depth, frame number and time.
[[nodiscard]] RgbImage side_by_side(const FrameMaps& maps, const PanelStyle& style,
                                    const SideBySideLayout& layout);

}  // namespace vd
