// SPDX-License-Identifier: Apache-2.0
#include "stereo/mover_depth.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <opencv2/imgproc.hpp>
#include <opencv2/ximgproc/edge_filter.hpp>

#include "core/error.h"
#include "image/opencv.h"

namespace vd {
namespace {

bool is_known(float depth) { return std::isfinite(depth) && depth > 0; }

/// Inverse depth spread from the static pixels over the moving ones along the edges of the image (fast global
/// smoother of Min et al. 2014, normalised convolution); 0 where nothing reaches.
Map<float> fill_from_static(const DepthMap& depth, const cv::Mat& dilated, const GreyImage& guide) {
  Map<float> weighted(depth.width(), depth.height());
  Map<float> weight(depth.width(), depth.height());
  for (int y = 0; y < depth.height(); ++y)
    for (int x = 0; x < depth.width(); ++x) {
      if (dilated.at<std::uint8_t>(y, x) || !is_known(depth(x, y))) continue;
      weight(x, y) = 1;
      weighted(x, y) = 1 / depth(x, y);
    }
  const auto smoother = cv::ximgproc::createFastGlobalSmootherFilter(as_mat(guide), 1000.0, 6.0);
  cv::Mat numerator, denominator;
  smoother->filter(as_mat(weighted), numerator);
  smoother->filter(as_mat(weight), denominator);
  Map<float> filled(depth.width(), depth.height());
  for (int y = 0; y < depth.height(); ++y)
    for (int x = 0; x < depth.width(); ++x)
      if (denominator.at<float>(y, x) > 1e-9f)
        filled(x, y) = std::max(0.0f, numerator.at<float>(y, x) / denominator.at<float>(y, x));
  return filled;
}

/// Depth of the nearest static surroundings of a component: the 10 % point over a ring around it; nothing
/// without any.
std::optional<float> nearest_around(const cv::Mat& component, const DepthMap& depth, const cv::Mat& dilated) {
  cv::Mat ring;
  const int radius = std::max(3, depth.height() / 48);
  cv::dilate(component, ring, cv::getStructuringElement(cv::MORPH_RECT, {2 * radius + 1, 2 * radius + 1}));
  std::vector<float> depths;
  for (int y = 0; y < depth.height(); ++y)
    for (int x = 0; x < depth.width(); ++x)
      if (ring.at<std::uint8_t>(y, x) && !dilated.at<std::uint8_t>(y, x) && is_known(depth(x, y)))
        depths.push_back(depth(x, y));
  if (depths.empty()) return {};
  const auto at = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 10);
  std::nth_element(depths.begin(), at, depths.end());
  return *at;
}

/// Depth of the ground at the lowest point of a component, when it ends inside the image and below the
/// horizon.
std::optional<float> contact_depth(const cv::Mat& component, const MoverComponent& part,
                                   const Intrinsics& intrinsics, const std::optional<GroundPlane>& ground) {
  if (!ground || part.bottom >= component.rows - 2) return {};
  std::vector<int> columns;
  for (int x = part.left; x <= part.right; ++x)
    if (component.at<std::uint8_t>(part.bottom, x)) columns.push_back(x);
  const double w = ground->inverse_depth(intrinsics, Vec2(columns[columns.size() / 2], part.bottom));
  if (w <= 0) return {};
  return static_cast<float>(1 / w);
}

float median_over(const cv::Mat& component, const DepthMap& depth) {
  std::vector<float> values;
  for (int y = 0; y < depth.height(); ++y)
    for (int x = 0; x < depth.width(); ++x)
      if (component.at<std::uint8_t>(y, x)) values.push_back(depth(x, y));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

}  // namespace

MoverDepth mover_depth(const DepthMap& static_depth, const MaskMap& moving, const GreyImage& guide,
                       const Intrinsics& intrinsics, const std::optional<GroundPlane>& ground) {
  if (!static_depth.same_size(moving) || !static_depth.same_size(guide))
    throw Error("mover depth", "depth, mask and frame differ in size");
  MoverDepth result{static_depth, {}};
  cv::Mat labels, statistics, centres;
  const int count = cv::connectedComponentsWithStats(as_mat(moving), labels, statistics, centres, 8, CV_32S);
  if (count <= 1) return result;

  cv::Mat dilated;  // flow bleeds over the outline of movers, and so does the depth beside them
  cv::dilate(as_mat(moving), dilated, cv::getStructuringElement(cv::MORPH_RECT, {5, 5}));
  const Map<float> filled = fill_from_static(static_depth, dilated, guide);
  for (int label = 1; label < count; ++label) {
    const int* box = statistics.ptr<int>(label);
    MoverComponent part{box[cv::CC_STAT_LEFT], box[cv::CC_STAT_TOP],
                        box[cv::CC_STAT_LEFT] + box[cv::CC_STAT_WIDTH] - 1,
                        box[cv::CC_STAT_TOP] + box[cv::CC_STAT_HEIGHT] - 1, box[cv::CC_STAT_AREA]};
    const cv::Mat component = labels == label;
    const auto contact = contact_depth(component, part, intrinsics, ground);
    const float farthest = nearest_around(component, static_depth, dilated).value_or(0);
    part.method = contact ? MoverMethod::ground_contact : MoverMethod::fill;
    for (int y = part.top; y <= part.bottom; ++y)
      for (int x = part.left; x <= part.right; ++x) {
        if (!component.at<std::uint8_t>(y, x)) continue;
        const float fill = filled(x, y) > 0 ? 1 / filled(x, y) : farthest;
        result.depth(x, y) = contact ? *contact : farthest > 0 ? std::min(fill, farthest) : fill;
      }
    part.depth = median_over(component, result.depth);
    result.components.push_back(part);
  }
  return result;
}

}  // namespace vd
