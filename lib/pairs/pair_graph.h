// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/options.h"

namespace vd {

// A pair graph says which frames of a clip are looked at together. Everything expensive that follows (flow,
// two-view networks, point maps) is paid once an edge, and everything that ties the frames together (poses,
// scales, depth) can only travel along edges; so the graph decides both the cost and the drift of a
// reconstruction.
//
// An edge (a, b) is directed: two-view programs give both images' points in the frame of the FIRST one. A
// symmetrised graph has the mirror (b, a) of every edge, E/2 places further on: edge k and edge k + E/2
// belong together, and motion masks rely on it. Indices count frames of the clip from 0.
//
// A graph is named by a string, because this is how programs of this field write it in tables and command
// lines:
//
//   complete                    all pairs (i, j), j < i; grows with the square of the clip
//   swin[-w][-noncyclic]        each frame with the next w; cyclic graphs wrap round, so the last frames meet
//   the first swinstride[-w][-noncyclic]  ... with the frames 1, 3, 5, ... ahead (w of them)
//   swin2stride[-w][-noncyclic] ... 1, 4, 7, ... ahead
//   swinskip_start[-w][...]     ... 2, 3, ..., w+1 ahead
//   logwin[-w][-noncyclic]      ... 1, 2, 4, ..., 2^(w-1) ahead and behind
//   oneref[-r]                  frame r with every other
//   stride-K                    (t, t+K): the multi-frame evaluation of D2USt3R
//   self                        (t, t): its single-frame evaluation; the only graph meant to have self pairs
//   clips[-c]                   Align3R's two levels: keyframes among themselves, then the frames of each
//   clip
//
// A window w that is left out, or is not a number, is 3. Windows of a film are hardly ever meant to be
// cyclic; say -noncyclic. Windowed graphs are sorted lexicographically before they are mirrored (the public
// programs iterate over a hash set, whose order means nothing); `complete` and `oneref` keep the order in
// which they are made.
//
// Public programs disagree in details, which the dialect chooses:
//
//              oneref has (r, r)   swinstride, swin2stride   swinskip_start   mirrored
//   dust3r     no                  no                        no               when symmetrise
//   align3r    no                  yes                       no               when symmetrise
//   monst3r    yes                 yes                       yes              when symmetrise and the name
//   begins neither
//                                                                             with "oneref" nor with "swin-1"
//                                                                             (so swin-10 is not mirrored
//                                                                             either), or n = 2, or forced
//   vd         no                  yes                       yes              when symmetrise
//
// Example: 30 frames, swinstride-5-noncyclic, symmetrised: 2 (29 + 27 + 25 + 23 + 21) = 250 edges.

enum class PairDialect { vd, dust3r, monst3r, align3r };

/// Which of Align3R's two programs a clip graph follows.
enum class ClipVariant {
  depth,  // its depth evaluation: all (a, b), a < b, in keyframes and clips, not mirrored
  pose,   // its demo and pose evaluation: keyframes all pairs; clips (a, a+1), (a, a+3), ...; both mirrored
};

struct PairGraphOptions {
  // Three neighbours a frame, 1, 4 and 7 ahead: each pair costs flow, a point map and disk, and near frames
  // of a video alone have too little parallax.
  std::string graph = "swin2stride-3-noncyclic";
  PairDialect dialect = PairDialect::vd;
  bool symmetrise = true;
  bool force_symmetrise = false;  // monst3r: mirror even the graphs that it does not
  std::string prefilter;  // "seqD": keep |a-b| <= D; "cycD": the same, round the end of the clip; empty: all
  bool compat = false;    // keep self pairs where public programs make them by accident
  ClipVariant clip_variant = ClipVariant::pose;  // of the graph "clips"
  bool exact_clips = false;  // of the graph "clips": size exactly c as in the paper, not the program's rule
};

void describe(PairGraphOptions& options, OptionTable& table);

using Edge = std::pair<int, int>;

struct PairGraph {
  int images = 0;
  std::vector<Edge> edges;
  std::vector<std::string> warnings;  // e.g. self pairs that were left out, images without any edge
};

/// The edges of a graph over `images` frames, in the order said above.
///
/// throws  MisuseError on an unknown name, a window below 1, a reference or stride outside the clip, a
/// prefilter that is
///         neither seqD nor cycD
/// source  DUSt3R, MonST3R, Align3R: image_pairs; D2USt3R's evaluation
[[nodiscard]] PairGraph make_pair_graph(int images, const PairGraphOptions& options);

/// The largest set of images that edges of either direction connect, ascending; of equals the one with the
/// first image. An image without any edge is a set of its own.
[[nodiscard]] std::vector<int> largest_connected(const PairGraph& graph);

/// True when every image can be reached from image 0 along edges of either direction.
[[nodiscard]] bool is_connected(const PairGraph& graph);

}  // namespace vd
