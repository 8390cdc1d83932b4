// SPDX-License-Identifier: Apache-2.0
#include "sfm/window_chain.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "geometry/pose_gaps.h"
#include "sfm/reconstruction.h"

namespace vd {
namespace {

bool is_placed(FrameStatus status) {
  return status == FrameStatus::registered || status == FrameStatus::given;
}

std::string frames_text(const FrameWindow& frames) {
  return fmt::format("frames {} to {}", frames.first, frames.end - 1);
}

/// The scale that makes the mean step between placed frames 1.
double scale_to_unit_steps(const SfmResult& sfm) {
  double path = 0;
  int steps = 0;
  int last = -1;
  for (int f = 0; f < static_cast<int>(sfm.cameras.size()); ++f) {
    if (!is_placed(sfm.status[static_cast<std::size_t>(f)])) continue;
    const auto centre = [&](int frame) {
      return sfm.cameras[static_cast<std::size_t>(frame)].world_from_camera.translation;
    };
    if (last >= 0) {
      path += (centre(f) - centre(last)).norm();
      steps += f - last;
    }
    last = f;
  }
  return path > 0 ? steps / path : 1.0;
}

}  // namespace

WindowChain::WindowChain(Span<const FrameWindow> windows) : windows_(windows.begin(), windows.end()) {
  result_.sfm.rotation_only = true;
}

/// Where the window lies in the world, by its tie to the last.
Sim3 WindowChain::place(const SolvedWindow& window) {
  if (!last_ || window.in_given_world) return {};
  const WindowTie tie = tie_windows(*last_, window);
  constexpr double most_disagreement = 0.05;
  auto& warnings = result_.sfm.report.warnings;
  const std::string frames = frames_text({window.frames.first, last_->frames.end});
  const bool both_move = !window.sfm.rotation_only && !last_->sfm.rotation_only;
  if (!tie.rotation_tied)
    warnings.push_back(frames + ": no pose is known from both sides; the path goes on where it stood");
  else if (!tie.scale_tied && both_move)
    warnings.push_back(frames + ": the camera rests and few points are seen; its scale may change here");
  else if (both_move && tie.disagreement > most_disagreement)
    warnings.push_back(fmt::format("{}: what comes before and after disagrees by {:.0f} % of the path here",
                                   frames, 100 * tie.disagreement));
  return result_.world_from_window.back() * tie.earlier_from_later;
}

/// Poses of frames that both windows have found go from one to the other over the overlap.
void WindowChain::take_cameras(const SolvedWindow& window, const Sim3& world_from_window) {
  SfmResult& all = result_.sfm;
  const int known = static_cast<int>(all.cameras.size());
  const double overlap = known - window.frames.first;
  for (int f = window.frames.first; f < window.frames.end; ++f) {
    const auto local = static_cast<std::size_t>(f - window.frames.first);
    Camera camera = window.sfm.cameras[local];
    camera.world_from_camera = world_from_window * camera.world_from_camera;
    const FrameStatus status = window.sfm.status[local];
    if (f >= known) {
      all.cameras.push_back(camera);
      all.status.push_back(status);
      continue;
    }
    Camera& before = all.cameras[static_cast<std::size_t>(f)];
    FrameStatus& status_before = all.status[static_cast<std::size_t>(f)];
    if (!is_placed(status)) continue;
    if (!is_placed(status_before)) {
      before = camera;
      status_before = status;
      continue;
    }
    const double share = (f - window.frames.first + 1) / (overlap + 1);
    before.world_from_camera = interpolate_pose(before.world_from_camera, camera.world_from_camera, share);
  }
}

/// A point belongs to the window that answers for the middle of its track, and to one only.
void WindowChain::take_points(const SolvedWindow& window, const Sim3& world_from_window) {
  const FrameWindow core = core_of(windows_, result_.world_from_window.size());
  std::set<std::int64_t> taken;
  for (ScenePoint point : window.sfm.points) {
    const PointTrack& track = window.sfm.tracks[static_cast<std::size_t>(point.track)];
    const std::int64_t number = window.track_numbers[static_cast<std::size_t>(point.track)];
    const bool is_taken = taken_.count(number) > 0;
    const int middle = window.frames.first + (track.first_frame + track.last_frame()) / 2;
    if (!is_taken && (middle < core.first || middle >= core.end)) continue;
    taken.insert(number);
    if (is_taken) continue;
    point.in_world = world_from_window * point.in_world;
    point.track = -1;
    result_.sfm.points.push_back(point);
  }
  taken_ = std::move(taken);
}

void WindowChain::take_report(SolvedWindow& window) {
  SfmReport& all = result_.sfm.report;
  SfmReport& part = window.sfm.report;
  for (StartRecord start : part.starts) {
    start.first += window.frames.first;
    start.second += window.frames.first;
    all.starts.push_back(start);
  }
  const FrameWindow core = core_of(windows_, result_.world_from_window.size());
  all.explained_share += part.explained_share * core.size() / windows_.back().end;
  all.path_deviation = std::max(all.path_deviation, part.path_deviation);
  all.guided_observations += part.guided_observations;
  all.guided_moved += part.guided_moved;
  all.start_seconds += part.start_seconds;
  all.grow_seconds += part.grow_seconds;
  all.polish_seconds += part.polish_seconds;
  for (const std::string& warning : part.warnings)
    all.warnings.push_back(frames_text(window.frames) + ": " + warning);
}

void WindowChain::add(SolvedWindow window) {
  const Sim3 world_from_window = place(window);
  take_cameras(window, world_from_window);
  take_points(window, world_from_window);
  take_report(window);
  result_.sfm.rotation_only = result_.sfm.rotation_only && window.sfm.rotation_only;
  if (!last_) result_.sfm.focal = window.sfm.focal;
  result_.world_from_window.push_back(world_from_window);
  in_given_world_ = window.in_given_world;
  if (!window.pose_priors.empty()) {
    pose_priors_.resize(static_cast<std::size_t>(window.frames.first));
    pose_priors_.insert(pose_priors_.end(), window.pose_priors.begin(), window.pose_priors.end());
  }
  last_ = std::move(window);
}

/// From the world of the first window to that of the result: the path that is known, or unit steps.
Sim3 WindowChain::final_from_world() {
  if (in_given_world_) return {};
  SfmResult& sfm = result_.sfm;
  if (pose_priors_.size() == sfm.cameras.size()) {
    std::vector<View> views;
    for (std::size_t f = 0; f < sfm.cameras.size(); ++f)
      views.push_back({sfm.cameras[f].intrinsics, inverse(sfm.cameras[f].world_from_camera),
                       sfm.status[f] == FrameStatus::registered, pose_priors_[f]});
    if (const auto given_from_world = register_to_priors(views)) return *given_from_world;
  }
  return {scale_to_unit_steps(sfm), Quat::Identity(), Vec3::Zero()};
}

WindowsResult WindowChain::finish() {
  SfmResult& sfm = result_.sfm;
  const Sim3 final_from_world = this->final_from_world();
  for (Camera& camera : sfm.cameras) camera.world_from_camera = final_from_world * camera.world_from_camera;
  for (ScenePoint& point : sfm.points) point.in_world = final_from_world * point.in_world;
  for (Sim3& world_from_window : result_.world_from_window)
    world_from_window = final_from_world * world_from_window;
  std::vector<double> rms_px;
  for (const ScenePoint& point : sfm.points) rms_px.push_back(point.rms_px);
  if (!rms_px.empty()) {
    const auto middle = rms_px.begin() + static_cast<std::ptrdiff_t>(rms_px.size() / 2);
    std::nth_element(rms_px.begin(), middle, rms_px.end());
    sfm.report.median_residual_px = *middle;
  }
  sfm.report.stopped_because = fmt::format("adjusted in {} windows", windows_.size());
  last_.reset();
  return std::move(result_);
}

}  // namespace vd
