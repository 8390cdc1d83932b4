// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "clip/clip.h"
#include "clip/frame_sink.h"
#include "clip/run.h"
#include "image/colour_map.h"
#include "stage/results.h"

namespace vd {

// vd-view writes pictures of a clip's results:
//   view/range.json         the depths at the ends of the colour scale and the confidence of its bright end
//   view/depth/000000.png   coloured depth of every frame, at the size of the frames
//   view/side_by_side.mp4   RGB, depth, confidence and moving objects beside each other
//   view/sheet.png          some frames on one page, with colour scales and the truth where there is one
//   view/path.svg path.png  the camera path from above, with the true one beside it
// Frames are read one at a time: memory does not depend on the length of the clip.

struct ViewStageOptions {
  ResultChoice results;
  std::vector<std::string> what;  // of "depth", "video", "sheet", "path"; empty = all that can be made
  std::string range = "shot";     // "shot", "frame" or "LO:HI" in the unit of the depth
  ColourMap colours = ColourMap::ember;
  int max_side = 1920;  // of the video, in pixels
  double fps = 0;       // of the video; 0 = that of the clip
  int columns = 6;      // of the sheet
};
void describe(ViewStageOptions& options, OptionTable& table);

/// Writes what can be shown; what was not asked for by name and has no input is left out with a note. Throws
/// Error when the clip has no result to show at all or a picture that was asked for by name cannot be made.
void view_stage(const Clip& clip, const ViewStageOptions& options, const OpenFrameSink& open_video, Run& run);

/// How the colours of depth are scaled.
struct RangeChoice {
  enum class Kind { shot, frame, fixed } kind = Kind::shot;
  ColourRange fixed;
};
/// Reads "shot", "frame" or "LO:HI" (0 < LO < HI). Throws MisuseError.
[[nodiscard]] RangeChoice parse_range(const std::string& text);

}  // namespace vd
