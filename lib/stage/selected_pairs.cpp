// SPDX-License-Identifier: Apache-2.0
#include "stage/selected_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/log.h"
#include "stage/find_cuts.h"

namespace vd {

PairList read_selected_pairs(const Clip& clip, const std::filesystem::path& file, const Run& run) {
  const auto frames = select_frames(run.common.frames, clip.frame_count());
  const std::set<int> selected(frames.begin(), frames.end());
  PairList pairs;
  for (const auto& [i, j] : read_pairs(file)) {
    if (std::max(i, j) >= clip.frame_count()) {
      throw Error(file.string(), "pair " + pair_stem(i, j) + " names a frame that the clip does not have");
    }
    if (i != j && selected.count(i) > 0 && selected.count(j) > 0) pairs.emplace_back(i, j);
  }
  const int across = leave_out_pairs_across_cuts(clip, pairs);
  if (across > 0) {
    log_warning(
        fmt::format("{}: {} pairs join frames of different shots and are left out", file.string(), across));
  }
  if (pairs.empty()) warn_of_no_pairs(clip);
  return pairs;
}

int leave_out_pairs_across_cuts(const Clip& clip, PairList& pairs) {
  const std::size_t before = pairs.size();
  const ClipInfo& info = clip.info();
  pairs.erase(std::remove_if(
                  pairs.begin(), pairs.end(),
                  [&](const auto& pair) { return shot_of(info, pair.first) != shot_of(info, pair.second); }),
              pairs.end());
  return static_cast<int>(before - pairs.size());
}

void warn_of_no_pairs(const Clip& clip) {
  log_warning(clip.folder().string() + ": no pair of two different frames, so nothing to compute");
}

}  // namespace vd
