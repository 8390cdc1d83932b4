// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "align/align.h"

namespace vd {

/// One pass over all edges: how good each is, and what is best known of each pixel.
struct PairSummary {
  std::vector<double> score;              // of an edge: product of the mean confidences of its two sides
  std::vector<ConfidenceMap> confidence;  // of an image: pixelwise maximum over all edge sides that show it
};
[[nodiscard]] PairSummary summarise_pairs(const AlignProblem& problem);

/// Edges of the maximum spanning tree in ascending order of (score, i, j). Of (i, j) and (j, i) the better
/// one; ties go to the smaller (i, j).
[[nodiscard]] std::vector<std::size_t> maximum_spanning_tree(const AlignProblem& problem,
                                                             const std::vector<double>& score);

/// Scene made by walking the tree from its best edge outwards, in the scale of that edge.
struct TreeScene {
  std::vector<std::size_t> placed_edges;  // in order
  std::vector<PointMap> points;           // of each image, in the world of the first camera
  std::vector<std::optional<SE3>> pose;   // world_from_camera, of images that came first in a placed edge
  std::vector<std::optional<double>> focal_px;  // of images that come first in any edge
};
[[nodiscard]] TreeScene place_along_tree(const AlignProblem& problem, const PairSummary& summary,
                                         const AlignOptions& options);

/// Registration of two point maps of one image, by weights >= 0 a pixel; points that are missing on either
/// side are left out. Nothing when the rest does not determine it.
[[nodiscard]] std::optional<Sim3> register_maps(const PointMap& source, const PointMap& target,
                                                const ConfidenceMap& weights);

/// The point map moved.
[[nodiscard]] PointMap transformed(const PointMap& points, const Sim3& target_from_source);

}  // namespace vd
