// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "core/options.h"
#include "core/span.h"
#include "stereo/completion.h"
#include "stereo/geometric_check.h"
#include "stereo/joint_lucas_kanade.h"
#include "stereo/neighbours.h"
#include "stereo/plane_sweep.h"
#include "stereo/posed_image.h"

namespace vd {

// Dense depth of frames whose cameras are known, without trained parts: a small plane sweep as the seed,
// joint Lucas-Kanade on log inverse depth, a geometric check between frames, and completion. No random
// numbers; frames are independent of each other but for the check.

enum class DepthPreset { preview, standard };

struct DepthOptions {
  DepthPreset preset = DepthPreset::standard;  // preview: 4 neighbours and one pass of refinement
  NeighbourOptions neighbours;
  int compared_neighbours = 6;  // of them, nearest first: what the sweep and the check use
  PlaneSweepOptions sweep;
  LucasKanadeOptions refinement;
  CheckOptions check;
  CompletionOptions completion;
};
void describe(DepthOptions& options, OptionTable& table);

/// The options with what the preset replaces.
[[nodiscard]] DepthOptions resolved(const DepthOptions& options);

/// Depth of one frame from its own matching: sweep over the nearest neighbours, refinement over all. Without
/// neighbours or range nothing is measured: strength 0 everywhere.
///
/// neighbours  nearest first, see choose_neighbours
[[nodiscard]] RawDepth seed_and_refine(const MatchImage& reference, Span<const MatchImage* const> neighbours,
                                       const DepthRange& range, const DepthOptions& options);

struct DepthReport {
  int frames = 0;
  int frames_without_parallax = 0;  // no neighbour within reach shows any: nothing observed there
  double observed = 0;              // share of all pixels
};

/// What the clip gives frame by frame, and where results go. image() is called at most once a frame, in
/// order; sink() too. Other calls may come from any thread.
struct DepthClip {
  std::vector<Camera> cameras;
  std::vector<DepthRange> ranges;  // one a frame
  std::function<PosedImage(int frame)> image;
  std::function<MaskMap(int frame)> moving;            // optional: 255 where things move
  std::function<Map<float>(int frame)> prior_inverse;  // optional: see CompletionHints
  std::function<bool(int frame)> wanted;  // optional: frames whose depth is to be computed; all otherwise
  std::function<void(int frame, FrameDepth)> sink;
};

/// Dense depth of every frame of a clip. Frames run in parallel, in chunks; memory is bounded by the frames
/// that a chunk looks at (at most 2 * max_offset + 2 a thread), never by the length of the clip. The result
/// does not depend on the number of threads. Throws Error when cameras and ranges differ in number.
DepthReport for_each_frame_depth(const DepthClip& clip, const DepthOptions& options = {});

/// The same for a clip in memory; masks empty or one a frame.
[[nodiscard]] std::vector<FrameDepth> dense_depth(Span<const PosedImage> images,
                                                  Span<const DepthRange> ranges,
                                                  Span<const MaskMap> moving = {},
                                                  const DepthOptions& options = {});

}  // namespace vd
