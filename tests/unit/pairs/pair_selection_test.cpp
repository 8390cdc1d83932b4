// SPDX-License-Identifier: Apache-2.0
#include "pairs/pair_selection.h"

#include <algorithm>
#include <set>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"

namespace vd {
namespace {

std::vector<PairEvidence> random_evidence(int images, std::uint64_t seed) {
  Random random(seed);
  std::vector<PairEvidence> evidence;
  for (int a = 0; a < images; ++a) {
    for (int b = a + 1; b < images; ++b) {
      if (random.uniform() < 0.5) evidence.push_back({a, b, random.uniform(), random.uniform(0, 0.02)});
    }
  }
  return evidence;
}

std::vector<int> degrees(int images, const std::vector<Edge>& edges) {
  std::vector<int> degree(static_cast<std::size_t>(images), 0);
  for (const auto& [a, b] : edges) {
    ++degree[static_cast<std::size_t>(a)];
    ++degree[static_cast<std::size_t>(b)];
  }
  return degree;
}

}  // namespace

TEST_CASE("selected pairs connect all frames, within the budget of a window", "[pairs][property]") {
  const int images = GENERATE(2, 3, 8, 40);
  const double budget = GENERATE(0.5, 1.0, 2.0, 3.5);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    PairSelectionOptions options;
    options.budget = budget;
    const auto edges = select_pairs(images, random_evidence(images, seed), options);
    PairGraph graph;
    graph.images = images;
    graph.edges = edges;
    CHECK(is_connected(graph));
    CHECK(std::is_sorted(edges.begin(), edges.end()));
    CHECK(std::set<Edge>(edges.begin(), edges.end()).size() == edges.size());
    CHECK(std::all_of(edges.begin(), edges.end(), [](const Edge& e) { return e.first < e.second; }));
    CHECK(edges.size() <= std::max(images - 1.0, budget * images));
  }
}

TEST_CASE("with evidence in plenty a whole budget makes as many pairs as the window of that size",
          "[pairs]") {
  std::vector<PairEvidence> evidence;
  for (int a = 0; a < 20; ++a) {
    for (int b = a + 1; b < 20; ++b) evidence.push_back({a, b, 0.9, 0.005});
  }
  const int budget = GENERATE(1, 2, 3, 5);
  PairSelectionOptions options;
  options.budget = budget;
  PairGraphOptions window;
  window.graph = "swin-" + std::to_string(budget) + "-noncyclic";
  window.symmetrise = false;
  CHECK(select_pairs(20, evidence, options).size() == make_pair_graph(20, window).edges.size());
}

TEST_CASE("the order of the evidence and of its frames means nothing", "[pairs][property]") {
  std::vector<PairEvidence> evidence = random_evidence(15, 3);
  const auto edges = select_pairs(15, evidence, {});
  std::reverse(evidence.begin(), evidence.end());
  for (PairEvidence& pair : evidence) std::swap(pair.a, pair.b);
  CHECK(select_pairs(15, evidence, {}) == edges);
}

TEST_CASE("pairs with parallax come before those without, and more overlap before less", "[pairs]") {
  PairSelectionOptions options;
  options.budget = 1;
  // A turn from 0 to 1, then steps aside: 2 sees 0 and 1 with parallax, 1 and 3 little.
  const std::vector<PairEvidence> evidence = {
      {0, 1, 0.9, 0}, {0, 2, 0.8, 0.01}, {1, 2, 0.8, 0.01}, {2, 3, 0.6, 0.01}, {1, 3, 0.5, 0.01}};
  CHECK(select_pairs(4, evidence, options) == std::vector<Edge>{{0, 2}, {1, 2}, {2, 3}});
  // Without any parallax, the tree of the most overlap.
  const std::vector<PairEvidence> turn = {{0, 1, 0.9, 0}, {1, 2, 0.9, 0}, {0, 2, 0.7, 0}, {2, 3, 0.9, 0}};
  CHECK(select_pairs(4, turn, options) == std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}});
}

TEST_CASE("equal pairs are spread over the frames", "[pairs]") {
  std::vector<PairEvidence> evidence;
  for (int a = 0; a < 12; ++a) {
    for (int b = a + 1; b < 12; ++b) evidence.push_back({a, b, 0.8, 0.01});
  }
  PairSelectionOptions options;
  options.budget = 4;
  auto degree = degrees(12, select_pairs(12, evidence, options));
  // The tree of equal pairs is a star, whose middle keeps what it has; the others share evenly.
  std::sort(degree.begin(), degree.end());
  CHECK(degree[10] - degree[0] <= 1);
}

TEST_CASE("frames that nothing is known of are tied to their neighbours", "[pairs]") {
  CHECK(select_pairs(4, Span<const PairEvidence>(), {}) == std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}});
  CHECK(select_pairs(1, Span<const PairEvidence>(), {}).empty());
  const std::vector<PairEvidence> outside = {{0, 4, 1, 1}};
  CHECK_THROWS_AS(select_pairs(4, outside, {}), Error);
}

}  // namespace vd
