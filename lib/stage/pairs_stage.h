// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "clip/clip.h"
#include "clip/run.h"
#include "pairs/pair_graph.h"

namespace vd {

struct PairsStageOptions {
  PairGraphOptions graph;
  bool print = false;
};
void describe(PairsStageOptions& options, OptionTable& table);

/// Writes pairs/NAME.txt (NAME is the graph's first word unless -o says otherwise), or prints the pairs.
void pairs_stage(const Clip& clip, const PairsStageOptions& options, Run& run);

}  // namespace vd
