// SPDX-License-Identifier: Apache-2.0
#include "sfm/polish.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "sfm/bundle.h"

namespace vd {
namespace {

/// Median error of the points, the yardstick for what contradicts: sharp renderings leave 0.2 px, blurred
/// video 0.6.
double median_rms_px(Span<const PointTrack> tracks, const Reconstruction& reconstruction) {
  std::vector<double> rms;
  for (std::size_t k = 0; k < tracks.size(); ++k)
    if (reconstruction.points[k])
      rms.push_back(
          reprojection_rms_px(posed_sights(tracks[k], reconstruction.views), *reconstruction.points[k]));
  if (rms.empty()) return 0;
  std::nth_element(rms.begin(), rms.begin() + static_cast<std::ptrdiff_t>(rms.size() / 2), rms.end());
  return rms[rms.size() / 2];
}

/// What an observation is worth against priors: errors along a track have one cause, so a track counts once,
/// however long it is.
double noise_px(Span<const PointTrack> tracks, double median_px, const Reconstruction& reconstruction) {
  constexpr double least_px = 0.02;
  std::size_t seen = 0;
  std::size_t observations = 0;
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    if (!reconstruction.points[k]) continue;
    ++seen;
    observations += tracks[k].pixels.size();
  }
  const double length = seen > 0 ? static_cast<double>(observations) / static_cast<double>(seen) : 1;
  return std::max(least_px, median_px) * std::sqrt(length);
}

struct Round {
  double rms_px;     // tracks with a larger error go, unless the whole clip is that noisy
  double tolerance;  // of the adjustment: the early rounds only have to tell good tracks from bad ones
  int iterations;
};

BundleOptions bundle_options(Span<const PointTrack> tracks, const Round& round, const PolishOptions& options,
                             const Reconstruction& reconstruction) {
  // Sharp images leave errors of 0.1 to 0.3 px. Much more means that all tracks share something the model
  // lacks (rolling shutter, distortion, intrinsics that are slightly off): then no subset is the right one,
  // and the loss widens.
  constexpr double usual_px = 0.3;
  const double median_px = median_rms_px(tracks, reconstruction);
  const double widening = std::pow(std::max(1.0, median_px / usual_px), 3);
  const double loss_px = std::clamp(options.loss_in_medians * median_px * widening, 0.1, 1.0);
  BundleOptions bundle{RobustLoss::cauchy, loss_px, round.iterations, round.tolerance};
  bundle.free_focal = options.free_focal;
  bundle.noise_px = noise_px(tracks, median_px, reconstruction);
  return bundle;
}

void adjust_and_drop(Span<const PointTrack> tracks, const Round& round, const PolishOptions& options,
                     Reconstruction& reconstruction) {
  std::vector<int> all(tracks.size());
  std::iota(all.begin(), all.end(), 0);
  const auto limit_px = [&] { return std::max(round.rms_px, 3 * median_rms_px(tracks, reconstruction)); };
  triangulate_tracks(tracks, all, {limit_px(), options.min_angle_deg}, reconstruction);
  (void)adjust_bundle(tracks, {}, bundle_options(tracks, round, options, reconstruction), reconstruction);
  drop_bad_points(tracks, limit_px(), reconstruction);
}

double path_length(const Reconstruction& reconstruction) {
  double length = 0;
  std::optional<Vec3> last;
  for (const View& view : reconstruction.views) {
    if (!view.posed) continue;
    const Vec3 centre = inverse(view.camera_from_world).translation;
    if (last) length += (centre - *last).norm();
    last = centre;
  }
  return length;
}

/// Standard deviation of the logarithm of the focal length. Bias of the tracks, lens distortion and a wrong
/// principal point are common to all tracks: on rendered scenes of many seeds the error was twice what the
/// tracks alone say in the mean, on real drives three to five times.
double honest_deviation(double deviation_of_tracks) { return 2.5 * deviation_of_tracks; }

/// Weighs what the tracks say against what lenses are like, and lets all else follow.
void draw_to_usual_focal(Span<const PointTrack> tracks, double deviation, BundleOptions bundle,
                         Reconstruction& reconstruction) {
  constexpr double deviation_of_lenses = 0.22;
  const Intrinsics& camera = reconstruction.views[0].intrinsics;
  const double from_usual = std::log(usual_focal_px(camera.width, camera.height) / camera.fx);
  const double ratio = deviation / deviation_of_lenses;
  const double share_of_usual = std::isfinite(ratio) ? ratio * ratio / (1 + ratio * ratio) : 1.0;
  const double factor = std::exp(share_of_usual * from_usual);
  for (View& view : reconstruction.views) {
    view.intrinsics.fx *= factor;
    view.intrinsics.fy *= factor;
  }
  bundle.free_focal = false;
  (void)adjust_bundle(tracks, {}, bundle, reconstruction);
}

}  // namespace

double usual_focal_px(int width, int height) { return 0.83 * std::max(width, height); }

PolishReport polish_reconstruction(const GreyFrames& frames, const PolishOptions& options,
                                   std::vector<PointTrack>& tracks, Reconstruction& reconstruction) {
  // A free focal length lies in a flat valley where small decreases of the cost go a long way.
  const double exact = options.free_focal ? 1e-7 : 1e-6;
  const double rough = options.free_focal ? 1e-5 : 1e-4;
  adjust_and_drop(tracks, {2.0 * options.track_rms_px, rough, 15}, options, reconstruction);
  adjust_and_drop(tracks, {1.4 * options.track_rms_px, rough, 15}, options, reconstruction);
  if (extend_reconstruction(tracks, options.mapper, reconstruction) > 0)
    adjust_and_drop(tracks, {1.4 * options.track_rms_px, rough, 15}, options, reconstruction);
  PolishReport report;
  // The warps depend on the focal length, and the focal length on what they find.
  const int passes = frames.empty() ? 0 : options.free_focal ? 2 : 1;
  for (int pass = 0; pass < passes; ++pass) {
    report.guided = refine_tracks(frames, reconstruction, {}, tracks);
    adjust_and_drop(tracks, {1.4 * options.track_rms_px, rough, 15}, options, reconstruction);
  }
  adjust_and_drop(tracks, {options.track_rms_px, exact, options.free_focal ? 40 : 12}, options,
                  reconstruction);
  const BundleOptions last = bundle_options(
      tracks, {options.track_rms_px, exact, options.free_focal ? 40 : 12}, options, reconstruction);
  (void)adjust_bundle(tracks, {}, last, reconstruction);
  const BundleDeviations deviations = bundle_deviations(tracks, last, reconstruction);
  report.path_deviation = deviations.centre / path_length(reconstruction);
  report.focal_deviation = honest_deviation(deviations.log_focal);
  constexpr double open_from = 0.01;
  if (options.free_focal && report.focal_deviation > open_from)
    draw_to_usual_focal(tracks, report.focal_deviation, last, reconstruction);
  return report;
}

}  // namespace vd
