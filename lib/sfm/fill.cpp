// SPDX-License-Identifier: Apache-2.0
#include "sfm/fill.h"

#include <optional>

#include "geometry/pose_gaps.h"

namespace vd {
namespace {

/// Rotation from a frame to a neighbour, when their tracks tell one.
std::optional<Quat> turn_between(Span<const PointTrack> tracks, const std::vector<std::vector<int>>& by_frame,
                                 const std::vector<View>& views, int from, int to, std::uint64_t seed) {
  constexpr int least_common = 12;
  constexpr double max_residual_px = 2;
  std::vector<Intrinsics> intrinsics;
  for (const View& view : views) intrinsics.push_back(view.intrinsics);
  const std::vector<std::pair<int, int>> pair{{from, to}};
  const PairMotion motion = measure_pair_motions(tracks, by_frame, intrinsics, pair, seed)[0];
  if (motion.common_tracks < least_common || motion.rotation_residual_px > max_residual_px) return {};
  return motion.second_from_first;
}

}  // namespace

std::vector<FrameStatus> fill_poses(Span<const PointTrack> tracks, std::uint64_t seed,
                                    std::vector<View>& views) {
  const int frames = static_cast<int>(views.size());
  std::vector<FrameStatus> status(views.size(), FrameStatus::registered);
  const auto view = [&](int f) -> View& { return views[static_cast<std::size_t>(f)]; };
  std::vector<int> posed;
  for (int f = 0; f < frames; ++f)
    if (view(f).posed) posed.push_back(f);
  if (posed.empty()) {
    for (View& v : views) v.camera_from_world = SE3{};
    return std::vector<FrameStatus>(views.size(), FrameStatus::held);
  }
  for (std::size_t k = 0; k + 1 < posed.size(); ++k) {
    for (int f = posed[k] + 1; f < posed[k + 1]; ++f) {
      const double share = static_cast<double>(f - posed[k]) / (posed[k + 1] - posed[k]);
      // In the world, where centres move on straight lines.
      view(f).camera_from_world = inverse(interpolate_pose(
          inverse(view(posed[k]).camera_from_world), inverse(view(posed[k + 1]).camera_from_world), share));
      status[static_cast<std::size_t>(f)] = FrameStatus::interpolated;
    }
  }
  const auto by_frame = tracks_by_frame(tracks, frames);
  const auto carry_on = [&](int from, int to) {
    const auto turn = turn_between(tracks, by_frame, views, from, to, seed);
    SE3 pose = view(from).camera_from_world;
    if (turn) pose = SE3{*turn, Vec3::Zero()} * pose;
    view(to).camera_from_world = pose;
    status[static_cast<std::size_t>(to)] = turn ? FrameStatus::turned : FrameStatus::held;
  };
  for (int f = posed.back() + 1; f < frames; ++f) carry_on(f - 1, f);
  for (int f = posed.front() - 1; f >= 0; --f) carry_on(f + 1, f);
  return status;
}

}  // namespace vd
