// SPDX-License-Identifier: Apache-2.0
#include "stage/solve_cameras.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "image/grey_frames.h"
#include "stage/find_cuts.h"

namespace vd {

namespace {

constexpr std::size_t frames_decoded_at_once = 16;

GreyFrames grey_frames(const WorkingFrames& source, const FrameRange& shot) {
  return {static_cast<std::size_t>(shot.end - shot.first),
          [&source, shot](std::size_t frame) { return source.grey(shot.first + static_cast<int>(frame)); }};
}

std::vector<PointTrack> track(const GreyFrames& frames, const TrackOptions& options) {
  PointTracker tracker(options);
  for (std::size_t first = 0; first < frames.size(); first += frames_decoded_at_once) {
    std::vector<GreyImage> now(std::min(frames_decoded_at_once, frames.size() - first));
    parallel_for(now.size(), [&](std::size_t k) { now[k] = *frames[first + k]; });
    tracker.add(now);
  }
  return tracker.finish();
}

/// Of every track its longest part that no mask covers, when that is two frames and more.
std::vector<PointTrack> outside_masks(std::vector<PointTrack> tracks, const WorkingFrames& source,
                                      const GivenMasks& masks, const FrameRange& shot) {
  if (!masks.file(shot.first)) return tracks;
  std::vector<MaskMap> covered(static_cast<std::size_t>(shot.end - shot.first));
  parallel_for(covered.size(), [&](std::size_t k) {
    covered[k] = source.at_working_size(masks.of(shot.first + static_cast<int>(k)));
  });
  std::vector<PointTrack> kept;
  for (const PointTrack& seen : tracks) {
    std::size_t best_first = 0, best_count = 0, count = 0;
    for (std::size_t k = 0; k < seen.pixels.size(); ++k) {
      const MaskMap& mask = covered[static_cast<std::size_t>(seen.first_frame) + k];
      const int x = std::clamp(static_cast<int>(std::lround(seen.pixels[k].x())), 0, mask.width() - 1);
      const int y = std::clamp(static_cast<int>(std::lround(seen.pixels[k].y())), 0, mask.height() - 1);
      count = mask(x, y) == 0 ? count + 1 : 0;
      if (count > best_count) best_count = count, best_first = k + 1 - count;
    }
    if (best_count < 2) continue;
    const auto begin = seen.pixels.begin() + static_cast<std::ptrdiff_t>(best_first);
    kept.push_back({seen.first_frame + static_cast<int>(best_first),
                    {begin, begin + static_cast<std::ptrdiff_t>(best_count)}});
  }
  return kept;
}

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

SfmInput input_of(const WorkingFrames& source, Span<const PointTrack> tracks, const CameraPriors& priors,
                  const FrameRange& shot) {
  SfmInput input;
  input.frames = grey_frames(source, shot);
  input.tracks = tracks;
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

SfmResult solve_shot(SfmInput input, const CameraPriors& priors, const SfmOptions& options) {
  SfmResult result = solve_structure_from_motion(input, options);
  if (input.intrinsics_known || !priors.guessed_intrinsics) return result;
  const auto focal = combined_focal(result.focal, input.intrinsics.front(), priors.intrinsics_as);
  if (!focal) return result;
  const double factor = focal->focal_px / input.intrinsics.front().fx;
  for (Intrinsics& camera : input.intrinsics) camera.fx *= factor, camera.fy *= factor;
  input.intrinsics_known = true;
  result = solve_structure_from_motion(input, options);
  result.focal = *focal;
  return result;
}

void append_shot(const FrameRange& shot, SfmResult&& part, bool is_first, SfmResult& whole) {
  if (is_first) {
    whole = std::move(part);
    return;
  }
  const auto track_offset = static_cast<int>(whole.tracks.size());
  for (ScenePoint& point : part.points) point.track += track_offset;
  for (PointTrack& seen : part.tracks) seen.first_frame += shot.first;
  const auto join = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
  join(whole.cameras, part.cameras);
  join(whole.status, part.status);
  join(whole.points, part.points);
  join(whole.tracks, part.tracks);
  for (StartRecord& start : part.report.starts) start.first += shot.first, start.second += shot.first;
  join(whole.report.starts, part.report.starts);
  join(whole.report.warnings, part.report.warnings);
  whole.rotation_only = whole.rotation_only && part.rotation_only;
}

}  // namespace

SolvedCameras solve_cameras(const WorkingFrames& source, const CameraPriors& priors, const GivenMasks& masks,
                            const TrackOptions& track_options, const SfmOptions& sfm_options) {
  SolvedCameras solved;
  const auto shots = shots_of(source.clip().info());
  for (const FrameRange& shot : shots) {
    const auto tracks = outside_masks(track(grey_frames(source, shot), track_options), source, masks, shot);
    SfmResult sfm = solve_shot(input_of(source, tracks, priors, shot), priors, sfm_options);
    auto ranges = depth_ranges(sfm);
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
