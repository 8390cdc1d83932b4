// SPDX-License-Identifier: Apache-2.0
#include "sfm/polish.h"

#include <algorithm>
#include <numeric>

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

void adjust_round(Span<const PointTrack> tracks, double rms_px, const PolishOptions& options,
                  double tolerance, Reconstruction& reconstruction) {
  std::vector<int> all(tracks.size());
  std::iota(all.begin(), all.end(), 0);
  triangulate_tracks(tracks, all, {2 * rms_px, options.min_angle_deg}, reconstruction);
  BundleOptions bundle{options.huber_px, 25, tolerance};
  bundle.free_focal = options.free_focal;
  (void)adjust_bundle(tracks, {}, bundle, reconstruction);
  const double floor_px = 3 * median_rms_px(tracks, reconstruction);
  drop_bad_points(tracks, std::max(rms_px, floor_px), reconstruction);
}

}  // namespace

GuidedReport polish_reconstruction(Span<const GreyImage> frames, const PolishOptions& options,
                                   std::vector<PointTrack>& tracks, Reconstruction& reconstruction) {
  const double tolerance = options.free_focal ? 1e-7 : 1e-5;
  for (const double factor : {2.0, 1.4, 1.0})
    adjust_round(tracks, factor * options.track_rms_px, options, tolerance, reconstruction);
  GuidedReport report;
  if (!frames.empty()) {
    report = refine_tracks(frames, reconstruction, {}, tracks);
    for (const double factor : {1.4, 1.0})
      adjust_round(tracks, factor * options.track_rms_px, options, tolerance, reconstruction);
  }
  BundleOptions last{options.huber_px, 50, 1e-7};
  last.free_focal = options.free_focal;
  (void)adjust_bundle(tracks, {}, last, reconstruction);
  return report;
}

}  // namespace vd
