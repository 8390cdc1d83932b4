// SPDX-License-Identifier: Apache-2.0
#include "stage/select_stage.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "flow/flow_chain.h"
#include "io/dense.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr int point_count = 800;

/// Distances that are looked at: all of the near ones, then ever sparser, since far frames differ little from
/// their neighbours.
bool is_looked_at(int distance) {
  int step = 1;
  for (int d = 1; d <= distance; d += step) {
    if (d == distance) return true;
    step = std::max(1, d / 4);
  }
  return false;
}

/// Chains that begin at frames of the reach and have come as far as the present one.
struct Chain {
  int frame;
  CarriedPoints points;
};

SharedView view_by_flow(const fs::path& file) {
  const FlowFile flow = read_flow(file);
  CarriedPoints points = spread_points(flow.flow.width(), flow.flow.height(), point_count);
  carry(points, flow.flow, flow.confidence);
  return shared_view(points);
}

/// First and last frame of every shot.
std::vector<std::pair<int, int>> shots_of(const Clip& clip) {
  std::vector<int> starts = {0};
  starts.insert(starts.end(), clip.info().cuts.begin(), clip.info().cuts.end());
  starts.push_back(clip.frame_count());
  std::vector<std::pair<int, int>> shots;
  for (std::size_t k = 0; k + 1 < starts.size(); ++k) {
    if (starts[k] < starts[k + 1]) shots.emplace_back(starts[k], starts[k + 1] - 1);
  }
  return shots;
}

using Evidence = std::map<std::pair<int, int>, SharedView>;

/// Pairs with flow of their own.
void add_direct(const fs::path& folder, const std::vector<int>& frames, int reach, Evidence& evidence) {
  std::vector<std::pair<std::pair<int, int>, fs::path>> files;
  for (std::size_t k = 0; k < frames.size(); ++k) {
    for (std::size_t l = k + 1; l < frames.size() && frames[l] - frames[k] <= reach; ++l) {
      const auto file = find_item(folder, pair_stem(frames[k], frames[l]));
      if (file) files.push_back({{frames[k], frames[l]}, *file});
    }
  }
  std::vector<SharedView> views(files.size());
  parallel_for(files.size(), [&](std::size_t k) {
    check_interrupted();
    views[k] = view_by_flow(files[k].second);
  });
  for (std::size_t k = 0; k < files.size(); ++k) evidence[files[k].first] = views[k];
}

/// Pairs that only a chain of neighbours reaches.
void add_chained(const fs::path& folder, int first, int last, const std::vector<int>& frames,
                 const PairSelectionOptions& options, Evidence& evidence) {
  const auto is_wanted = [&](int frame) { return std::binary_search(frames.begin(), frames.end(), frame); };
  std::deque<Chain> chains;
  for (int t = first; t < last; ++t) {
    check_interrupted();
    const auto file = find_item(folder, pair_stem(t, t + 1));
    if (!file) {
      chains.clear();
      continue;
    }
    const FlowFile flow = read_flow(*file);
    if (is_wanted(t))
      chains.push_back({t, spread_points(flow.flow.width(), flow.flow.height(), point_count)});
    std::vector<std::optional<SharedView>> views(chains.size());
    parallel_for(chains.size(), [&](std::size_t k) {
      carry(chains[k].points, flow.flow, flow.confidence);
      const bool is_last = !is_looked_at(t + 1 - chains[k].frame) || !is_wanted(t + 1);
      if (!is_last && evidence.count({chains[k].frame, t + 1}) == 0) views[k] = shared_view(chains[k].points);
    });
    for (std::size_t k = 0; k < chains.size(); ++k) {
      if (views[k]) evidence[{chains[k].frame, t + 1}] = *views[k];
    }
    while (!chains.empty() && t + 1 - chains.front().frame >= options.reach) chains.pop_front();
  }
}

}  // namespace

std::vector<fs::path> flow_evidence_files(const Clip& clip, const std::string& flow, int reach) {
  const fs::path folder = clip.stage_folder("flow", flow);
  std::vector<fs::path> files;
  for (const auto& [first, last] : shots_of(clip)) {
    for (int i = first; i < last; ++i) {
      for (int j = i + 1; j <= std::min(last, i + reach); ++j) {
        if (auto file = find_item(folder, pair_stem(i, j))) files.push_back(*file);
      }
    }
  }
  return files;
}

PairList select_clip_pairs(const Clip& clip, const std::string& flow, const std::vector<int>& frames,
                           const PairSelectionOptions& options) {
  const fs::path folder = clip.stage_folder("flow", flow);
  PairList pairs;
  for (const auto& [first, last] : shots_of(clip)) {
    const std::vector<int> own(std::lower_bound(frames.begin(), frames.end(), first),
                               std::upper_bound(frames.begin(), frames.end(), last));
    Evidence evidence;
    add_direct(folder, own, options.reach, evidence);
    add_chained(folder, first, last, own, options, evidence);
    const auto index_of = [&](int frame) {
      return static_cast<int>(std::lower_bound(own.begin(), own.end(), frame) - own.begin());
    };
    std::vector<PairEvidence> known;
    for (const auto& [pair, view] : evidence) {
      known.push_back({index_of(pair.first), index_of(pair.second), view.overlap, view.parallax});
    }
    for (const auto& [a, b] : select_pairs(static_cast<int>(own.size()), known, options)) {
      pairs.emplace_back(own[static_cast<std::size_t>(a)], own[static_cast<std::size_t>(b)]);
    }
  }
  return pairs;
}

}  // namespace vd
