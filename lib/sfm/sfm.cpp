// SPDX-License-Identifier: Apache-2.0
#include "sfm/sfm.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/usage.h"
#include "sfm/fill.h"
#include "sfm/given_path.h"
#include "sfm/polish.h"
#include "sfm/rotation_only.h"
#include "sfm/starts.h"

namespace vd {
namespace {

constexpr double degree = 0.017453292519943295;
constexpr double least_noise_px = 0.02;  // of tracks

std::vector<Intrinsics> checked_intrinsics(const SfmInput& input) {
  const std::size_t frames = std::max(input.frames.size(), input.intrinsics.size());
  if (!input.frames.empty() && !input.intrinsics.empty() && input.frames.size() != input.intrinsics.size())
    throw Error("structure from motion",
                fmt::format("{} frames, {} intrinsics", input.frames.size(), input.intrinsics.size()));
  if (!input.known_world_from_camera.empty() && input.known_world_from_camera.size() != frames)
    throw Error("structure from motion",
                fmt::format("{} frames, {} poses", frames, input.known_world_from_camera.size()));
  if (!input.pose_priors.empty() && input.pose_priors.size() != frames)
    throw Error("structure from motion",
                fmt::format("{} frames, {} priors of poses", frames, input.pose_priors.size()));
  for (const auto& prior : input.pose_priors) {
    if (prior && !(prior->centre_sigma > 0 && prior->rotation_sigma_rad > 0))
      throw Error("structure from motion", "a sigma of a pose is not positive");
  }
  for (const PointTrack& track : input.tracks) {
    if (track.first_frame < 0 || track.last_frame() >= static_cast<int>(frames))
      throw Error("structure from motion", fmt::format("a track leaves the {} frames of the clip", frames));
  }
  std::vector<Intrinsics> intrinsics = input.intrinsics;
  if (intrinsics.empty()) {
    if (input.intrinsics_known && frames > 0)
      throw Error("structure from motion", "known intrinsics are missing");
    for (std::size_t k = 0; k < frames; ++k) {
      const auto frame = input.frames[k];
      intrinsics.push_back(centred_intrinsics(0, frame->width(), frame->height()));
    }
  }
  for (const Intrinsics& k : intrinsics) {
    if (input.intrinsics_known && !(k.fx > 0 && k.fy > 0))
      throw Error("structure from motion", "a focal length is not positive");
    if (k.width <= 0 || k.height <= 0)
      throw Error("structure from motion", "intrinsics without an image size");
  }
  return intrinsics;
}

double default_focal_px(const Intrinsics& k) { return usual_focal_px(k.width, k.height); }

std::vector<ScenePoint> collect_points(Span<const PointTrack> tracks, const Reconstruction& reconstruction) {
  std::vector<ScenePoint> points;
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    if (!reconstruction.points[k]) continue;
    const auto sights = posed_sights(tracks[k], reconstruction.views);
    points.push_back({*reconstruction.points[k], static_cast<int>(k),
                      reprojection_rms_px(sights, *reconstruction.points[k]),
                      ray_angle_rad(sights, *reconstruction.points[k]) / degree});
  }
  return points;
}

double median_of(std::vector<ScenePoint> points, double ScenePoint::*figure) {
  if (points.empty()) return 0;
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  std::nth_element(points.begin(), middle, points.end(),
                   [&](const ScenePoint& a, const ScenePoint& b) { return a.*figure < b.*figure; });
  return (*middle).*figure;
}

/// Brings the first frame to the origin and the mean step between posed frames to 1.
void normalise(Reconstruction& reconstruction) {
  const SE3 first_from_world = reconstruction.views[0].camera_from_world;
  double path = 0;
  int steps = 0;
  std::optional<Vec3> last;
  int last_frame = 0;
  for (std::size_t f = 0; f < reconstruction.views.size(); ++f) {
    if (!reconstruction.views[f].posed) continue;
    const Vec3 centre = inverse(reconstruction.views[f].camera_from_world).translation;
    if (last) {
      path += (centre - *last).norm();
      steps += static_cast<int>(f) - last_frame;
    }
    last = centre;
    last_frame = static_cast<int>(f);
  }
  const double scale = path > 0 ? steps / path : 1.0;
  for (View& view : reconstruction.views) {
    view.camera_from_world = view.camera_from_world * inverse(first_from_world);
    view.camera_from_world.translation *= scale;
  }
  for (auto& point : reconstruction.points)
    if (point) point = scale * (first_from_world * *point);
}

/// Result of a clip of which nothing (more) is known than its size.
SfmResult standing_still(const SfmInput& input, const std::vector<Intrinsics>& intrinsics,
                         const std::string& why) {
  SfmResult result;
  for (Intrinsics k : intrinsics) {
    if (!(k.fx > 0)) k.fx = k.fy = default_focal_px(k);
    if (!(k.fy > 0)) k.fy = k.fx;
    result.cameras.push_back({k, SE3{}});
  }
  result.status.assign(intrinsics.size(), FrameStatus::held);
  result.tracks.assign(input.tracks.begin(), input.tracks.end());
  if (!result.cameras.empty()) {
    const double focal = result.cameras[0].intrinsics.fx;
    result.focal = {!input.intrinsics_known, focal, focal, focal, false};
  }
  take_given_path(input.pose_priors, std::numeric_limits<double>::infinity(), result);
  result.report.stopped_because = why;
  result.report.warnings.push_back(why);
  return result;
}

void take_cameras(const Reconstruction& reconstruction, SfmResult& result) {
  result.cameras.clear();
  for (const View& view : reconstruction.views)
    result.cameras.push_back({view.intrinsics, inverse(view.camera_from_world)});
}

SfmResult points_only(const SfmInput& input, const std::vector<Intrinsics>& intrinsics,
                      const SfmOptions& options) {
  SfmResult result;
  Stopwatch watch;
  Reconstruction reconstruction;
  reconstruction.points.resize(input.tracks.size());
  for (std::size_t f = 0; f < intrinsics.size(); ++f)
    reconstruction.views.push_back({intrinsics[f], inverse(input.known_world_from_camera[f]), true});
  result.tracks.assign(input.tracks.begin(), input.tracks.end());
  std::vector<int> all(input.tracks.size());
  std::iota(all.begin(), all.end(), 0);
  const PointTest test{3 * options.track_rms_px, options.min_angle_deg};
  triangulate_tracks(result.tracks, all, test, reconstruction);
  if (options.guided && !input.frames.empty()) {
    const GuidedReport guided = refine_tracks(input.frames, reconstruction, {}, result.tracks);
    result.report.guided_observations = guided.observations;
    result.report.guided_moved = guided.moved;
    for (auto& point : reconstruction.points) point.reset();
    triangulate_tracks(result.tracks, all, test, reconstruction);
  }
  result.report.explained_share = explained_share(result.tracks, reconstruction);
  result.points = collect_points(result.tracks, reconstruction);
  result.report.median_residual_px = median_of(result.points, &ScenePoint::rms_px);
  for (std::size_t f = 0; f < intrinsics.size(); ++f)
    result.cameras.push_back({intrinsics[f], input.known_world_from_camera[f]});
  result.status.assign(intrinsics.size(), FrameStatus::given);
  result.focal = {false, intrinsics[0].fx, intrinsics[0].fx, intrinsics[0].fx, true};
  result.report.polish_seconds = watch.lap();
  result.report.stopped_because = "poses given: points triangulated";
  return result;
}

/// What is known when the camera seems to turn only.
struct Turning {
  std::vector<Intrinsics> intrinsics;
  std::vector<PairMotion> motions;
  bool holds = false;
  bool doubtful = false;  // a fifth of the tracks move otherwise: near objects, or moving ones
};

std::vector<Intrinsics> with_focal_factor(std::vector<Intrinsics> intrinsics, double factor) {
  for (Intrinsics& k : intrinsics) {
    k.fx *= factor;
    k.fy *= factor;
  }
  return intrinsics;
}

Turning test_turning(const SfmInput& input, const std::vector<Intrinsics>& intrinsics,
                     const SfmOptions& options) {
  Turning turning;
  turning.intrinsics = intrinsics;
  for (Intrinsics& k : turning.intrinsics) {
    if (!(k.fx > 0)) k.fx = default_focal_px(k);
    if (!(k.fy > 0)) k.fy = k.fx;
  }
  const int frames = static_cast<int>(intrinsics.size());
  const auto by_frame = tracks_by_frame(input.tracks, frames);
  const std::vector<std::pair<int, int>> pairs = rotation_test_pairs(frames);
  const auto measure = [&] {
    turning.motions = measure_pair_motions(input.tracks, by_frame, turning.intrinsics, pairs, options.seed);
  };
  if (!input.intrinsics_known) {
    // Turns look like other motion under a wrong focal length: first a coarse search, then, if turns come
    // near, the best.
    const double focal = best_focal_of_rotations(input.tracks, turning.intrinsics, options.seed);
    const std::vector<Intrinsics> plain = turning.intrinsics;
    turning.intrinsics = with_focal_factor(plain, focal / plain[0].fx);
    measure();
    if (is_rotation_only(turning.motions, 2 * options.rotation_only_px)) {
      const RotationSolution solution = solve_rotations(input.tracks, turning.intrinsics, true, options.seed);
      turning.intrinsics = with_focal_factor(turning.intrinsics, solution.focal_factor);
    } else {
      turning.intrinsics = plain;
    }
  }
  measure();
  turning.holds = is_rotation_only(turning.motions, options.rotation_only_px);
  for (const PairMotion& motion : turning.motions)
    turning.doubtful = turning.doubtful || (motion.overlap > 0.3 && motion.rotation_residual_80_px > 2);
  return turning;
}

SfmResult rotations_only(const SfmInput& input, const Turning& turning, const SfmOptions& options) {
  SfmResult result =
      standing_still(input, turning.intrinsics, "the camera only turns: rotations without a path");
  const RotationSolution solution =
      solve_rotations(input.tracks, turning.intrinsics, !input.intrinsics_known, options.seed);
  double widest_turn = 0;
  for (std::size_t f = 0; f < turning.intrinsics.size(); ++f) {
    result.cameras[f].world_from_camera.rotation = solution.camera_from_world[f].conjugate();
    result.status[f] = solution.posed[f] != 0 ? FrameStatus::registered : FrameStatus::held;
    widest_turn = std::max(widest_turn, rotation_angle_rad(solution.camera_from_world[f]) / degree);
  }
  for (Camera& camera : result.cameras) {
    camera.intrinsics.fx *= solution.focal_factor;
    camera.intrinsics.fy *= solution.focal_factor;
  }
  result.rotation_only = true;
  take_given_path(input.pose_priors, std::max(least_noise_px, solution.rms_px) / turning.intrinsics[0].fx,
                  result);
  result.pair_motions = turning.motions;
  const double focal = result.cameras[0].intrinsics.fx;
  // A small turn moves all pixels alike, whatever the focal length.
  constexpr double telling_turn_deg = 10;
  result.focal = {!input.intrinsics_known, focal, focal, focal,
                  input.intrinsics_known || widest_turn > telling_turn_deg};
  result.report.explained_share = solution.explained_share;
  result.report.median_residual_px = solution.rms_px;
  if (!result.focal.determined)
    result.report.warnings.push_back(
        fmt::format("a turn of {:.1f} degrees leaves the focal length open: {:.0f} px", widest_turn, focal));
  return result;
}

/// One more start: from the given path. Which one explains as much as any is the one to take, for it is near
/// what is known; whichever is taken carries the priors.
void try_given_path(const SfmInput& input, const std::vector<Intrinsics>& intrinsics, bool free_focal,
                    const SfmOptions& options, BestStart& start) {
  constexpr double as_much = 0.02;
  Reconstruction begun =
      begin_on_given_path(input.tracks, intrinsics, input.pose_priors, free_focal, options);
  const double share = explained_share(input.tracks, begun);
  const int posed = begun.posed_count();
  const bool better =
      posed >= 2 && (start.best < 0 ||
                     share >= start.records[static_cast<std::size_t>(start.best)].explained_share - as_much);
  const View& first = begun.views.front();
  start.records.push_back(
      {0, static_cast<int>(begun.views.size()) - 1, intrinsics[0].fx, first.intrinsics.fx, posed, share});
  if (better) {
    start.best = static_cast<int>(start.records.size()) - 1;
    start.reconstruction = std::move(begun);
  } else if (start.best >= 0) {
    for (std::size_t f = 0; f < input.pose_priors.size(); ++f)
      start.reconstruction.views[f].prior = input.pose_priors[f];
  }
}

/// Poses for all frames, and the world that the result is in: that of the priors, where there are any.
void place_in_world(Span<const PointTrack> tracks, const SfmOptions& options, Reconstruction& reconstruction,
                    SfmResult& result) {
  if (reconstruction.given_from_world)
    result.report.prior_deviation = rms_in_sigmas(reconstruction.views, *reconstruction.given_from_world);
  const std::vector<char> given = pose_by_priors(reconstruction);
  result.status = fill_poses(tracks, options.seed, reconstruction.views);
  for (std::size_t f = 0; f < given.size(); ++f)
    if (given[f] != 0) result.status[f] = FrameStatus::given;
  const bool has_priors = std::any_of(reconstruction.views.begin(), reconstruction.views.end(),
                                      [](const View& view) { return view.prior.has_value(); });
  if (has_priors && move_to_given_world(reconstruction)) return;
  if (has_priors) result.report.warnings.emplace_back(no_given_world);
  normalise(reconstruction);
}

FocalEstimate focal_range(double focal_px, double deviation) {
  constexpr double within = 0.05;
  constexpr double at_most = 2;  // more than eight times longer or shorter says nothing
  const double reach = std::min(2 * deviation, at_most);
  return {true, focal_px, focal_px * std::exp(-reach), focal_px * std::exp(reach), reach < within};
}

/// Priors that are surer than the tracks pull them along; then it shows in the tracks that are lost.
void warn_of_contradiction(SfmReport& report) {
  constexpr double most_sigmas = 3;
  constexpr double least_kept = 0.7;
  double without = 0;
  for (const StartRecord& start : report.starts) without = std::max(without, start.explained_share);
  if (report.prior_deviation > most_sigmas)
    report.warnings.push_back(
        fmt::format("the poses given contradict the tracks: they are off by {:.1f} times their sigmas",
                    report.prior_deviation));
  else if (report.explained_share < least_kept * without)
    report.warnings.push_back(fmt::format(
        "the poses given contradict the tracks: with them {:.0f} % of what was tracked is explained, "
        "without {:.0f} %",
        100 * report.explained_share, 100 * without));
}

void add_warnings(bool has_weighed_priors, SfmResult& result) {
  auto& warnings = result.report.warnings;
  const auto missing = std::count_if(result.status.begin(), result.status.end(), [](FrameStatus s) {
    return s != FrameStatus::registered && s != FrameStatus::given;
  });
  if (missing > 0)
    warnings.push_back(fmt::format("{} of {} frames could not be registered; their poses are filled in",
                                   missing, result.status.size()));
  if (has_weighed_priors) warn_of_contradiction(result.report);
  constexpr double uncertain_path = 0.01;
  if (!(result.report.path_deviation < uncertain_path))
    warnings.push_back(fmt::format(
        "{} points under {:.1f} degrees of parallax leave the path open by {:.0f} % of its length",
        result.points.size(), median_of(result.points, &ScenePoint::angle_deg),
        std::min(100.0, 100 * result.report.path_deviation)));
  if (const auto warning = open_focal_warning(result.focal)) warnings.push_back(*warning);
}

}  // namespace

std::optional<std::string> open_focal_warning(const FocalEstimate& focal) {
  if (!focal.estimated || focal.determined) return {};
  return fmt::format(
      "the motion leaves the focal length open: {:.0f} px, it may lie between {:.0f} and {:.0f}",
      focal.focal_px, focal.low_px, focal.high_px);
}

SfmResult solve_structure_from_motion(const SfmInput& input, const SfmOptions& options) {
  const std::vector<Intrinsics> intrinsics = checked_intrinsics(input);
  const int frames = static_cast<int>(intrinsics.size());
  if (frames == 0) return standing_still(input, intrinsics, "no frames");
  if (!input.known_world_from_camera.empty()) return points_only(input, intrinsics, options);
  if (frames == 1) return standing_still(input, intrinsics, "a single frame has no motion");

  Stopwatch watch;
  const Turning turning = test_turning(input, intrinsics, options);
  std::optional<SfmResult> turned;
  if (turning.holds) turned = rotations_only(input, turning, options);
  const double start_seconds = watch.lap();
  // A little parallax hides below the threshold of the test: then points explain what directions at infinity
  // cannot.
  constexpr double nearly_all = 0.85;
  constexpr double clearly_more = 0.12;
  if (turned && !turning.doubtful && turned->report.explained_share > nearly_all) {
    turned->report.start_seconds = start_seconds;
    return std::move(*turned);
  }

  std::vector<PointTrack> tracks(input.tracks.begin(), input.tracks.end());
  const bool free_focal = !input.intrinsics_known && frames >= 4;
  BestStart start = input.intrinsics_known ? try_starts(tracks, intrinsics, options)
                                           : try_focal_starts(tracks, intrinsics, options);
  if (!input.pose_priors.empty()) try_given_path(input, intrinsics, free_focal, options, start);
  const double share =
      start.best < 0 ? 0.0 : start.records[static_cast<std::size_t>(start.best)].explained_share;
  if (turned && share < turned->report.explained_share + clearly_more) return std::move(*turned);
  if (start.best < 0) {
    SfmResult result = standing_still(input, intrinsics, "no two frames share enough tracks to start from");
    result.pair_motions = turning.motions;
    result.report.starts = start.records;
    return result;
  }
  SfmResult result;
  result.pair_motions = turning.motions;
  result.report.start_seconds = start_seconds;
  result.report.starts = start.records;
  result.report.grow_seconds = watch.lap();
  PolishOptions polish{options.loss_in_medians, options.track_rms_px, options.min_angle_deg, free_focal};
  polish.mapper.seed = options.seed;
  const PolishReport polished = polish_reconstruction(options.guided ? input.frames : GreyFrames(), polish,
                                                      tracks, start.reconstruction);
  result.report.guided_observations = polished.guided.observations;
  result.report.guided_moved = polished.guided.moved;
  result.report.path_deviation = polished.path_deviation;
  result.report.explained_share = explained_share(tracks, start.reconstruction);
  place_in_world(tracks, options, start.reconstruction, result);
  take_cameras(start.reconstruction, result);
  result.points = collect_points(tracks, start.reconstruction);
  result.report.median_residual_px = median_of(result.points, &ScenePoint::rms_px);
  result.tracks = std::move(tracks);
  const double focal = result.cameras[0].intrinsics.fx;
  const double deviation =
      polish.free_focal ? polished.focal_deviation : std::numeric_limits<double>::infinity();
  result.focal = input.intrinsics_known ? FocalEstimate{false, focal, focal, focal, true}
                                        : focal_range(focal, deviation);
  result.report.polish_seconds = watch.lap();
  result.report.stopped_because = "adjusted";
  const bool has_weighed_priors = std::any_of(input.pose_priors.begin(), input.pose_priors.end(),
                                              [](const auto& prior) { return prior && prior->is_weighed(); });
  add_warnings(has_weighed_priors, result);
  return result;
}

void describe(SfmOptions& o, OptionTable& t) {
  t.add("--starts", o.starts, range(1, 32), "reconstructions tried from different pairs of frames");
  t.add("--growing-points", o.growing_points_per_frame, range(50, 5000), "points a frame while growing")
      .hidden_in_short_help();
  t.add("--loss", o.loss_in_medians, positive(), "scale of the final loss [median track error]")
      .hidden_in_short_help();
  t.add("--track-rms", o.track_rms_px, positive(), "tracks with a larger error are left out [px]")
      .hidden_in_short_help();
  t.add("--min-angle", o.min_angle_deg, at_least(0), "least parallax of a point [degrees]")
      .hidden_in_short_help();
  t.flag("--guided", o.guided, "register tracks again under the known geometry").hidden_in_short_help();
  t.add("--rotation-only", o.rotation_only_px, at_least(0),
        "median residual of a rotation below which a camera only turns [px]")
      .hidden_in_short_help();
}

}  // namespace vd
