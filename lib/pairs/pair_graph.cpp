// SPDX-License-Identifier: Apache-2.0
#include "pairs/pair_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>

#include "core/error.h"
#include "pairs/clip_graph.h"

namespace vd {
namespace {

const char* const option_name = "--graph";

std::optional<int> parse_integer(const std::string& text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stop != end) return {};
  return value;
}

/// "swin-5-noncyclic" in its parts.
struct GraphName {
  std::string family;
  std::optional<int> number;  // the second field where it is an integer
  bool cyclic = true;
};

GraphName parse_name(const std::string& text) {
  const auto dash = text.find('-');
  GraphName name{text.substr(0, dash)};
  const std::string suffix = "noncyclic";
  name.cyclic =
      text.size() < suffix.size() || text.compare(text.size() - suffix.size(), suffix.size(), suffix) != 0;
  if (dash != std::string::npos) {
    name.number = parse_integer(text.substr(dash + 1, text.find('-', dash + 1) - dash - 1));
  }
  return name;
}

/// What may follow the family's name, so that a slip of the pen is not read as the default window.
void check_fields(const std::string& text, const GraphName& name, bool windowed) {
  std::vector<std::string> fields;
  for (std::size_t at = name.family.size(); at < text.size();) {
    const std::size_t next = std::min(text.find('-', at + 1), text.size());
    fields.push_back(text.substr(at + 1, next - at - 1));
    at = next;
  }
  if (windowed && !fields.empty() && fields.back() == "noncyclic") fields.pop_back();
  if (fields.size() > 1 || (fields.size() == 1 && !name.number)) {
    throw MisuseError(option_name, fmt::format("'{}' is not a pair graph", text));
  }
}

std::vector<int> window_offsets(const GraphName& name) {
  const int window = name.number.value_or(3);
  if (window < 1) throw MisuseError(option_name, "a window has at least 1 frame");
  std::vector<int> offsets;
  for (int k = 0; k < window; ++k) {
    if (name.family == "swin") offsets.push_back(k + 1);
    if (name.family == "swinstride") offsets.push_back(2 * k + 1);
    if (name.family == "swin2stride") offsets.push_back(3 * k + 1);
    if (name.family == "swinskip_start") offsets.push_back(k + 2);
    if (name.family == "logwin" && k < 30) offsets.push_back(1 << k);
  }
  return offsets;
}

std::vector<Edge> window_edges(int images, const GraphName& name) {
  std::set<Edge> edges;
  const bool both_sides = name.family == "logwin";
  const auto add = [&](int i, long long j) {
    if (name.cyclic) j = (j % images + images) % images;
    if (j < 0 || j >= images || (both_sides && j == i)) return;
    edges.emplace(std::min(i, static_cast<int>(j)), std::max(i, static_cast<int>(j)));
  };
  for (const int offset : window_offsets(name)) {
    for (int i = 0; i < images; ++i) {
      add(i, static_cast<long long>(i) + offset);
      if (both_sides) add(i, static_cast<long long>(i) - offset);
    }
  }
  return {edges.begin(), edges.end()};
}

std::vector<Edge> complete_edges(int images) {
  std::vector<Edge> edges;
  for (int i = 0; i < images; ++i) {
    for (int j = 0; j < i; ++j) edges.emplace_back(i, j);
  }
  return edges;
}

std::vector<Edge> reference_edges(int images, const GraphName& name, PairDialect dialect) {
  const int reference = name.number.value_or(0);
  if (reference < 0 || reference >= images) {
    throw MisuseError(option_name, fmt::format("oneref-{}: the clip has {} frames", reference, images));
  }
  std::vector<Edge> edges;
  for (int j = 0; j < images; ++j) {
    if (j != reference || dialect == PairDialect::monst3r) edges.emplace_back(reference, j);
  }
  return edges;
}

std::vector<Edge> stride_edges(int images, const GraphName& name) {
  const int stride = name.number.value_or(1);
  if (stride < 1) throw MisuseError(option_name, "a stride is at least 1");
  std::vector<Edge> edges;
  for (int t = 0; t + stride < images; ++t) edges.emplace_back(t, t + stride);
  return edges;
}

/// Keyframe edges, then those of each clip, in frames of the whole video.
std::vector<Edge> clip_edges(int images, const GraphName& name, const PairGraphOptions& options) {
  const ClipGraph graph =
      make_clip_graph(images, name.number.value_or(10), options.clip_variant, options.exact_clips);
  std::vector<Edge> edges;
  for (const auto& [a, b] : graph.keyframe_edges) edges.emplace_back(graph.keyframes[a], graph.keyframes[b]);
  for (const ClipEdges& clip : graph.clips) {
    for (const auto& [a, b] : clip.edges) edges.emplace_back(clip.first_frame + a, clip.first_frame + b);
  }
  return edges;
}

bool is_windowed(const GraphName& name, PairDialect dialect) {
  if (name.family == "swin" || name.family == "logwin") return true;
  if (name.family == "swinstride" || name.family == "swin2stride") return dialect != PairDialect::dust3r;
  return name.family == "swinskip_start" && (dialect == PairDialect::monst3r || dialect == PairDialect::vd);
}

std::vector<Edge> family_edges(int images, const GraphName& name, const PairGraphOptions& options) {
  const bool windowed = is_windowed(name, options.dialect);
  check_fields(options.graph, name, windowed);
  if (windowed) return window_edges(images, name);
  if (options.graph == "complete") return complete_edges(images);
  if (name.family == "oneref") return reference_edges(images, name, options.dialect);
  if (name.family == "stride") return stride_edges(images, name);
  if (name.family == "clips") return clip_edges(images, name, options);
  if (options.graph == "self") {
    std::vector<Edge> edges;
    for (int t = 0; t < images; ++t) edges.emplace_back(t, t);
    return edges;
  }
  throw MisuseError(option_name, fmt::format("'{}' is not a pair graph of this dialect", options.graph));
}

bool is_mirrored(int images, const GraphName& name, const PairGraphOptions& options) {
  // Clip graphs are mirrored by their variant; a mirrored self pair would be the pair once more.
  if (name.family == "clips" || name.family == "self") return false;
  if (options.dialect != PairDialect::monst3r) return options.symmetrise;
  const bool exempt = name.family == "oneref" || options.graph.compare(0, 6, "swin-1") == 0;
  return (options.symmetrise && !exempt) || images == 2 || options.force_symmetrise;
}

void apply_prefilter(std::vector<Edge>& edges, const std::string& prefilter) {
  if (prefilter.empty()) return;
  const std::string kind = prefilter.substr(0, 3);
  const auto distance = parse_integer(prefilter.substr(std::min<std::size_t>(3, prefilter.size())));
  if ((kind != "seq" && kind != "cyc") || !distance) {
    throw MisuseError("--prefilter", fmt::format("'{}' is neither seqD nor cycD", prefilter));
  }
  int images = 0;
  for (const auto& [a, b] : edges) images = std::max({images, a + 1, b + 1});
  const auto too_far = [&](const Edge& edge) {
    const int d = edge.first - edge.second;
    int nearest = std::abs(d);
    if (kind == "cyc") nearest = std::min({nearest, std::abs(d + images), std::abs(d - images)});
    return nearest > *distance;
  };
  edges.erase(std::remove_if(edges.begin(), edges.end(), too_far), edges.end());
}

}  // namespace

PairGraph make_pair_graph(int images, const PairGraphOptions& options) {
  const GraphName name = parse_name(options.graph);
  PairGraph graph;
  graph.images = images;
  if (images < 1) return graph;
  graph.edges = family_edges(images, name, options);
  if (name.family != "self" && !options.compat) {
    const auto first_self = std::remove_if(graph.edges.begin(), graph.edges.end(),
                                           [](const Edge& e) { return e.first == e.second; });
    if (first_self != graph.edges.end()) {
      graph.warnings.push_back(fmt::format("{}: left out {} pairs of a frame with itself", options.graph,
                                           graph.edges.end() - first_self));
    }
    graph.edges.erase(first_self, graph.edges.end());
  }
  if (is_mirrored(images, name, options)) {
    const std::size_t count = graph.edges.size();
    for (std::size_t k = 0; k < count; ++k)
      graph.edges.emplace_back(graph.edges[k].second, graph.edges[k].first);
  }
  apply_prefilter(graph.edges, options.prefilter);
  if (name.family != "self" && images > 1 && !is_connected(graph)) {
    graph.warnings.push_back(fmt::format("{}: the pairs do not connect all frames", options.graph));
  }
  return graph;
}

std::vector<int> largest_connected(const PairGraph& graph) {
  std::vector<std::vector<int>> neighbours(static_cast<std::size_t>(graph.images));
  for (const auto& [a, b] : graph.edges) {
    neighbours[a].push_back(b);
    neighbours[b].push_back(a);
  }
  std::vector<bool> reached(neighbours.size(), false);
  std::vector<int> largest;
  for (int start = 0; start < graph.images; ++start) {
    if (reached[start]) continue;
    reached[start] = true;
    std::vector<int> connected{start};
    for (std::size_t k = 0; k < connected.size(); ++k) {
      for (const int next : neighbours[connected[k]]) {
        if (reached[next]) continue;
        reached[next] = true;
        connected.push_back(next);
      }
    }
    if (connected.size() > largest.size()) largest = std::move(connected);
  }
  std::sort(largest.begin(), largest.end());
  return largest;
}

bool is_connected(const PairGraph& graph) {
  return static_cast<int>(largest_connected(graph).size()) == graph.images;
}

void describe(PairGraphOptions& o, OptionTable& t) {
  t.topic("Pair graph");
  t.add("--graph", o.graph,
        "complete, swin-W, swinstride-W, swin2stride-W, swinskip_start-W, logwin-W (each with -noncyclic), "
        "oneref-R, stride-K, self, clips-C; or select: by overlap and parallax, within a budget");
  t.flag("--symmetrise", o.symmetrise, "every pair in both directions");
  t.add("--prefilter", o.prefilter, "seqD or cycD: drop pairs more than D frames apart (cyc: round the end)");
  t.choice("--dialect", o.dialect,
           {{"vd", PairDialect::vd},
            {"dust3r", PairDialect::dust3r},
            {"monst3r", PairDialect::monst3r},
            {"align3r", PairDialect::align3r}},
           "whose rules the graph follows")
      .hidden_in_short_help();
  t.flag("--force-symmetrise", o.force_symmetrise, "monst3r: mirror also the graphs that it leaves alone")
      .hidden_in_short_help();
  t.flag("--compat", o.compat, "keep pairs of a frame with itself where public programs make them")
      .hidden_in_short_help();
  t.choice("--clip-variant", o.clip_variant, {{"depth", ClipVariant::depth}, {"pose", ClipVariant::pose}},
           "pairs inside clips: all, or every other distance both ways")
      .hidden_in_short_help();
  t.flag("--exact-clips", o.exact_clips, "clips of exactly C frames as in the paper").hidden_in_short_help();
}

}  // namespace vd
