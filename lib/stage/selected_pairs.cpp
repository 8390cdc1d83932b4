// SPDX-License-Identifier: Apache-2.0
#include "stage/selected_pairs.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/log.h"

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
  if (pairs.empty()) warn_of_no_pairs(clip);
  return pairs;
}

void warn_of_no_pairs(const Clip& clip) {
  log_warning(clip.folder().string() + ": no pair of two different frames, so nothing to compute");
}

}  // namespace vd
