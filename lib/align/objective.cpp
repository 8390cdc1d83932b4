// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "align/align.h"
#include "core/parallel.h"

namespace vd {
namespace {

/// World point of each pixel of an image.
class WorldPoints {
 public:
  WorldPoints(const Alignment& scene, int image)
      : depth_(scene.depth[image]),
        focal_px_(scene.focal_px[image]),
        centre_(scene.principal_point[image]),
        rotation_(scene.world_from_camera[image].matrix()),
        translation_(scene.world_from_camera[image].translation) {}

  [[nodiscard]] Vec3 operator()(int x, int y) const {
    const Vec3 ray((x - centre_.x()) / focal_px_, (y - centre_.y()) / focal_px_, 1.0);
    return rotation_ * (depth_(x, y) * ray) + translation_;
  }

 private:
  const DepthMap& depth_;
  double focal_px_;
  Vec2 centre_;
  Mat3 rotation_;
  Vec3 translation_;
};

double side_error(const WorldPoints& world, const PointMap& points, const ConfidenceMap& confidence,
                  const Sim3& world_from_pair, const AlignOptions& options) {
  const Mat3 scaled_rotation = world_from_pair.scale * world_from_pair.rotation.toRotationMatrix();
  double sum = 0;
  for (int y = 0; y < points.height(); ++y) {
    for (int x = 0; x < points.width(); ++x) {
      const double weight = confidence_weight(confidence(x, y), options.weight);
      const float* p = points.pixel(x, y);
      if (weight == 0 || !is_point(p)) continue;
      const Vec3 placed = scaled_rotation * Vec3(p[0], p[1], p[2]) + world_from_pair.translation;
      const double distance = (world(x, y) - placed).norm();
      sum += weight * (options.squared_residuals ? distance * distance : distance);
    }
  }
  return sum;
}

}  // namespace

double alignment_objective(const AlignProblem& problem, const Alignment& alignment,
                           const AlignOptions& options) {
  std::vector<std::array<double, 2>> sums(problem.edges.size());
  parallel_for(problem.edges.size(), [&](std::size_t e) {
    const auto maps = load_checked(problem, e);
    const auto [i, j] = problem.edges[e];
    const Sim3& motion = alignment.world_from_pair[e];
    sums[e][0] =
        side_error(WorldPoints(alignment, i), maps->first_points, maps->first_confidence, motion, options);
    sums[e][1] =
        side_error(WorldPoints(alignment, j), maps->second_points, maps->second_confidence, motion, options);
  });
  std::array<double, 2> total{};
  std::array<double, 2> area{};
  for (std::size_t e = 0; e < sums.size(); ++e) {
    const auto [i, j] = problem.edges[e];
    total[0] += sums[e][0];
    total[1] += sums[e][1];
    area[0] += static_cast<double>(problem.images[i].pixels());
    area[1] += static_cast<double>(problem.images[j].pixels());
  }
  return sums.empty() ? 0 : total[0] / area[0] + total[1] / area[1];
}

}  // namespace vd
