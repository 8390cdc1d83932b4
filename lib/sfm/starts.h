// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/span.h"
#include "sfm/mapper.h"
#include "sfm/sfm.h"

namespace vd {

/// The reconstruction that explains the tracks best, and all that were tried.
struct BestStart {
  Reconstruction reconstruction;  // one point a track of the tracks given
  std::vector<StartRecord> records;
  int best = -1;  // index into records; -1: nothing could be started
  std::vector<std::string> warnings;
};

/// Grows reconstructions from the best pairs until two agree, at most options.starts.
[[nodiscard]] BestStart try_starts(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                                   const SfmOptions& options);

/// The same for an unknown focal length: starts at several guesses, the focal length free once some frames
/// stand.
[[nodiscard]] BestStart try_focal_starts(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                                         const SfmOptions& options);

/// Whether two reconstructions of the same frames are the same up to a similarity: rotations within 0.3
/// degrees, centres within 2 % of their spread.
[[nodiscard]] bool agree(const Reconstruction& a, const Reconstruction& b);

}  // namespace vd
