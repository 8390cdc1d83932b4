// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clip/clip.h"
#include "clip/run.h"
#include "pairs/pair_graph.h"
#include "pairs/pair_selection.h"

namespace vd {

struct PairsStageOptions {
  PairGraphOptions graph;
  PairSelectionOptions selection;  // of the graph "select"
  std::string flow;                // its evidence
  bool print = false;
};
void describe(PairsStageOptions& options, OptionTable& table);

/// Writes pairs/NAME.txt (NAME is the graph's first word unless -o says otherwise), or prints the pairs. The
/// graph "select" chooses them by overlap and parallax out of a flow stage (pairs/pair_selection.h).
void pairs_stage(const Clip& clip, const PairsStageOptions& options, Run& run);

}  // namespace vd
