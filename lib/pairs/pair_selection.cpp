// SPDX-License-Identifier: Apache-2.0
#include "pairs/pair_selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>

#include "core/error.h"

namespace vd {
namespace {

constexpr double worth_without_parallax = 0.05;
constexpr double worth_of_next_pair = 0.5;

struct Candidate {
  Edge edge;
  double worth = 0;
};

double worth_of(const PairEvidence& pair, const PairSelectionOptions& options) {
  const double share = std::clamp(pair.parallax / options.full_parallax, 0.0, 1.0);
  return pair.overlap * (worth_without_parallax + (1 - worth_without_parallax) * share);
}

/// Best first; among equals the one that comes first in the clip.
bool is_better(const Candidate& one, const Candidate& other) {
  return one.worth != other.worth ? one.worth > other.worth : one.edge < other.edge;
}

std::vector<Candidate> candidates_of(int images, Span<const PairEvidence> evidence,
                                     const PairSelectionOptions& options) {
  std::vector<Candidate> candidates;
  for (const PairEvidence& pair : evidence) {
    if (std::min(pair.a, pair.b) < 0 || std::max(pair.a, pair.b) >= images || pair.a == pair.b) {
      throw Error("", fmt::format("pair {} {} is none of {} frames", pair.a, pair.b, images));
    }
    if (!(pair.overlap >= options.least_overlap)) continue;
    candidates.push_back({{std::min(pair.a, pair.b), std::max(pair.a, pair.b)}, worth_of(pair, options)});
  }
  // Neighbours that lack evidence, or overlap too little, tie frames together where nothing else does.
  for (int t = 0; t + 1 < images; ++t) candidates.push_back({{t, t + 1}, 0});
  std::sort(candidates.begin(), candidates.end(), is_better);
  std::vector<Edge> seen;
  const auto is_repeated = [&](const Candidate& candidate) {
    const auto at = std::lower_bound(seen.begin(), seen.end(), candidate.edge);
    if (at != seen.end() && *at == candidate.edge) return true;
    seen.insert(at, candidate.edge);
    return false;
  };
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(), is_repeated), candidates.end());
  return candidates;
}

/// Joins sets of frames, to tell whether an edge connects anything new.
class Groups {
 public:
  explicit Groups(int images) : parent_(static_cast<std::size_t>(images)) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }
  bool join(const Edge& edge) {
    const int a = find(edge.first);
    const int b = find(edge.second);
    parent_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    return a != b;
  }

 private:
  int find(int k) {
    while (parent_[static_cast<std::size_t>(k)] != k) k = parent_[static_cast<std::size_t>(k)];
    return k;
  }
  std::vector<int> parent_;
};

/// As many pairs as a sliding window has, which lacks some at the end of the clip.
int pair_count(int images, double budget) {
  const double window = std::min(budget, images - 1.0);
  return static_cast<int>(std::floor(window * images - window * (window + 1) / 2 + 1e-9));
}

}  // namespace

void describe(PairSelectionOptions& o, OptionTable& t) {
  t.topic("Graph select");
  t.add("--budget", o.budget, positive(), "pairs a frame that may be chosen [pairs]");
  t.add("--reach", o.reach, at_least(1), "farthest frame ahead that is looked at [frames]");
  t.add("--least-overlap", o.least_overlap, range(0, 1), "share of the image that a pair must see in common")
      .hidden_in_short_help();
  t.add("--full-parallax", o.full_parallax, positive(),
        "parallax beyond which more is not better [diagonals]")
      .hidden_in_short_help();
}

std::vector<Edge> select_pairs(int images, Span<const PairEvidence> evidence,
                               const PairSelectionOptions& options) {
  std::vector<Edge> chosen;
  if (images < 2) return chosen;
  const std::vector<Candidate> candidates = candidates_of(images, evidence, options);
  std::vector<int> degree(static_cast<std::size_t>(images), 0);
  Groups groups(images);
  const auto take = [&](const Candidate& candidate) {
    chosen.push_back(candidate.edge);
    ++degree[static_cast<std::size_t>(candidate.edge.first)];
    ++degree[static_cast<std::size_t>(candidate.edge.second)];
  };
  const auto gain = [&](const Candidate& candidate) {
    const auto [a, b] = candidate.edge;
    return candidate.worth * (std::pow(worth_of_next_pair, degree[static_cast<std::size_t>(a)]) +
                              std::pow(worth_of_next_pair, degree[static_cast<std::size_t>(b)]));
  };
  std::vector<Candidate> rest;
  for (const Candidate& candidate : candidates) {
    if (groups.join(candidate.edge))
      take(candidate);
    else if (candidate.worth > 0)
      rest.push_back(candidate);
  }
  // Gains only fall, so a gain that is out of date is an upper bound: it is renewed when it comes to the top.
  const auto is_worse = [](const Candidate& one, const Candidate& other) { return is_better(other, one); };
  std::priority_queue<Candidate, std::vector<Candidate>, decltype(is_worse)> queue(is_worse);
  std::vector<std::pair<Edge, double>> worth;
  for (const Candidate& candidate : rest) {
    worth.emplace_back(candidate.edge, candidate.worth);
    queue.push({candidate.edge, gain(candidate)});
  }
  std::sort(worth.begin(), worth.end());
  const auto count = static_cast<std::size_t>(pair_count(images, options.budget));
  while (!queue.empty() && chosen.size() < count) {
    Candidate top = queue.top();
    queue.pop();
    const auto own = std::lower_bound(worth.begin(), worth.end(), std::make_pair(top.edge, -1.0));
    const Candidate candidate{top.edge, own->second};
    const double now = gain(candidate);
    if (now < top.worth)
      queue.push({top.edge, now});
    else
      take(candidate);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace vd
