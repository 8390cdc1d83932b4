// SPDX-License-Identifier: Apache-2.0
#include "sfm/reconstruction.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/parallel.h"

namespace vd {
namespace {

constexpr std::size_t tracks_per_task = 256;
constexpr double degree = 0.017453292519943295;

/// Calls body(k) for k in [0, count) in tasks of a few hundred.
template <typename Body>
void for_each_in_tasks(std::size_t count, const Body& body) {
  parallel_for((count + tracks_per_task - 1) / tracks_per_task, [&](std::size_t task) {
    const std::size_t end = std::min(count, (task + 1) * tracks_per_task);
    for (std::size_t k = task * tracks_per_task; k < end; ++k) body(k);
  });
}

double explained_by(Span<const PointView> views, const Vec3& point) {
  double sum = 0;
  for (const PointView& view : views) {
    const Vec3 x = view.camera_from_world * point;
    if (!(x.z() > 0)) continue;
    sum += std::max(0.0, 1.0 - (view.intrinsics.project(x) - view.pixel).squaredNorm());
  }
  return sum;
}

}  // namespace

int Reconstruction::posed_count() const {
  return static_cast<int>(std::count_if(views.begin(), views.end(), [](const View& v) { return v.posed; }));
}

int Reconstruction::point_count() const {
  return static_cast<int>(
      std::count_if(points.begin(), points.end(), [](const auto& p) { return p.has_value(); }));
}

std::vector<std::vector<int>> tracks_by_frame(Span<const PointTrack> tracks, int frames) {
  std::vector<std::vector<int>> by_frame(static_cast<std::size_t>(frames));
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    for (int f = std::max(0, tracks[k].first_frame); f <= std::min(frames - 1, tracks[k].last_frame()); ++f)
      by_frame[static_cast<std::size_t>(f)].push_back(static_cast<int>(k));
  }
  return by_frame;
}

std::vector<PointView> posed_sights(const PointTrack& track, const std::vector<View>& views) {
  std::vector<PointView> sights;
  sights.reserve(track.pixels.size());
  for (int f = track.first_frame; f <= track.last_frame(); ++f) {
    const View& view = views[static_cast<std::size_t>(f)];
    if (view.posed) sights.push_back({view.camera_from_world, view.intrinsics, track.at(f)});
  }
  return sights;
}

int triangulate_tracks(Span<const PointTrack> tracks, Span<const int> which, const PointTest& test,
                       Reconstruction& reconstruction) {
  std::vector<char> added(which.size(), 0);
  for_each_in_tasks(which.size(), [&](std::size_t k) {
    auto& point = reconstruction.points[static_cast<std::size_t>(which[k])];
    if (point) return;
    const auto sights = posed_sights(tracks[static_cast<std::size_t>(which[k])], reconstruction.views);
    if (sights.size() < 2) return;
    const auto candidate = triangulate(sights);
    if (!candidate || reprojection_rms_px(sights, *candidate) > test.rms_px) return;
    if (ray_angle_rad(sights, *candidate) < test.angle_deg * degree) return;
    point = candidate;
    added[k] = 1;
  });
  return std::accumulate(added.begin(), added.end(), 0);
}

int drop_bad_points(Span<const PointTrack> tracks, double rms_px, Reconstruction& reconstruction) {
  std::vector<char> dropped(tracks.size(), 0);
  for_each_in_tasks(tracks.size(), [&](std::size_t k) {
    auto& point = reconstruction.points[k];
    if (!point) return;
    const auto sights = posed_sights(tracks[k], reconstruction.views);
    if (sights.size() >= 2 && reprojection_rms_px(sights, *point) <= rms_px) return;
    point.reset();
    dropped[k] = 1;
  });
  return std::accumulate(dropped.begin(), dropped.end(), 0);
}

double explained_share(Span<const PointTrack> tracks, const Reconstruction& reconstruction) {
  std::vector<double> explained(tracks.size(), 0.0);
  for_each_in_tasks(tracks.size(), [&](std::size_t k) {
    const auto sights = posed_sights(tracks[k], reconstruction.views);
    if (sights.size() < 2) return;
    const auto point = reconstruction.points[k] ? reconstruction.points[k] : triangulate(sights);
    if (point) explained[k] = explained_by(sights, *point);
  });
  double sum = 0;
  std::size_t observations = 0;
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    sum += explained[k];
    observations += tracks[k].pixels.size();
  }
  return observations == 0 ? 0.0 : sum / static_cast<double>(observations);
}

}  // namespace vd
