// SPDX-License-Identifier: Apache-2.0
#include "metrics/trajectory.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "geometry/registration.h"

namespace vd {
namespace {

constexpr double degrees_per_radian = 180.0 / 3.14159265358979323846;

void require_equal_lengths(Span<const SE3> reference, Span<const SE3> estimate) {
  if (reference.size() != estimate.size() || reference.empty()) {
    throw Error("trajectory evaluation", "needs as many estimated poses as reference poses, has " +
                                             std::to_string(estimate.size()) + " and " +
                                             std::to_string(reference.size()));
  }
}

double relation_of(const SE3& error, PoseRelation relation) {
  switch (relation) {
    case PoseRelation::rotation_deg:
      return rotation_angle_rad(error.rotation) * degrees_per_radian;
    case PoseRelation::rotation_rad:
      return rotation_angle_rad(error.rotation);
    case PoseRelation::rotation_part:
      return (error.matrix() - Mat3::Identity()).norm();
    case PoseRelation::full:
      return (error.homogeneous() - Mat4::Identity()).norm();
    default:
      return error.translation.norm();
  }
}

}  // namespace

Statistics statistics(Span<const double> errors) {
  Statistics s;
  s.count = errors.size();
  if (errors.empty()) return s;
  const auto n = static_cast<double>(errors.size());
  std::vector<double> sorted(errors.begin(), errors.end());
  std::sort(sorted.begin(), sorted.end());
  for (const double e : errors) {
    s.mean += e / n;
    s.sse += e * e;
  }
  double variance = 0;
  for (const double e : errors) variance += (e - s.mean) * (e - s.mean) / n;
  s.rmse = std::sqrt(s.sse / n);
  s.std = std::sqrt(variance);
  s.median = 0.5 * (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]);
  s.min = sorted.front();
  s.max = sorted.back();
  return s;
}

std::optional<Sim3> align_trajectory(Span<const SE3> reference, Span<const SE3> estimate,
                                     const TrajectoryAlignmentOptions& options) {
  require_equal_lengths(reference, estimate);
  if (options.alignment == TrajectoryAlignment::none) return Sim3{};
  if (options.alignment == TrajectoryAlignment::origin) {
    const SE3 motion = reference[0] * inverse(estimate[0]);
    return Sim3{1.0, motion.rotation, motion.translation};
  }
  const std::size_t count = options.first_poses <= 0
                                ? reference.size()
                                : std::min(static_cast<std::size_t>(options.first_poses), reference.size());
  std::vector<Vec3> from(count), to(count);
  for (std::size_t k = 0; k < count; ++k) {
    from[k] = estimate[k].translation;
    to[k] = reference[k].translation;
  }
  const bool rigid = options.alignment == TrajectoryAlignment::se3;
  const auto motion =
      register_points(from, to, {}, rigid ? RegistrationModel::rigid : RegistrationModel::similarity);
  if (motion && options.alignment == TrajectoryAlignment::scale)
    return Sim3{motion->scale, {1, 0, 0, 0}, Vec3::Zero()};
  return motion;
}

std::vector<SE3> transformed(Span<const SE3> poses, const Sim3& new_from_old) {
  std::vector<SE3> result;
  result.reserve(poses.size());
  for (const SE3& pose : poses) result.push_back(new_from_old * pose);
  return result;
}

std::vector<double> absolute_pose_errors(Span<const SE3> reference, Span<const SE3> estimate,
                                         PoseRelation relation) {
  require_equal_lengths(reference, estimate);
  std::vector<double> errors(reference.size());
  for (std::size_t k = 0; k < errors.size(); ++k) {
    const bool distance = relation == PoseRelation::translation || relation == PoseRelation::point_distance ||
                          relation == PoseRelation::point_distance_ratio;
    // In the world, not in the camera: equal in length, but without the rounding of two rotations.
    errors[k] = distance ? (estimate[k].translation - reference[k].translation).norm()
                         : relation_of(inverse(estimate[k]) * reference[k], relation);
  }
  return errors;
}

std::vector<double> relative_pose_errors(Span<const SE3> reference, Span<const SE3> estimate,
                                         PoseRelation relation, const RelativePoseOptions& options) {
  require_equal_lengths(reference, estimate);
  std::vector<double> errors;
  for (const auto& [i, j] : relative_pairs(options.pairs_from_reference ? reference : estimate, options)) {
    const SE3 reference_step = inverse(reference[i]) * reference[j];
    const SE3 estimated_step = inverse(estimate[i]) * estimate[j];
    if (relation == PoseRelation::point_distance || relation == PoseRelation::point_distance_ratio) {
      const double length = reference_step.translation.norm();
      const double difference = std::abs(length - estimated_step.translation.norm());
      if (relation == PoseRelation::point_distance) errors.push_back(difference);
      if (relation == PoseRelation::point_distance_ratio && length > 0)
        errors.push_back(100 * difference / length);
      continue;
    }
    errors.push_back(relation_of(inverse(reference_step) * estimated_step, relation));
  }
  return errors;
}

TrajectoryScore evaluate_trajectory(Span<const SE3> reference, Span<const SE3> estimate,
                                    const TrajectoryAlignmentOptions& alignment,
                                    const RelativePoseOptions& relative) {
  TrajectoryScore score;
  auto motion = align_trajectory(reference, estimate, alignment);
  if (!motion) {
    score.degenerate = true;
    motion = align_trajectory(reference, estimate, {TrajectoryAlignment::origin, 0});
  }
  score.reference_from_estimate = *motion;
  const std::vector<SE3> aligned = transformed(estimate, *motion);
  const auto relative_statistics = [&](Span<const SE3> poses, PoseRelation relation) {
    return statistics(relative_pose_errors(reference, poses, relation, relative));
  };
  score.ate = statistics(absolute_pose_errors(reference, aligned, PoseRelation::translation));
  score.rte = relative_statistics(aligned, PoseRelation::translation);
  score.rre_deg = relative_statistics(aligned, PoseRelation::rotation_deg);
  for (std::size_t k = 1; k < reference.size(); ++k) {
    score.path_length += (reference[k].translation - reference[k - 1].translation).norm();
  }
  const std::vector<SE3> standing(reference.size());
  if (relative.unit == DeltaUnit::frames) {
    score.zero_motion_rte = relative_statistics(standing, PoseRelation::translation).rmse;
    score.zero_rotation_rre_deg = relative_statistics(standing, PoseRelation::rotation_deg).rmse;
  }
  return score;
}

}  // namespace vd
