// SPDX-License-Identifier: Apache-2.0
#include "sfm/pose_prior.h"

#include <cmath>
#include <vector>

#include "geometry/pose_alignment.h"
#include "geometry/rotation_fit.h"
#include "sfm/reconstruction.h"

namespace vd {
namespace {

Vec3 mean_of(const std::vector<Vec3>& points) {
  Vec3 sum = Vec3::Zero();
  for (const Vec3& point : points) sum += point;
  return sum / static_cast<double>(points.size());
}

/// Scale and translation of least squares for a rotation; nothing when that scale would not be positive.
std::optional<Sim3> similarity_with(const Quat& target_from_source, const std::vector<Vec3>& source,
                                    const std::vector<Vec3>& target) {
  const Vec3 source_mean = mean_of(source);
  const Vec3 target_mean = mean_of(target);
  double product = 0;
  double spread = 0;
  for (std::size_t k = 0; k < source.size(); ++k) {
    product += (target[k] - target_mean).dot(target_from_source * (source[k] - source_mean));
    spread += (source[k] - source_mean).squaredNorm();
  }
  const double scale = product / spread;
  if (!(scale > 0) || !std::isfinite(scale)) return {};
  return Sim3{scale, target_from_source, target_mean - scale * (target_from_source * source_mean)};
}

}  // namespace

Vec6 deviation_from_prior(const Sim3& given_from_world, const SE3& camera_from_world,
                          const PosePrior& prior) {
  const SE3 given_from_camera = given_from_world * inverse(camera_from_world);
  Vec6 deviation;
  deviation.head<3>() = given_from_camera.translation - prior.world_from_camera.translation;
  deviation.tail<3>() =
      rotation_log(given_from_camera.rotation * prior.world_from_camera.rotation.conjugate());
  return deviation;
}

std::optional<Sim3> register_to_priors(Span<const View> views) {
  std::vector<SE3> found, given;
  std::vector<Vec3> found_centres, given_centres;
  std::vector<Quat> rotations;
  for (const View& view : views) {
    if (!view.posed || !view.prior) continue;
    found.push_back(inverse(view.camera_from_world));
    given.push_back(view.prior->world_from_camera);
    found_centres.push_back(found.back().translation);
    given_centres.push_back(given.back().translation);
    rotations.push_back(given.back().rotation * view.camera_from_world.rotation);
  }
  if (found.size() < 2) return {};
  const Quat mean = mean_rotation(rotations);
  double squares = 0;
  for (const Quat& q : rotations) squares += std::pow(rotation_angle_rad(q * mean.conjugate()), 2);
  constexpr double consistent_rad = 0.1;
  if (std::sqrt(squares / static_cast<double>(rotations.size())) < consistent_rad) {
    const auto similarity = similarity_with(mean, found_centres, given_centres);
    if (similarity) return similarity;
  }
  return align_pose_sets(found, given);
}

double rms_in_sigmas(Span<const View> views, const Sim3& given_from_world) {
  double sum = 0;
  int count = 0;
  for (const View& view : views) {
    if (!view.posed || !view.prior || !view.prior->is_weighed()) continue;
    const Vec6 deviation = deviation_from_prior(given_from_world, view.camera_from_world, *view.prior);
    sum += deviation.head<3>().squaredNorm() / std::pow(view.prior->centre_sigma, 2) +
           deviation.tail<3>().squaredNorm() / std::pow(view.prior->rotation_sigma_rad, 2);
    count += std::isfinite(view.prior->centre_sigma) ? 3 : 0;
    count += std::isfinite(view.prior->rotation_sigma_rad) ? 3 : 0;
  }
  return count > 0 ? std::sqrt(sum / count) : 0;
}

}  // namespace vd
