// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "pairs/pair_graph.h"

namespace vd {

/// Frames [first_frame, first_frame + frames) and the edges among them, counted from first_frame.
struct ClipEdges {
  int first_frame = 0;
  int frames = 0;
  std::vector<Edge> edges;
};

/// Align3R's hierarchy: the first frame of each clip is a keyframe, keyframes are aligned first, then each
/// clip.
struct ClipGraph {
  int clip_size = 0;
  std::vector<int> keyframes;        // frame of each
  std::vector<Edge> keyframe_edges;  // indices into keyframes
  std::vector<ClipEdges> clips;
};

/// Clip size by the public program's rule: the largest c <= start, 2 <= c <= images, that leaves neither a
/// last clip of one frame nor a full last clip (so 30 frames from 10 give 9: clips of 9, 9, 9 and 3). Without
/// any such c the whole video is one clip.
[[nodiscard]] int published_clip_size(int images, int start_clip_size);

/// start_clip_size  largest size of a clip (the programs start at 10, for depth evaluation at 50)
/// exact            clips of exactly that size, as in the paper; a remainder of one frame joins the last clip
/// throws           MisuseError when start_clip_size < 2
/// source           Align3R, section 3.3 and its programs
[[nodiscard]] ClipGraph make_clip_graph(int images, int start_clip_size, ClipVariant variant, bool exact);

}  // namespace vd
