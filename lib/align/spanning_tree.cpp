// SPDX-License-Identifier: Apache-2.0
#include "align/spanning_tree.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <numeric>
#include <tuple>

#include "core/error.h"
#include "core/parallel.h"
#include "geometry/focal.h"
#include "geometry/registration.h"

namespace vd {
namespace {

double mean_confidence(const ConfidenceMap& map) {
  double sum = 0;
  for (const float c : map.values()) {
    if (c > 0) sum += c;
  }
  return map.empty() ? 0 : sum / static_cast<double>(map.pixels());
}

void keep_largest(ConfidenceMap& largest, const ConfidenceMap& map) {
  for (std::size_t k = 0; k < largest.values().size(); ++k) {
    largest.values()[k] = std::max(largest.values()[k], map.values()[k]);
  }
}

/// Walks the tree; one step places one edge.
class TreeWalk {
 public:
  TreeWalk(const AlignProblem& problem, const AlignOptions& options) : problem_(problem), options_(options) {
    scene_.points.resize(problem.images.size());
    scene_.pose.resize(problem.images.size());
    scene_.focal_px.resize(problem.images.size());
    for (int n = 0; n < static_cast<int>(problem.images.size()); ++n)
      scene_.focal_px[n] = problem.known_focal_px(n);
  }

  void place_root(std::size_t edge) {
    const auto& [i, j] = problem_.edges[edge];
    const auto maps = load_checked(problem_, edge);
    scene_.points[i] = maps->first_points;
    scene_.points[j] = maps->second_points;
    scene_.pose[i] = SE3{};
    set_focal(i, edge);
    finish(edge);
  }

  /// False when neither image of the edge has been placed yet.
  bool place(std::size_t edge) {
    const auto& [i, j] = problem_.edges[edge];
    // The public program looks at the edge placed last, whose first image is often another one.
    set_focal(i, options_.published_focals ? scene_.placed_edges.back() : edge);
    const bool first_is_placed = !scene_.points[i].empty();
    if (!first_is_placed && scene_.points[j].empty()) return false;
    const auto maps = load_checked(problem_, edge);
    const PointMap& anchor_points = first_is_placed ? maps->first_points : maps->second_points;
    const ConfidenceMap& weights = first_is_placed ? maps->first_confidence : maps->second_confidence;
    const auto motion = register_maps(anchor_points, scene_.points[first_is_placed ? i : j], weights);
    // Without overlap nothing is known of the new image's place; it stays with the pair's own frame.
    const Sim3 world_from_pair = motion.value_or(Sim3{});
    if (first_is_placed) {
      scene_.points[j] = transformed(maps->second_points, world_from_pair);
    } else {
      scene_.points[i] = transformed(maps->first_points, world_from_pair);
    }
    if (!scene_.pose[i] && motion) scene_.pose[i] = SE3{motion->rotation, motion->translation};
    finish(edge);
    return true;
  }

  /// Focal lengths of images that no tree edge starts from, each from its best edge.
  void complete_focals(const std::vector<double>& score) {
    std::vector<std::size_t> order(problem_.edges.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
    for (const std::size_t edge : order) set_focal(problem_.edges[edge].first, edge);
  }

  TreeScene take() { return std::move(scene_); }

 private:
  void set_focal(int image, std::size_t edge) {
    if (scene_.focal_px[image]) return;
    const double focal = weiszfeld_focal(load_checked(problem_, edge)->first_points,
                                         problem_.principal_point(problem_.edges[edge].first));
    if (focal > 0) scene_.focal_px[image] = focal;
  }

  void finish(std::size_t edge) { scene_.placed_edges.push_back(edge); }

  const AlignProblem& problem_;
  const AlignOptions& options_;
  TreeScene scene_;
};

}  // namespace

PairSummary summarise_pairs(const AlignProblem& problem) {
  PairSummary summary;
  summary.score.resize(problem.edges.size());
  for (const ImageSize& size : problem.images) summary.confidence.emplace_back(size.width, size.height, 0.0F);
  // Edges in turn, not in parallel: maps are large, and the maximum of an image has one writer this way.
  for (std::size_t e = 0; e < problem.edges.size(); ++e) {
    const auto maps = load_checked(problem, e);
    summary.score[e] = mean_confidence(maps->first_confidence) * mean_confidence(maps->second_confidence);
    keep_largest(summary.confidence[problem.edges[e].first], maps->first_confidence);
    keep_largest(summary.confidence[problem.edges[e].second], maps->second_confidence);
  }
  return summary;
}

std::vector<std::size_t> maximum_spanning_tree(const AlignProblem& problem,
                                               const std::vector<double>& score) {
  std::vector<std::size_t> order(problem.edges.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::make_tuple(-score[a], problem.edges[a]) < std::make_tuple(-score[b], problem.edges[b]);
  });
  std::vector<int> group(problem.images.size());
  std::iota(group.begin(), group.end(), 0);
  std::vector<std::size_t> tree;
  for (const std::size_t e : order) {
    const int kept = group[problem.edges[e].first];
    const int merged = group[problem.edges[e].second];
    if (kept == merged) continue;
    std::replace(group.begin(), group.end(), merged, kept);
    tree.push_back(e);
  }
  std::sort(tree.begin(), tree.end(), [&](std::size_t a, std::size_t b) {
    return std::make_pair(score[a], problem.edges[a]) < std::make_pair(score[b], problem.edges[b]);
  });
  return tree;
}

TreeScene place_along_tree(const AlignProblem& problem, const PairSummary& summary,
                           const AlignOptions& options) {
  TreeWalk walk(problem, options);
  const std::vector<std::size_t> tree = maximum_spanning_tree(problem, summary.score);
  std::deque<std::size_t> waiting(tree.begin(), tree.end());
  if (!waiting.empty()) {
    walk.place_root(waiting.back());
    waiting.pop_back();
  }
  while (!waiting.empty()) {
    const std::size_t edge = waiting.back();
    waiting.pop_back();
    if (!walk.place(edge)) waiting.push_front(edge);  // tried again after all others
  }
  walk.complete_focals(summary.score);
  return walk.take();
}

std::optional<Sim3> register_maps(const PointMap& source, const PointMap& target,
                                  const ConfidenceMap& weights) {
  std::vector<Vec3> from, to;
  std::vector<double> weight;
  for (std::size_t k = 0; k < weights.values().size(); ++k) {
    const float* a = source.data() + 3 * k;
    const float* b = target.data() + 3 * k;
    if (!(weights.values()[k] > 0) || !is_point(a) || !is_point(b)) continue;
    from.emplace_back(a[0], a[1], a[2]);
    to.emplace_back(b[0], b[1], b[2]);
    weight.push_back(weights.values()[k]);
  }
  return register_points(from, to, weight, RegistrationModel::similarity);
}

PointMap transformed(const PointMap& points, const Sim3& target_from_source) {
  PointMap moved(points.width(), points.height());
  const Mat3 scaled_rotation = target_from_source.scale * target_from_source.rotation.toRotationMatrix();
  for (std::size_t k = 0; k < points.values().size(); k += 3) {
    const Vec3 x(points.values()[k], points.values()[k + 1], points.values()[k + 2]);
    const Vec3 y = scaled_rotation * x + target_from_source.translation;
    for (int c = 0; c < 3; ++c) moved.values()[k + c] = static_cast<float>(y[c]);
  }
  return moved;
}

}  // namespace vd
