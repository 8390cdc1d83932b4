// SPDX-License-Identifier: Apache-2.0
#include "sfm/given_path.h"

#include <cmath>
#include <numeric>

#include "geometry/pose_gaps.h"
#include "geometry/rotation_fit.h"
#include "sfm/bundle.h"
#include "sfm/polish.h"

namespace vd {
namespace {

/// Views at the given poses; the first of them is the origin, for paths may count from another continent.
std::vector<View> given_views(Span<const Intrinsics> intrinsics,
                              Span<const std::optional<PosePrior>> priors) {
  std::optional<Vec3> origin;
  std::vector<View> views;
  for (std::size_t f = 0; f < intrinsics.size(); ++f) {
    View view{intrinsics[f], SE3{}, priors[f].has_value(), priors[f]};
    Intrinsics& k = view.intrinsics;
    if (!(k.fx > 0)) k.fx = usual_focal_px(k.width, k.height);
    if (!(k.fy > 0)) k.fy = k.fx;
    if (priors[f]) {
      SE3 pose = priors[f]->world_from_camera;
      if (!origin) origin = pose.translation;
      pose.translation -= *origin;
      view.camera_from_world = inverse(pose);
    }
    views.push_back(std::move(view));
  }
  return views;
}

/// A pose that hardly a point says anything about is not one from tracks.
void forget_unseen(Span<const PointTrack> tracks, Reconstruction& reconstruction) {
  constexpr int least_points = 12;
  std::vector<int> seen(reconstruction.views.size(), 0);
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    if (!reconstruction.points[k]) continue;
    for (int f = tracks[k].first_frame; f <= tracks[k].last_frame(); ++f) ++seen[static_cast<std::size_t>(f)];
  }
  for (std::size_t f = 0; f < seen.size(); ++f)
    if (seen[f] < least_points) reconstruction.views[f].posed = false;
}

std::vector<PointTrack> chosen_of(Span<const PointTrack> tracks, const std::vector<int>& which) {
  std::vector<PointTrack> chosen;
  for (const int k : which) chosen.push_back(tracks[static_cast<std::size_t>(k)]);
  return chosen;
}

}  // namespace

Reconstruction begin_on_given_path(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                                   Span<const std::optional<PosePrior>> priors, bool free_focal,
                                   const SfmOptions& options) {
  const std::vector<int> which =
      choose_covering_tracks(tracks, static_cast<int>(intrinsics.size()), intrinsics[0].width,
                             intrinsics[0].height, options.growing_points_per_frame);
  const std::vector<PointTrack> covering = chosen_of(tracks, which);
  std::vector<int> all(covering.size());
  std::iota(all.begin(), all.end(), 0);
  Reconstruction grown;
  grown.views = given_views(intrinsics, priors);
  grown.points.resize(covering.size());
  // A path that is a little off throws points far; what holds at first is dropped later on if it should be.
  for (const double rms_px : {16.0, 6.0, 2.0}) {
    triangulate_tracks(covering, all, {rms_px, options.min_angle_deg}, grown);
    BundleOptions bundle{RobustLoss::huber, rms_px / 4, 15, 1e-4};
    bundle.free_focal = free_focal && rms_px < 16;
    (void)adjust_bundle(covering, {}, bundle, grown);
    drop_bad_points(covering, rms_px, grown);
  }
  forget_unseen(covering, grown);
  MapperOptions mapper;
  mapper.seed = options.seed;
  (void)extend_reconstruction(covering, mapper, grown);
  Reconstruction whole;
  whole.views = std::move(grown.views);
  whole.given_from_world = grown.given_from_world;
  whole.points.resize(tracks.size());
  for (std::size_t k = 0; k < which.size(); ++k)
    whole.points[static_cast<std::size_t>(which[k])] = grown.points[k];
  return whole;
}

std::vector<char> pose_by_priors(Reconstruction& reconstruction) {
  std::vector<char> given(reconstruction.views.size(), 0);
  const std::optional<Sim3> given_from_world = reconstruction.given_from_world
                                                   ? reconstruction.given_from_world
                                                   : register_to_priors(reconstruction.views);
  if (!given_from_world) return given;
  for (std::size_t f = 0; f < given.size(); ++f) {
    View& view = reconstruction.views[f];
    if (view.posed || !view.prior) continue;
    view.camera_from_world = inverse(inverse(*given_from_world) * view.prior->world_from_camera);
    view.posed = true;
    given[f] = 1;
  }
  return given;
}

bool move_to_given_world(Reconstruction& reconstruction) {
  const std::optional<Sim3> given_from_world = reconstruction.given_from_world
                                                   ? reconstruction.given_from_world
                                                   : register_to_priors(reconstruction.views);
  if (!given_from_world) return false;
  for (View& view : reconstruction.views)
    view.camera_from_world = inverse(*given_from_world * inverse(view.camera_from_world));
  for (auto& point : reconstruction.points)
    if (point) point = *given_from_world * *point;
  reconstruction.given_from_world = Sim3{};
  return true;
}

void move_to_given_world(Span<const std::optional<PosePrior>> priors, SfmResult& result) {
  std::vector<View> views;
  for (std::size_t f = 0; f < priors.size(); ++f) {
    const Camera& camera = result.cameras[f];
    views.push_back({camera.intrinsics, inverse(camera.world_from_camera), true, priors[f]});
  }
  const auto given_from_world = register_to_priors(views);
  if (!given_from_world) {
    result.report.warnings.emplace_back(no_given_world);
    return;
  }
  for (Camera& camera : result.cameras)
    camera.world_from_camera = *given_from_world * camera.world_from_camera;
  for (ScenePoint& point : result.points) point.in_world = *given_from_world * point.in_world;
}

void take_given_path(Span<const std::optional<PosePrior>> priors, double rotation_sigma_rad,
                     SfmResult& result) {
  std::vector<std::optional<SE3>> poses(priors.size());
  std::vector<Quat> given_from_found;
  for (std::size_t f = 0; f < priors.size(); ++f) {
    if (!priors[f]) continue;
    poses[f] = priors[f]->world_from_camera;
    given_from_found.push_back(poses[f]->rotation * result.cameras[f].world_from_camera.rotation.conjugate());
  }
  if (given_from_found.empty()) return;
  const std::vector<SE3> path = fill_pose_gaps(poses);
  const Quat turn = mean_rotation(given_from_found);
  const double variance = rotation_sigma_rad * rotation_sigma_rad;
  for (std::size_t f = 0; f < priors.size(); ++f) {
    SE3& pose = result.cameras[f].world_from_camera;
    if (!std::isfinite(variance)) {
      pose = path[f];
      if (priors[f]) result.status[f] = FrameStatus::given;
      continue;
    }
    const double given_variance = priors[f] ? std::pow(priors[f]->rotation_sigma_rad, 2) : INFINITY;
    const double share = std::isfinite(given_variance) ? variance / (variance + given_variance) : 0.0;
    pose = {(turn * pose.rotation).normalized().slerp(share, path[f].rotation), path[f].translation};
  }
}

}  // namespace vd
