// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "clip/clip.h"

namespace vd {

/// The first frame of every shot but the first, as --cuts says it: "auto" looks for them, "none" gives none,
/// and numbers of frames apart by commas are taken as they are. Throws MisuseError on anything else, and on
/// frames that the clip does not have.
[[nodiscard]] std::vector<int> find_cuts(const Clip& clip, const std::string& text);

/// Frames first to end - 1.
struct FrameRange {
  int first = 0;
  int end = 0;
};

/// The shots of a clip, in order: all its frames when it has no cuts.
[[nodiscard]] std::vector<FrameRange> shots_of(const ClipInfo& info);

/// The shot that a frame belongs to, counted from 0.
[[nodiscard]] int shot_of(const ClipInfo& info, int frame);

}  // namespace vd
