// SPDX-License-Identifier: Apache-2.0
#include "sfm/mapper.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "geometry/absolute_pose.h"
#include "sfm/bundle.h"

namespace vd {
namespace {

constexpr int least_points_for_pose = 12;
constexpr int local_frames = 8;

/// The state of one growth.
class Growth {
 public:
  Growth(Span<const PointTrack> tracks, const std::vector<std::vector<int>>& by_frame,
         const MapperOptions& options, Reconstruction map)
      : tracks_(tracks),
        by_frame_(by_frame),
        options_(options),
        failed_at_(by_frame.size(), -1),
        map_(std::move(map)) {}

  bool begin(const StartPair& start) {
    pose(start.first, SE3{});
    pose(start.second, start.second_from_first);
    const std::vector<int>& seen = by_frame_[static_cast<std::size_t>(start.first)];
    // Driving straight ahead gives small angles everywhere; better points with poor depth than none.
    for (const double angle_deg : {options_.point_test.angle_deg, 0.3 * options_.point_test.angle_deg, 0.0}) {
      triangulate_tracks(tracks_, seen, {options_.point_test.rms_px, angle_deg}, map_);
      if (map_.point_count() >= least_points_for_pose * 2) break;
    }
    if (map_.point_count() < least_points_for_pose / 2) return false;
    adjust_all(15);
    return map_.point_count() >= least_points_for_pose / 2;
  }

  void grow() {
    const int posed_before = map_.posed_count();
    int adjusted_at = posed_before;
    int since_local = 0;
    while (const std::optional<int> frame = next_frame()) {
      if (!add_frame(*frame)) {
        failed_at_[static_cast<std::size_t>(*frame)] = map_.posed_count();
        continue;
      }
      triangulate_tracks(tracks_, by_frame_[static_cast<std::size_t>(*frame)], options_.point_test, map_);
      const int posed = map_.posed_count();
      if (posed - adjusted_at >= std::max(4, adjusted_at / 4)) {
        adjust_all(8);
        adjusted_at = posed;
        since_local = 0;
      } else if (++since_local == 2) {
        adjust_near(*frame);
        since_local = 0;
      }
    }
    if (map_.posed_count() > posed_before) adjust_all(15);
  }

  Reconstruction take() { return std::move(map_); }

 private:
  void pose(int frame, const SE3& camera_from_world) {
    View& view = map_.views[static_cast<std::size_t>(frame)];
    view.camera_from_world = camera_from_world;
    view.posed = true;
  }

  [[nodiscard]] int known_points(int frame) const {
    const auto& seen = by_frame_[static_cast<std::size_t>(frame)];
    return static_cast<int>(std::count_if(seen.begin(), seen.end(), [&](int k) {
      return map_.points[static_cast<std::size_t>(k)].has_value();
    }));
  }

  [[nodiscard]] std::optional<int> nearest_posed(int frame) const {
    const int frames = static_cast<int>(map_.views.size());
    for (int distance = 1; distance < frames; ++distance) {
      for (const int f : {frame - distance, frame + distance})
        if (f >= 0 && f < frames && map_.views[static_cast<std::size_t>(f)].posed) return f;
    }
    return {};
  }

  [[nodiscard]] std::optional<int> next_frame() const {
    std::optional<int> best;
    double best_score = 0;
    const int posed = map_.posed_count();
    for (int f = 0; f < static_cast<int>(map_.views.size()); ++f) {
      if (map_.views[static_cast<std::size_t>(f)].posed || failed_at_[static_cast<std::size_t>(f)] == posed)
        continue;
      const int known = known_points(f);
      if (known < least_points_for_pose) continue;
      const double score = known / static_cast<double>(std::abs(*nearest_posed(f) - f));
      if (score <= best_score) continue;
      best_score = score;
      best = f;
    }
    return best;
  }

  /// Where the frame would be if the motion of its posed neighbours went on.
  [[nodiscard]] std::vector<SE3> guesses_for(int frame) const {
    const int nearest = *nearest_posed(frame);
    const auto view = [&](int f) -> const View& { return map_.views[static_cast<std::size_t>(f)]; };
    std::vector<SE3> guesses{view(nearest).camera_from_world};
    const int before = nearest + (nearest - frame);
    if (before >= 0 && before < static_cast<int>(map_.views.size()) && view(before).posed) {
      const SE3 step = view(nearest).camera_from_world * inverse(view(before).camera_from_world);
      guesses.push_back(step * view(nearest).camera_from_world);
    }
    return guesses;
  }

  bool add_frame(int frame) {
    std::vector<Vec3> points;
    std::vector<Vec2> pixels;
    for (const int k : by_frame_[static_cast<std::size_t>(frame)]) {
      const auto& point = map_.points[static_cast<std::size_t>(k)];
      if (!point) continue;
      points.push_back(*point);
      pixels.push_back(tracks_[static_cast<std::size_t>(k)].at(frame));
    }
    const auto found = estimate_absolute_pose(
        points, pixels, map_.views[static_cast<std::size_t>(frame)].intrinsics, guesses_for(frame),
        options_.pose_threshold_px, options_.seed + static_cast<std::uint64_t>(frame));
    const double least =
        std::max(static_cast<double>(least_points_for_pose), 0.25 * static_cast<double>(points.size()));
    if (!found || found->inlier_count < least) return false;
    pose(frame, found->camera_from_world);
    // What this frame contradicts may be triangulated again from all views later on.
    std::size_t i = 0;
    for (const int k : by_frame_[static_cast<std::size_t>(frame)]) {
      auto& point = map_.points[static_cast<std::size_t>(k)];
      if (point && found->inlier[i++] == 0) point.reset();
    }
    return true;
  }

  void adjust_all(int iterations) {
    drop_bad_points(tracks_, 2 * options_.point_test.rms_px, map_);
    BundleOptions bundle{RobustLoss::huber, options_.huber_px, iterations, 1e-4};
    bundle.free_focal = options_.focal_free_from > 0 && map_.posed_count() >= options_.focal_free_from;
    if (bundle.free_focal) bundle.function_tolerance = 1e-6;  // flat valleys: small decreases go a long way
    (void)adjust_bundle(tracks_, {}, bundle, map_);
    drop_bad_points(tracks_, options_.point_test.rms_px, map_);
    std::vector<int> all(tracks_.size());
    std::iota(all.begin(), all.end(), 0);
    triangulate_tracks(tracks_, all, options_.point_test, map_);
  }

  void adjust_near(int frame) {
    std::vector<int> near;
    for (int f = 0; f < static_cast<int>(map_.views.size()); ++f)
      if (map_.views[static_cast<std::size_t>(f)].posed) near.push_back(f);
    std::stable_sort(near.begin(), near.end(),
                     [&](int a, int b) { return std::abs(a - frame) < std::abs(b - frame); });
    if (static_cast<int>(near.size()) < local_frames + 2) return;
    near.resize(local_frames);
    drop_bad_points(tracks_, 2 * options_.point_test.rms_px, map_);
    (void)adjust_bundle(tracks_, near, {RobustLoss::huber, options_.huber_px, 4, 1e-3}, map_);
  }

  Span<const PointTrack> tracks_;
  const std::vector<std::vector<int>>& by_frame_;
  MapperOptions options_;
  std::vector<int> failed_at_;  // how many frames stood when a frame last failed
  Reconstruction map_;
};

}  // namespace

Reconstruction grow_reconstruction(Span<const PointTrack> tracks,
                                   const std::vector<std::vector<int>>& by_frame,
                                   Span<const Intrinsics> intrinsics, const StartPair& start,
                                   const MapperOptions& options) {
  Reconstruction nothing_posed;
  nothing_posed.points.resize(tracks.size());
  for (const Intrinsics& k : intrinsics) nothing_posed.views.push_back({k, SE3{}, false});
  Growth growth(tracks, by_frame, options, nothing_posed);
  if (growth.begin(start)) {
    growth.grow();
    return growth.take();
  }
  return nothing_posed;
}

int extend_reconstruction(Span<const PointTrack> tracks, const MapperOptions& options,
                          Reconstruction& reconstruction) {
  const int posed = reconstruction.posed_count();
  const int frames = static_cast<int>(reconstruction.views.size());
  if (posed == frames) return 0;
  const auto by_frame = tracks_by_frame(tracks, frames);
  Growth growth(tracks, by_frame, options, std::move(reconstruction));
  growth.grow();
  reconstruction = growth.take();
  return reconstruction.posed_count() - posed;
}

std::vector<int> choose_covering_tracks(Span<const PointTrack> tracks, int frames, int width, int height,
                                        int points_per_frame) {
  constexpr int columns = 8;
  constexpr int rows = 6;
  // 1.5 times a fair share, because cells without texture leave theirs to the others.
  const int quota = std::max(1, static_cast<int>(std::lround(1.5 * points_per_frame / (columns * rows))));
  std::vector<int> count(static_cast<std::size_t>(frames) * columns * rows, 0);
  const auto cell = [&](int frame, const Vec2& p) -> int& {
    const int c = std::clamp(static_cast<int>(p.x() * columns / width), 0, columns - 1);
    const int r = std::clamp(static_cast<int>(p.y() * rows / height), 0, rows - 1);
    return count[(static_cast<std::size_t>(frame) * rows + static_cast<std::size_t>(r)) * columns +
                 static_cast<std::size_t>(c)];
  };
  std::vector<int> order(tracks.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return tracks[static_cast<std::size_t>(a)].pixels.size() >
           tracks[static_cast<std::size_t>(b)].pixels.size();
  });
  std::vector<int> chosen;
  for (const int k : order) {
    const PointTrack& track = tracks[static_cast<std::size_t>(k)];
    int needed = 0;
    for (int f = track.first_frame; f <= track.last_frame(); ++f)
      needed += cell(f, track.at(f)) < quota ? 1 : 0;
    if (2 * needed < static_cast<int>(track.pixels.size())) continue;  // most of what it sees is covered
    for (int f = track.first_frame; f <= track.last_frame(); ++f) ++cell(f, track.at(f));
    chosen.push_back(k);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace vd
