// SPDX-License-Identifier: Apache-2.0
#include "stage/solve_cameras.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "stage/find_cuts.h"
#include "stage/shot_tracks.h"

namespace vd {

namespace {

/// Angle between rays that a point must be seen under to say how far the scene reaches: half a degree, or the
/// median of the points where the camera moves less. Points below it may as well be at infinity, and a search
/// that reaches there spends itself on sky.
double telling_angle_deg(const std::vector<ScenePoint>& points) {
  std::vector<double> angles;
  for (const auto& point : points) angles.push_back(point.angle_deg);
  if (angles.empty()) return 0;
  const auto middle = angles.begin() + static_cast<std::ptrdiff_t>(angles.size() / 2);
  std::nth_element(angles.begin(), middle, angles.end());
  return std::min(0.5, *middle);
}

/// Depth range of each frame from the points seen in it and in the two frames on either side.
std::vector<DepthRange> depth_ranges(const SfmResult& sfm) {
  constexpr int reach = 2;
  const int frames = static_cast<int>(sfm.cameras.size());
  std::vector<std::vector<double>> depths(sfm.cameras.size());
  const double least_angle_deg = telling_angle_deg(sfm.points);
  for (const auto& point : sfm.points) {
    if (point.angle_deg < least_angle_deg) continue;
    const PointTrack& seen = sfm.tracks[static_cast<std::size_t>(point.track)];
    const int last = std::min(frames - 1, seen.last_frame() + reach);
    for (int frame = std::max(0, seen.first_frame - reach); frame <= last; ++frame) {
      const SE3 camera_from_world = inverse(sfm.cameras[static_cast<std::size_t>(frame)].world_from_camera);
      depths[static_cast<std::size_t>(frame)].push_back((camera_from_world * point.in_world).z());
    }
  }
  std::vector<DepthRange> ranges;
  for (const auto& of_frame : depths) ranges.push_back(depth_range(of_frame));
  return ranges;
}

/// Known cameras with hardly a track between them (a wide pair): search from where the nearest camera that
/// has moved sees a point a third of the image away to where it sees half a pixel of parallax.
DepthRange range_from_baseline(Span<const Camera> cameras, std::size_t frame) {
  double baseline = 0;
  for (const auto& other : cameras) {
    const double distance =
        (other.world_from_camera.translation - cameras[frame].world_from_camera.translation).norm();
    baseline = std::max(baseline, distance);
  }
  const Intrinsics& k = cameras[frame].intrinsics;
  return {baseline * k.fx * 3.0 / k.width, baseline * k.fx / 0.5};
}

std::vector<Intrinsics> at_working_size(const WorkingFrames& source, const std::vector<Intrinsics>& cameras,
                                        const FrameRange& shot) {
  std::vector<Intrinsics> scaled;
  for (int frame = shot.first; frame < shot.end; ++frame) {
    scaled.push_back(source.at_working_size(cameras[static_cast<std::size_t>(frame)]));
  }
  return scaled;
}

SfmInput input_of(const WorkingFrames& source, const CameraPriors& priors, const FrameRange& shot) {
  SfmInput input;
  input.frames = grey_frames(source, shot);
  input.intrinsics_known = priors.intrinsics.has_value();
  const auto& cameras = priors.intrinsics ? priors.intrinsics : priors.guessed_intrinsics;
  if (cameras) {
    input.intrinsics = at_working_size(source, *cameras, shot);
  } else {
    input.intrinsics.assign(input.frames.size(),
                            centred_intrinsics(0, source.size().width, source.size().height));
  }
  if (priors.world_from_camera) {
    input.known_world_from_camera.assign(priors.world_from_camera->begin() + shot.first,
                                         priors.world_from_camera->begin() + shot.end);
  }
  if (!priors.poses.empty())
    input.pose_priors.assign(priors.poses.begin() + shot.first, priors.poses.begin() + shot.end);
  return input;
}

/// The focal length that the tracks and the prior agree on, by their variances; nothing where the tracks say
/// five times as much as the prior, or no more than a guess was asked for.
std::optional<FocalEstimate> combined_focal(const FocalEstimate& estimate, const Intrinsics& guess,
                                            const KnownAs& as) {
  if (as.mode != KnownMode::prior || as.sigmas.empty()) return {};
  const double prior_sigma_px = as.sigmas[0] * guess.fx;
  const double sigma_px = (estimate.high_px - estimate.low_px) / 4;  // two to either side
  const bool says_something = estimate.estimated && sigma_px > 0 && std::isfinite(sigma_px);
  if (says_something && sigma_px < 0.2 * prior_sigma_px) return {};
  const double weight = says_something ? 1 / (sigma_px * sigma_px) : 0;
  const double prior_weight = 1 / (prior_sigma_px * prior_sigma_px);
  FocalEstimate focal = estimate;
  focal.focal_px = (weight * estimate.focal_px + prior_weight * guess.fx) / (weight + prior_weight);
  const double combined_sigma_px = 1 / std::sqrt(weight + prior_weight);
  focal.low_px = focal.focal_px - 2 * combined_sigma_px;
  focal.high_px = focal.focal_px + 2 * combined_sigma_px;
  focal.determined = 2 * combined_sigma_px < 0.05 * focal.focal_px;
  focal.estimated = true;
  return focal;
}

void set_focal(const FocalEstimate& focal, SfmInput& input) {
  const double factor = focal.focal_px / input.intrinsics.front().fx;
  for (Intrinsics& camera : input.intrinsics) {
    const bool guessed = camera.fx > 0;
    camera.fy = guessed ? factor * camera.fy : focal.focal_px;
    camera.fx = guessed ? factor * camera.fx : focal.focal_px;
  }
  input.intrinsics_known = true;
}

/// A shot's solution, and where the scene lies in front of each frame.
struct ShotSolution {
  SfmResult sfm;
  std::vector<DepthRange> ranges;
};

ShotSolution solve_at_once(SfmInput input, Span<const PointTrack> tracks, const CameraPriors& priors,
                           const SfmOptions& options) {
  input.tracks = tracks;
  ShotSolution solution;
  solution.sfm = solve_structure_from_motion(input, options);
  if (!input.intrinsics_known && priors.guessed_intrinsics) {
    const auto focal = combined_focal(solution.sfm.focal, input.intrinsics.front(), priors.intrinsics_as);
    if (focal) {
      set_focal(*focal, input);
      solution.sfm = solve_structure_from_motion(input, options);
      solution.sfm.focal = *focal;
    }
  }
  solution.ranges = depth_ranges(solution.sfm);
  solution.sfm.tracks.clear();  // of no use any more, and as long as the clip
  return solution;
}

/// A shot that is solved window by window.
struct LongShot {
  const WorkingFrames& source;
  const CameraPriors& priors;
  ShotTracks& tracks;
  FrameRange shot;
  std::vector<FrameWindow> windows;
  std::optional<WindowsFocal> focal;  // once it is estimated

  [[nodiscard]] WindowInput input_of_window(const FrameWindow& window) {
    WindowInput input;
    input.sfm = input_of(source, priors, {shot.first + window.first, shot.first + window.end});
    if (focal) set_focal(focal->focal, input.sfm);
    NumberedTracks found = tracks.of(window);
    input.tracks = std::move(found.tracks);
    input.track_numbers = std::move(found.numbers);
    return input;
  }
};

/// The focal length of a long shot, weighed with a prior where there is one.
WindowsFocal focal_of(const LongShot& shot, const WindowSource& source, const SfmOptions& options) {
  WindowsFocal found = estimate_focal(shot.windows, source, options);
  if (!shot.priors.guessed_intrinsics) return found;
  const Intrinsics guess = at_working_size(shot.source, *shot.priors.guessed_intrinsics, shot.shot).front();
  if (const auto focal = combined_focal(found.focal, guess, shot.priors.intrinsics_as)) {
    found.focal = *focal;
    found.first.reset();
  }
  return found;
}

/// Each window's ranges for the frames it answers for, in the scale of the shot.
std::vector<DepthRange> ranges_of_shot(const std::vector<FrameWindow>& windows,
                                       const std::vector<std::vector<DepthRange>>& of_windows,
                                       const std::vector<Sim3>& world_from_window) {
  std::vector<DepthRange> ranges;
  for (std::size_t k = 0; k < windows.size(); ++k) {
    const FrameWindow core = core_of(windows, k);
    for (int frame = core.first; frame < core.end; ++frame) {
      const DepthRange& range = of_windows[k][static_cast<std::size_t>(frame - windows[k].first)];
      ranges.push_back({world_from_window[k].scale * range.near, world_from_window[k].scale * range.far});
    }
  }
  return ranges;
}

ShotSolution solve_window_by_window(LongShot shot, const SfmOptions& options) {
  const WindowSource source = [&](const FrameWindow& window) { return shot.input_of_window(window); };
  if (!shot.priors.intrinsics && !shot.priors.world_from_camera) shot.focal = focal_of(shot, source, options);
  std::vector<std::vector<DepthRange>> ranges;
  const WindowVisitor look = [&](const SolvedWindow& window) { ranges.push_back(depth_ranges(window.sfm)); };
  std::optional<SolvedWindow> first;
  if (shot.focal) first = std::exchange(shot.focal->first, std::nullopt);
  const bool asked_before = shot.focal && !first;
  WindowsResult solved = solve_in_windows(shot.windows, source, std::move(first), options, look);
  ShotSolution solution{std::move(solved.sfm),
                        ranges_of_shot(shot.windows, ranges, solved.world_from_window)};
  if (!shot.focal) return solution;
  solution.sfm.focal = shot.focal->focal;
  auto& starts = solution.sfm.report.starts;
  if (asked_before) starts.insert(starts.begin(), shot.focal->starts.begin(), shot.focal->starts.end());
  if (const auto warning = open_focal_warning(shot.focal->focal))
    solution.sfm.report.warnings.push_back(*warning);
  return solution;
}

void append_shot(const FrameRange& shot, SfmResult&& part, bool is_first, SfmResult& whole) {
  if (is_first) {
    whole = std::move(part);
    return;
  }
  const auto join = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
  join(whole.cameras, part.cameras);
  join(whole.status, part.status);
  join(whole.points, part.points);
  for (StartRecord& start : part.report.starts) start.first += shot.first, start.second += shot.first;
  join(whole.report.starts, part.report.starts);
  join(whole.report.warnings, part.report.warnings);
  whole.rotation_only = whole.rotation_only && part.rotation_only;
}

}  // namespace

SolvedCameras solve_cameras(const WorkingFrames& source, const CameraPriors& priors, const GivenMasks& masks,
                            const TrackOptions& track_options, const WindowOptions& window_options,
                            const SfmOptions& sfm_options) {
  SolvedCameras solved;
  const auto shots = shots_of(source.clip().info());
  for (const FrameRange& shot : shots) {
    ShotTracks tracks(source, masks, shot, track_options);
    auto windows = overlapping_windows(shot.end - shot.first, window_options);
    solved.windows += static_cast<int>(windows.size());
    auto [sfm, ranges] =
        windows.size() == 1
            ? solve_at_once(input_of(source, priors, shot), tracks.of(windows[0]).tracks, priors, sfm_options)
            : solve_window_by_window({source, priors, tracks, shot, std::move(windows), {}}, sfm_options);
    for (std::size_t k = 0; k < ranges.size(); ++k) {
      if (!ranges[k].valid() && priors.world_from_camera) ranges[k] = range_from_baseline(sfm.cameras, k);
    }
    if (shots.size() > 1) {
      for (std::string& warning : sfm.report.warnings) {
        warning = fmt::format("shot of frames {} to {}: {}", shot.first, shot.end - 1, warning);
      }
    }
    solved.ranges.insert(solved.ranges.end(), ranges.begin(), ranges.end());
    append_shot(shot, std::move(sfm), &shot == &shots.front(), solved.sfm);
  }
  if (shots.size() > 1 && !priors.world_from_camera && priors.poses.empty()) {
    solved.sfm.report.warnings.push_back(
        fmt::format("{} shots, aligned one by one: each has a world and a scale of its own", shots.size()));
  }
  return solved;
}

}  // namespace vd
