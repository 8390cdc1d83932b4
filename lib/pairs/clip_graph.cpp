// SPDX-License-Identifier: Apache-2.0
#include "pairs/clip_graph.h"

#include <algorithm>

#include "core/error.h"

namespace vd {
namespace {

/// (a, b) for every a < b whose distance is 1, 1 + step, 1 + 2 step, ...
std::vector<Edge> forward_edges(int images, int step, bool mirrored) {
  std::vector<Edge> edges;
  for (int a = 0; a < images; ++a) {
    for (int b = a + 1; b < images; b += step) edges.emplace_back(a, b);
  }
  if (mirrored) {
    const std::size_t count = edges.size();
    for (std::size_t k = 0; k < count; ++k) edges.emplace_back(edges[k].second, edges[k].first);
  }
  return edges;
}

}  // namespace

int published_clip_size(int images, int start_clip_size) {
  int size = start_clip_size;
  while (size >= 2 && (size > images || images % size <= 1)) --size;
  return size >= 2 ? size : images;
}

ClipGraph make_clip_graph(int images, int start_clip_size, ClipVariant variant, bool exact) {
  if (start_clip_size < 2) throw MisuseError("--graph", "clips need at least 2 frames");
  const bool mirrored = variant == ClipVariant::pose;
  ClipGraph graph;
  graph.clip_size = exact ? start_clip_size : published_clip_size(images, start_clip_size);
  for (int first = 0; first < images; first += graph.clip_size) {
    if (exact && first > 0 && first == images - 1) break;  // one frame left over: it joins the clip before
    graph.keyframes.push_back(first);
  }
  for (std::size_t k = 0; k < graph.keyframes.size(); ++k) {
    const int end = k + 1 < graph.keyframes.size() ? graph.keyframes[k + 1] : images;
    const int frames = end - graph.keyframes[k];
    graph.clips.push_back({graph.keyframes[k], frames, forward_edges(frames, mirrored ? 2 : 1, mirrored)});
  }
  graph.keyframe_edges = forward_edges(static_cast<int>(graph.keyframes.size()), 1, mirrored);
  return graph;
}

}  // namespace vd
