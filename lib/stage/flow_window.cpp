// SPDX-License-Identifier: Apache-2.0
#include "stage/flow_window.h"

#include <algorithm>
#include <set>

#include "core/parallel.h"

namespace vd {

void FlowWindow::prepare(std::vector<std::pair<int, int>> pairs) {
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  read_frames(pairs);
  pairs.erase(
      std::remove_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return flows_.count(pair) > 0; }),
      pairs.end());
  std::vector<std::shared_ptr<const FlowMap>> made(pairs.size());
  parallel_for(pairs.size(), [&](std::size_t k) {
    const auto [i, j] = pairs[k];
    made[k] = std::make_shared<const FlowMap>(compute_(i, j, grey(i), grey(j)));
  });
  for (std::size_t k = 0; k < pairs.size(); ++k) flows_[pairs[k]] = made[k];
}

void FlowWindow::read_frames(const std::vector<std::pair<int, int>>& pairs) {
  std::set<int> needed;
  for (const auto& [i, j] : pairs) {
    for (const int frame : {i, j})
      if (frames_.count(frame) == 0) needed.insert(frame);
  }
  const std::vector<int> list(needed.begin(), needed.end());
  std::vector<std::shared_ptr<const GreyImage>> read(list.size());
  parallel_for(list.size(), [&](std::size_t k) { read[k] = source_.grey(list[k]); });
  for (std::size_t k = 0; k < list.size(); ++k) frames_[list[k]] = read[k];
}

std::shared_ptr<const FlowMap> FlowWindow::flow(int i, int j) const {
  const auto found = flows_.find({i, j});
  return found == flows_.end() ? nullptr : found->second;
}

void FlowWindow::forget_before(int frame) {
  frames_.erase(frames_.begin(), frames_.lower_bound(frame));
  for (auto it = flows_.begin(); it != flows_.end();) {
    it = std::min(it->first.first, it->first.second) < frame ? flows_.erase(it) : std::next(it);
  }
}

}  // namespace vd
