// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "image/resize.h"
#include "report/panels.h"

namespace vd {

struct ContactSheetOptions {
  std::string title;     // the clip's name
  std::string subtitle;  // facts in one line
  int cell_width = 320;  // pixels of one picture
};

/// Size of the sheet of some frames of one size, with so many panels a frame.
[[nodiscard]] Size contact_sheet_size(int frames, int panels, Size frame_size,
                                      const ContactSheetOptions& options);

/// A clip on one page: a column for each of the given frames, in their order, a row for each panel that one
/// of them can fill, with frame numbers and times above, names of the rows to the left and colour scales with
/// numbers to the right.
///
/// frames   at least one, all of one size (throws Error otherwise)
/// returns  a picture of contact_sheet_size()
[[nodiscard]] RgbImage contact_sheet(const std::vector<FrameMaps>& frames, const PanelStyle& style,
                                     const ContactSheetOptions& options);

/// Frame indices spread evenly from the first to the last of `count` frames; all when there are no more than
/// wanted.
[[nodiscard]] std::vector<int> spread_frames(int count, int wanted);

}  // namespace vd
