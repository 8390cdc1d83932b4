// SPDX-License-Identifier: Apache-2.0
#include "pairs/pair_graph.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "catch.h"
#include "core/error.h"
#include "pairs/clip_graph.h"

namespace vd {
namespace {

PairGraph graph_of(int images, const std::string& name, bool symmetrise = true) {
  PairGraphOptions options;
  options.graph = name;
  options.symmetrise = symmetrise;
  return make_pair_graph(images, options);
}

}  // namespace

TEST_CASE("published sizes of graphs over 30 frames", "[pairs]") {
  CHECK(graph_of(30, "swin-10").edges.size() == 600);
  CHECK(graph_of(30, "swinstride-5-noncyclic").edges.size() == 250);
  PairGraphOptions options;
  options.graph = "clips-10";
  options.exact_clips = true;
  options.clip_variant = ClipVariant::depth;
  CHECK(make_pair_graph(30, options).edges.size() == 138);
}

TEST_CASE("small graphs edge by edge", "[pairs]") {
  using Edges = std::vector<Edge>;
  CHECK(graph_of(3, "complete", false).edges == Edges{{1, 0}, {2, 0}, {2, 1}});
  CHECK(graph_of(4, "swin-1-noncyclic", false).edges == Edges{{0, 1}, {1, 2}, {2, 3}});
  CHECK(graph_of(4, "swin-1", false).edges == Edges{{0, 1}, {0, 3}, {1, 2}, {2, 3}});
  CHECK(graph_of(4, "oneref-2", false).edges == Edges{{2, 0}, {2, 1}, {2, 3}});
  CHECK(graph_of(5, "stride-3", false).edges == Edges{{0, 3}, {1, 4}});
  CHECK(graph_of(3, "self").edges == Edges{{0, 0}, {1, 1}, {2, 2}});
  CHECK(graph_of(6, "swinskip_start-1-noncyclic", false).edges == Edges{{0, 2}, {1, 3}, {2, 4}, {3, 5}});
  CHECK(graph_of(1, "swin-3").edges.empty());
}

TEST_CASE("a symmetrised graph has the mirror of edge k at k + E/2", "[pairs][property]") {
  const std::string name = GENERATE("complete", "swin-3", "swinstride-4-noncyclic", "swin2stride", "logwin-3",
                                    "logwin-noncyclic", "oneref-1", "stride-2");
  const int images = GENERATE(2, 3, 7, 20);
  const std::vector<Edge> edges = graph_of(images, name).edges;
  REQUIRE(edges.size() % 2 == 0);
  const std::size_t half = edges.size() / 2;
  for (std::size_t k = 0; k < half; ++k) {
    CHECK(edges[k].first == edges[k + half].second);
    CHECK(edges[k].second == edges[k + half].first);
  }
}

TEST_CASE("no graph but self has self pairs, duplicates before mirroring, or frames outside the clip",
          "[pairs][property]") {
  const std::string name = GENERATE("complete", "swin-9", "swin-4-noncyclic", "swinstride-7", "swin2stride-5",
                                    "logwin-5", "oneref", "swinskip_start-6", "clips-4");
  const int images = GENERATE(2, 5, 9, 16);
  const std::vector<Edge> edges = graph_of(images, name, false).edges;
  CHECK(std::set<Edge>(edges.begin(), edges.end()).size() == edges.size());
  for (const auto& [a, b] : edges) {
    CHECK(a != b);
    CHECK((a >= 0 && b >= 0 && a < images && b < images));
  }
}

TEST_CASE("cyclic windows wider than the clip warn about the pairs they lose", "[pairs]") {
  const PairGraph graph = graph_of(3, "swin-3");
  CHECK(graph.edges.size() == 6);
  REQUIRE(graph.warnings.size() == 1);
  CHECK(graph.warnings[0].find("itself") != std::string::npos);
  PairGraphOptions compat;
  compat.graph = "swin-3";
  compat.compat = true;
  CHECK(make_pair_graph(3, compat).edges.size() == 12);
}

TEST_CASE("monst3r does not mirror graphs whose name begins with swin-1", "[pairs]") {
  PairGraphOptions options;
  options.dialect = PairDialect::monst3r;
  options.graph = "swin-12-noncyclic";
  const std::size_t single = make_pair_graph(20, options).edges.size();
  options.force_symmetrise = true;
  CHECK(make_pair_graph(20, options).edges.size() == 2 * single);
}

TEST_CASE("prefilters keep near pairs, also round the end", "[pairs]") {
  PairGraphOptions options;
  options.graph = "complete";
  options.prefilter = "seq2";
  for (const auto& [a, b] : make_pair_graph(9, options).edges) CHECK(std::abs(a - b) <= 2);
  options.prefilter = "cyc2";
  const std::vector<Edge> edges = make_pair_graph(9, options).edges;
  CHECK(std::count(edges.begin(), edges.end(), Edge{8, 0}) == 1);
  CHECK(edges.size() == 36);
}

TEST_CASE("names that are no graph are refused", "[pairs]") {
  CHECK_THROWS_AS(graph_of(5, "swim-3"), MisuseError);
  CHECK_THROWS_AS(graph_of(5, "swin-0"), MisuseError);
  CHECK_THROWS_AS(graph_of(5, "swin-3-noncyclical"), MisuseError);
  CHECK_THROWS_AS(graph_of(5, "complete-3"), MisuseError);
  CHECK_THROWS_AS(graph_of(5, "oneref-5"), MisuseError);
  CHECK_THROWS_AS(graph_of(5, "stride-0"), MisuseError);
  PairGraphOptions dust3r;
  dust3r.dialect = PairDialect::dust3r;
  dust3r.graph = "swinstride-3";
  CHECK_THROWS_AS(make_pair_graph(5, dust3r), MisuseError);
  PairGraphOptions filtered;
  filtered.prefilter = "near2";
  CHECK_THROWS_AS(make_pair_graph(5, filtered), MisuseError);
}

TEST_CASE("the published clip size leaves neither a full last clip nor a single frame", "[pairs][property]") {
  const int images = GENERATE(Catch::Generators::range(1, 60));
  const int size = published_clip_size(images, 10);
  CHECK(size <= std::max(images, 1));
  if (images >= 5) {
    CHECK(images % size >= 2);
  } else {
    CHECK(size == images);
  }
}

TEST_CASE("clips cover all frames once, and all of their graph hangs together", "[pairs][property]") {
  const int images = GENERATE(2, 5, 11, 30, 41);
  const bool exact = GENERATE(false, true);
  const ClipVariant variant = GENERATE(ClipVariant::depth, ClipVariant::pose);
  const ClipGraph graph = make_clip_graph(images, 10, variant, exact);
  int next = 0;
  for (const ClipEdges& clip : graph.clips) {
    CHECK(clip.first_frame == next);
    if (images > 1) CHECK(clip.frames >= 2);
    next += clip.frames;
  }
  CHECK(next == images);
  PairGraphOptions options;
  options.graph = "clips-10";
  options.clip_variant = variant;
  options.exact_clips = exact;
  CHECK(is_connected(make_pair_graph(images, options)));
}

TEST_CASE("the largest connected set of images", "[pairs]") {
  PairGraph graph;
  graph.images = 7;
  graph.edges = {{0, 1}, {5, 2}, {2, 4}};
  CHECK(largest_connected(graph) == std::vector<int>{2, 4, 5});
  CHECK_FALSE(is_connected(graph));
  graph.edges = {{6, 3}, {0, 1}};
  CHECK(largest_connected(graph) == std::vector<int>{0, 1});
  graph.edges.clear();
  CHECK(largest_connected(graph) == std::vector<int>{0});
  graph.images = 1;
  CHECK(is_connected(graph));
}

}  // namespace vd
