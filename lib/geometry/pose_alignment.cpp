// SPDX-License-Identifier: Apache-2.0
#include "geometry/pose_alignment.h"

#include <algorithm>
#include <vector>

#include "geometry/registration.h"

namespace vd {
namespace {

double median_distance(Span<const SE3> poses) {
  std::vector<double> distances;
  for (std::size_t i = 0; i < poses.size(); ++i) {
    for (std::size_t j = i + 1; j < poses.size(); ++j) {
      distances.push_back((poses[i].translation - poses[j].translation).norm());
    }
  }
  if (distances.empty()) return 0;
  std::sort(distances.begin(), distances.end());
  return 0.5 * (distances[(distances.size() - 1) / 2] + distances[distances.size() / 2]);
}

std::vector<Vec3> centres_and_points_ahead(Span<const SE3> poses) {
  const double step = median_distance(poses) / 100;
  std::vector<Vec3> points;
  for (const SE3& pose : poses) points.push_back(pose.translation);
  for (const SE3& pose : poses) points.push_back(pose * Vec3(0, 0, step));
  return points;
}

}  // namespace

std::optional<Sim3> align_pose_sets(Span<const SE3> source, Span<const SE3> target) {
  if (source.size() != target.size() || source.size() < 2) return {};
  return register_points(centres_and_points_ahead(source), centres_and_points_ahead(target), {},
                         RegistrationModel::similarity);
}

}  // namespace vd
