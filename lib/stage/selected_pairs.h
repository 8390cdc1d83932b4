// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "clip/clip.h"
#include "clip/run.h"
#include "io/pairs.h"

namespace vd {

/// The pairs of a list that have two different frames, both selected by --frames, in the order of the file.
/// Pairs of different shots are left out with a warning. None at all is a warning: a clip of one frame has
/// none, and goes through all programs like any other. Throws Error when the list names a frame that the clip
/// does not have.
[[nodiscard]] PairList read_selected_pairs(const Clip& clip, const std::filesystem::path& file,
                                           const Run& run);

/// Takes out the pairs whose frames lie on different sides of a cut, in place; returns how many there were.
int leave_out_pairs_across_cuts(const Clip& clip, PairList& pairs);

void warn_of_no_pairs(const Clip& clip);

}  // namespace vd
