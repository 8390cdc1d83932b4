// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/options.h"
#include "core/span.h"
#include "pairs/pair_graph.h"

namespace vd {

/// What is known of two frames before anything is computed of them.
struct PairEvidence {
  int a = 0;
  int b = 0;
  double overlap = 0;   // share of the image that both see, in [0, 1]
  double parallax = 0;  // motion that no turn of the camera and no single plane explains, in image diagonals
};

struct PairSelectionOptions {
  double budget = 3;           // pairs a frame, in the sense of a sliding window of so many frames
  int reach = 32;              // frames ahead that are looked at
  double least_overlap = 0.3;  // less is no candidate
  double full_parallax =
      0.01;  // more is not better: a fit of flow to a tenth of a pixel is then off by few percent
};
void describe(PairSelectionOptions& options, OptionTable& table);

/// The pairs that are worth most for as many pairs as swin-BUDGET-noncyclic has: first a tree that connects
/// all frames with the best pairs there are, then, one by one, the pair that adds most to its two frames,
/// where each further pair of a frame counts half of the one before. A pair is worth its overlap, times the
/// share of full_parallax that it has; without any parallax it keeps a twentieth, so that a camera that only
/// turns gets the pairs that overlap most.
///
/// images    frames 0 .. images-1; neighbours without evidence are connected too, as the last resort
/// evidence  of pairs in either order, each at most once
/// returns   pairs (a, b), a < b, sorted; all frames are connected, which takes images - 1 pairs whatever the
///           budget. The same for any order of the evidence.
/// throws    Error when a pair names a frame that is not there
[[nodiscard]] std::vector<Edge> select_pairs(int images, Span<const PairEvidence> evidence,
                                             const PairSelectionOptions& options);

}  // namespace vd
