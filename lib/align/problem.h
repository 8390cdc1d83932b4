// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "geometry/se3.h"
#include "image/map.h"

namespace vd {

// Global alignment turns the point maps of many pairs into one scene.
//
// Given: images 0 .. N-1 and directed edges e = (i, j). For each edge, both images' points IN THE FRAME OF
// CAMERA i, each edge in a scale of its own, with confidences on DUSt3R's scale: 1 and more where observed, 0
// where not. Wanted: a pose, a focal length and a depth map for each image, and a similarity for each edge,
// such that
//
//   X_n(p) = world_from_camera[n] * depth_n(p) * unproject_n(p)      and      T_e * points_e(p)
//
// agree: minimise the sum over edges, both sides and all pixels of  w |X_n(p) - T_e points_e(p)|, w = log
// confidence divided by the number of pixels of that side over all edges (so images of different size count
// by their pixels).
//
// The objective does not see a rigid motion of the whole world, and would vanish by shrinking everything; the
// first is fixed by holding one camera, the second by holding the geometric mean of the edges' scales (at 0.5
// unless known poses say otherwise). Known poses and focal lengths are held.
//
// Points are needed edge by edge, never all at once: `load` is called with an edge number and may read a
// file, return what is in memory, or decode a compressed copy. It is called from several threads.

/// Points and confidences of one edge (i, j), all in the frame of camera i. NaN points and confidence 0 are
/// not observed.
struct PairMaps {
  PointMap first_points;   // of image i
  PointMap second_points;  // of image j
  ConfidenceMap first_confidence;
  ConfidenceMap second_confidence;
};

struct ImageSize {
  int width = 0;
  int height = 0;
  [[nodiscard]] std::size_t pixels() const { return static_cast<std::size_t>(width) * height; }
};

using PairLoader = std::function<std::shared_ptr<const PairMaps>(std::size_t edge)>;

struct AlignProblem {
  std::vector<ImageSize> images;
  std::vector<std::pair<int, int>> edges;
  PairLoader load;

  // What is known beforehand: empty, or one entry an image.
  std::vector<Vec2> principal_points;           // default (W/2, H/2), where point-map networks put it
  std::vector<std::optional<SE3>> known_poses;  // world_from_camera
  std::vector<std::optional<double>> known_focals_px;

  [[nodiscard]] Vec2 principal_point(int image) const;
  [[nodiscard]] std::optional<SE3> known_pose(int image) const;
  [[nodiscard]] std::optional<double> known_focal_px(int image) const;
};

/// A loader over maps that the caller keeps alive.
[[nodiscard]] PairLoader in_memory(const std::vector<PairMaps>& pairs);

/// Throws Error when the problem cannot be aligned: an edge to an image that is not there, an edge of an
/// image with itself, lists of the wrong length, images that the edges do not connect.
void check_problem(const AlignProblem& problem);

/// The maps of an edge; throws Error naming the edge when their sizes are not those of its images.
[[nodiscard]] std::shared_ptr<const PairMaps> load_checked(const AlignProblem& problem, std::size_t edge);

/// What a confidence becomes in the objective.
enum class ConfidenceWeight { log, sqrt, minus_one, value };

/// Weight of a confidence: 0 where it is 0 or less, or not a number, and never negative.
[[nodiscard]] double confidence_weight(double confidence, ConfidenceWeight transform);

/// True when a point of a point map is there.
[[nodiscard]] inline bool is_point(const float* point) {
  return std::isfinite(point[0]) && std::isfinite(point[1]) && std::isfinite(point[2]);
}

}  // namespace vd
