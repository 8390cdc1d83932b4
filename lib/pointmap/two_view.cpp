// SPDX-License-Identifier: Apache-2.0
#include "pointmap/two_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>
#include <opencv2/calib3d.hpp>

#include "geometry/relative_pose.h"
#include "geometry/robust_method.h"
#include "geometry/rotation_fit.h"

namespace vd {
namespace {

constexpr std::size_t least_correspondences = 40;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

int count_below(const std::vector<double>& residual_px, double limit) {
  return static_cast<int>(
      std::count_if(residual_px.begin(), residual_px.end(), [&](double r) { return std::abs(r) < limit; }));
}

std::vector<double> absolute(std::vector<double> values) {
  for (auto& value : values) value = std::abs(value);
  return values;
}

/// Distance in the second image between each point and where a rotation puts it; infinite behind the camera.
std::vector<double> rotation_residuals(const Correspondences& points, const Intrinsics& first,
                                       const Intrinsics& second, const Quat& second_from_first) {
  std::vector<double> residuals;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const Vec3 turned = second_from_first * first.unproject(points.first[k]);
    residuals.push_back(turned.z() > 0 ? (second.project(turned) - points.second[k]).norm()
                                       : std::numeric_limits<double>::infinity());
  }
  return residuals;
}

std::optional<Quat> best_rotation(const Correspondences& points, const Intrinsics& first,
                                  const Intrinsics& second, const TwoViewOptions& options) {
  std::vector<Vec3> source, target;
  for (std::size_t k = 0; k < points.size(); ++k) {
    source.push_back(first.unproject(points.first[k]).normalized());
    target.push_back(second.unproject(points.second[k]).normalized());
  }
  const auto fit = fit_rotation(source, target, options.inlier_px / second.fx, options.seed);
  if (!fit) return {};
  return fit->target_from_source;
}

/// Number of points that one homography explains to the same distance as the epipolar inliers.
int homography_inliers(const Correspondences& points, const TwoViewOptions& options) {
  std::vector<cv::Point2d> from, to;
  for (std::size_t k = 0; k < points.size(); ++k) {
    from.emplace_back(points.first[k].x(), points.first[k].y());
    to.emplace_back(points.second[k].x(), points.second[k].y());
  }
  cv::theRNG().state = options.seed + 1;  // robust estimators draw from a global state
  cv::Mat inlier;
  try {
    if (cv::findHomography(from, to, robust_method, 1.5 * options.inlier_px, inlier, 1000, 0.999).empty())
      return 0;
  } catch (const cv::Exception&) {
    return 0;  // degenerate samples throw in some versions
  }
  return cv::countNonZero(inlier);
}

TwoViewGeometry as_rotation(TwoViewGeometry result, const Quat& rotation, std::string reason) {
  result.kind = PairKind::low_parallax;
  result.second_from_first = {rotation, Vec3::Zero()};
  result.reason = std::move(reason);
  return result;
}

/// Fills in the figures of an epipolar geometry.
void score(TwoViewGeometry& result, const std::vector<double>& residual_px, const TwoViewOptions& options) {
  result.epipolar_residual_px = median(absolute(residual_px));
  result.inlier_share = static_cast<double>(count_below(residual_px, options.inlier_px)) /
                        static_cast<double>(residual_px.size());
}

TwoViewGeometry judge_known_pose(TwoViewGeometry result, const Correspondences& points,
                                 const Intrinsics& first, const Intrinsics& second, const SE3& pose,
                                 const TwoViewOptions& options) {
  result.second_from_first = pose;
  result.rotation_residual_px = median(rotation_residuals(points, first, second, pose.rotation));
  if (pose.translation.norm() == 0)
    return as_rotation(result, pose.rotation, "the given poses share their centre");
  score(result, sampson_px(points, first, second, pose), options);
  result.kind = PairKind::parallax;
  result.reason = "pose given";
  return result;
}

}  // namespace

std::string to_string(PairKind kind) {
  switch (kind) {
    case PairKind::parallax:
      return "parallax";
    case PairKind::planar:
      return "planar";
    case PairKind::low_parallax:
      return "low parallax";
    case PairKind::too_few:
      return "too few correspondences";
  }
  return "unknown";
}

TwoViewGeometry two_view_geometry(const Correspondences& points, const Intrinsics& first,
                                  const Intrinsics& second, const std::optional<SE3>& known_second_from_first,
                                  const TwoViewOptions& options) {
  TwoViewGeometry result;
  result.correspondences = static_cast<int>(points.size());
  if (known_second_from_first && points.size() > 0)
    return judge_known_pose(result, points, first, second, *known_second_from_first, options);
  if (points.size() < least_correspondences) {
    result.reason = fmt::format("only {} flow vectors return", points.size());
    return result;
  }
  const auto rotation = best_rotation(points, first, second, options);
  std::vector<double> rotation_px;
  if (rotation) {
    rotation_px = rotation_residuals(points, first, second, *rotation);
    result.rotation_residual_px = median(rotation_px);
    if (result.rotation_residual_px < options.rotation_px)
      return as_rotation(
          result, *rotation,
          fmt::format("a rotation explains the flow to {:.2f} px", result.rotation_residual_px));
  }
  const auto start =
      estimate_relative_pose(points.first, points.second, first, second, options.inlier_px, options.seed);
  if (!start) {
    result.reason = "no essential matrix found";
    return result;
  }
  // Wide first, so that the refinement can leave a poor start; then tight, so that what moves does not pull.
  EpipolarFit fit = refine_relative_pose(points, first, second, start->second_from_first, 4.0);
  fit = refine_relative_pose(points, first, second, fit.second_from_first, 1.5);
  result.second_from_first = fit.second_from_first;
  score(result, fit.residual_px, options);
  const int explained = count_below(fit.residual_px, options.inlier_px);
  if (rotation && count_below(rotation_px, 1.5 * options.inlier_px) >= options.explains_share * explained)
    return as_rotation(result, *rotation,
                       fmt::format("a rotation explains as many points as the essential matrix ({} of {})",
                                   count_below(rotation_px, 1.5 * options.inlier_px), explained));
  result.homography_share = static_cast<double>(homography_inliers(points, options)) / std::max(1, explained);
  result.kind = result.homography_share >= options.explains_share ? PairKind::planar : PairKind::parallax;
  result.reason =
      fmt::format("{:.0f} % within {} px of the epipolar lines, median rotation residual {:.1f} px",
                  100 * result.inlier_share, options.inlier_px, result.rotation_residual_px);
  return result;
}

}  // namespace vd
