// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "io/pairs.h"
#include "pairs/pair_selection.h"

namespace vd {

/// Flow files of a stage that tell how frames are related: those from a frame to a later one, no farther than
/// reach, inside one shot.
[[nodiscard]] std::vector<std::filesystem::path> flow_evidence_files(const Clip& clip,
                                                                     const std::string& flow, int reach);

/// Pairs of the given frames (increasing) chosen by overlap and parallax: of pairs that the flow stage has,
/// from their flow; of all others, from the flow of neighbours, one after the other. One flow and a few
/// hundred points a frame of the reach are in memory. Each shot gets its own share of the budget.
[[nodiscard]] PairList select_clip_pairs(const Clip& clip, const std::string& flow,
                                         const std::vector<int>& frames, const PairSelectionOptions& options);

}  // namespace vd
