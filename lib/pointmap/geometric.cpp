// SPDX-License-Identifier: Apache-2.0
#include "pointmap/geometric.h"

#include <limits>

#include "core/error.h"
#include "pointmap/mono_fill.h"

namespace vd {
namespace {

/// Points of one view at given inverse depths, moved into the frame of the first.
PointMap to_points(const Map<float>& inverse_depth, const Intrinsics& intrinsics,
                   const SE3& first_from_view) {
  PointMap points(inverse_depth.width(), inverse_depth.height(), std::numeric_limits<float>::quiet_NaN());
  for (int y = 0; y < points.height(); ++y)
    for (int x = 0; x < points.width(); ++x) {
      if (!(inverse_depth(x, y) > 0)) continue;
      const Vec3 point = first_from_view * (intrinsics.unproject(Vec2(x, y)) / inverse_depth(x, y));
      for (int c = 0; c < 3; ++c) points(x, y, c) = static_cast<float>(point[c]);
    }
  return points;
}

template <typename T>
double share_above_zero(const Map<T>& map) {
  std::size_t count = 0;
  for (const T value : map.values()) count += value > 0;
  return map.pixels() > 0 ? static_cast<double>(count) / static_cast<double>(map.pixels()) : 0;
}

void check_sizes(const PairImage& image, const char* which) {
  if (!image.flow.same_size(image.grey)) throw Error(which, "flow and frame differ in size");
  if (!image.mono.empty() && !image.mono.same_size(image.grey))
    throw Error(which, "monocular depth and frame differ in size");
}

/// Monocular depth as it is, where the pair tells nothing.
Map<float> unfitted(const PairImage& image) {
  Map<float> inverse_depth(image.grey.width(), image.grey.height());
  for (std::size_t i = 0; i < image.mono.pixels(); ++i)
    if (image.mono.values()[i] > 0) inverse_depth.values()[i] = 1 / image.mono.values()[i];
  return inverse_depth;
}

/// Fills and steadies one view by its monocular depth, when that fits.
Map<float> with_mono(const PairImage& image, const PairDepth& depth, bool& used) {
  const auto fit = image.mono.empty() ? std::nullopt : fit_mono(image.mono, depth);
  used = fit.has_value();
  return used ? fill_with_mono(image.mono, depth, *fit, image.grey) : depth.inverse_depth;
}

PairPointMap without_parallax(const PairImage& first, const PairImage& second, PairPointMap result) {
  result.first_from_second.translation.setZero();
  result.a = to_points(unfitted(first), first.intrinsics, {});
  result.b = to_points(unfitted(second), second.intrinsics, result.first_from_second);
  result.a_conf = ConfidenceMap(first.grey.width(), first.grey.height());
  result.b_conf = ConfidenceMap(second.grey.width(), second.grey.height());
  result.a_moving = MaskMap(first.grey.width(), first.grey.height());
  result.b_moving = MaskMap(second.grey.width(), second.grey.height());
  return result;
}

}  // namespace

PairPointMap geometric_point_map(const PairImage& first, const PairImage& second,
                                 const std::optional<SE3>& known_first_from_second,
                                 const GeometricOptions& options) {
  check_sizes(first, "first view of the pair");
  check_sizes(second, "second view of the pair");
  const auto points =
      sample_flow(first.flow, second.flow, options.two_view.samples, options.two_view.most_return_px);
  std::optional<SE3> known;
  if (known_first_from_second) known = inverse(*known_first_from_second);
  PairPointMap result;
  result.report.geometry =
      two_view_geometry(points, first.intrinsics, second.intrinsics, known, options.two_view);
  const TwoViewGeometry& geometry = result.report.geometry;
  result.first_from_second = known ? *known_first_from_second : inverse(geometry.second_from_first);
  if (geometry.kind == PairKind::low_parallax || geometry.kind == PairKind::too_few)
    return without_parallax(first, second, std::move(result));

  const SE3 second_from_first = geometry.second_from_first;
  PairDepth depth_a = pair_depth(first, second, second_from_first, options.depth);
  PairDepth depth_b = pair_depth(second, first, result.first_from_second, options.depth);
  const PairDepth unchecked_a = depth_a;
  check_against(depth_a, depth_b, first, second, second_from_first, options.depth);
  check_against(depth_b, unchecked_a, second, first, result.first_from_second, options.depth);
  PairReport& report = result.report;
  result.a = to_points(with_mono(first, depth_a, report.mono_used_a), first.intrinsics, {});
  result.b =
      to_points(with_mono(second, depth_b, report.mono_used_b), second.intrinsics, result.first_from_second);
  result.a_conf = pair_confidence(depth_a);
  result.b_conf = pair_confidence(depth_b);
  result.a_moving = std::move(depth_a.moving);
  result.b_moving = std::move(depth_b.moving);
  report.observed_share_a = share_above_zero(result.a_conf);
  report.observed_share_b = share_above_zero(result.b_conf);
  report.moving_share_a = share_above_zero(result.a_moving);
  report.moving_share_b = share_above_zero(result.b_moving);
  return result;
}

void describe(GeometricOptions& options, OptionTable& table) {
  table.topic("Two-view geometry");
  table.add("--pair-inlier", options.two_view.inlier_px, positive(), "epipolar distance of an inlier [px]");
  table.add("--pair-rotation", options.two_view.rotation_px, at_least(0),
            "a pair that a rotation explains this well has no parallax [px, median]");
  table
      .add("--pair-samples", options.two_view.samples, range(50, 1000000),
           "flow vectors used for the relative pose")
      .hidden_in_short_help();
  table.add("--pair-motion", options.depth.motion_sigma, positive(),
            "epipolar residual that means motion [standard deviations]");
  table.add("--pair-sigma", options.depth.most_relative_sigma, range(0.001, 1),
            "largest relative deviation of an observed depth");
  table.flag("--pair-refine", options.depth.refine, "refine depth by the images along the epipolar lines");
}

}  // namespace vd
