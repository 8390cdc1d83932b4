// SPDX-License-Identifier: Apache-2.0
#include "align/problem.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "core/error.h"

namespace vd {
namespace {

std::string edge_name(const AlignProblem& problem, std::size_t edge) {
  return "pair " + std::to_string(problem.edges[edge].first) + "_" +
         std::to_string(problem.edges[edge].second);
}

template <typename T>
void check_length(const std::vector<T>& list, std::size_t images, const char* what) {
  if (list.empty() || list.size() == images) return;
  throw Error("alignment", std::string(what) + ": " + std::to_string(list.size()) + " entries for " +
                               std::to_string(images) + " images");
}

/// Image that stands for the group of images connected with `image`.
int group_of(std::vector<int>& parent, int image) {
  while (parent[image] != image) image = parent[image] = parent[parent[image]];
  return image;
}

}  // namespace

Vec2 AlignProblem::principal_point(int image) const {
  if (!principal_points.empty()) return principal_points[image];
  return {images[image].width / 2.0, images[image].height / 2.0};
}

std::optional<SE3> AlignProblem::known_pose(int image) const {
  return known_poses.empty() ? std::nullopt : known_poses[image];
}

std::optional<double> AlignProblem::known_focal_px(int image) const {
  return known_focals_px.empty() ? std::nullopt : known_focals_px[image];
}

PairLoader in_memory(const std::vector<PairMaps>& pairs) {
  return [&pairs](std::size_t edge) {
    return std::shared_ptr<const PairMaps>(std::shared_ptr<void>(), &pairs[edge]);  // owns nothing
  };
}

void check_problem(const AlignProblem& problem) {
  const std::size_t images = problem.images.size();
  check_length(problem.principal_points, images, "principal points");
  check_length(problem.known_poses, images, "known poses");
  check_length(problem.known_focals_px, images, "known focal lengths");
  std::vector<int> parent(images);
  std::iota(parent.begin(), parent.end(), 0);
  for (std::size_t e = 0; e < problem.edges.size(); ++e) {
    const auto& [i, j] = problem.edges[e];
    const auto count = static_cast<int>(images);
    if (i < 0 || j < 0 || i >= count || j >= count)
      throw Error(edge_name(problem, e), "there is no such image");
    if (i == j) throw Error(edge_name(problem, e), "an image cannot be aligned with itself");
    parent[group_of(parent, i)] = group_of(parent, j);
  }
  for (int n = 0; n < static_cast<int>(images); ++n) {
    if (group_of(parent, n) == group_of(parent, 0)) continue;
    throw Error("alignment", "the pairs do not connect image " + std::to_string(n) + " with image 0");
  }
}

std::shared_ptr<const PairMaps> load_checked(const AlignProblem& problem, std::size_t edge) {
  const auto maps = problem.load(edge);
  const auto fits = [&](const auto& map, int image) {
    return map.width() == problem.images[image].width && map.height() == problem.images[image].height;
  };
  const auto& [i, j] = problem.edges[edge];
  if (!maps || !fits(maps->first_points, i) || !fits(maps->first_confidence, i) ||
      !fits(maps->second_points, j) || !fits(maps->second_confidence, j)) {
    throw Error(edge_name(problem, edge), "point maps differ in size from their images");
  }
  return maps;
}

double confidence_weight(double confidence, ConfidenceWeight transform) {
  if (!(confidence > 0)) return 0;
  switch (transform) {
    case ConfidenceWeight::log:
      return std::max(0.0, std::log(confidence));
    case ConfidenceWeight::sqrt:
      return std::sqrt(confidence);
    case ConfidenceWeight::minus_one:
      return std::max(0.0, confidence - 1);
    case ConfidenceWeight::value:
      break;
  }
  return confidence;
}

}  // namespace vd
