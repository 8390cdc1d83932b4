// SPDX-License-Identifier: Apache-2.0
#include "pointmap/pair_depth.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "geometry/inverse_depth_warp.h"
#include "image/opencv.h"
#include "image/texture_strength.h"
#include "pointmap/correspondences.h"
#include "pointmap/epipolar_search.h"

namespace vd {
namespace {

/// Noise of the epipolar geometry itself: a pose from flow is not exact.
constexpr double pose_sigma_px = 0.25;

/// Where the epipolar line of a pixel passes closest to the end of its flow vector.
struct Triangulated {
  double inverse_depth;
  double residual_px;
  double parallax_px;  // image motion per unit of log inverse depth
};

std::optional<Triangulated> triangulate(const InverseDepthWarp& warp, const Vec2& pixel, const Vec2& target) {
  const Vec3 a = warp.at_infinity * pixel.homogeneous();
  const Vec3& b = warp.epipole;
  const Vec2 along = b.head<2>() - target * b.z();
  const Vec2 gap = target * a.z() - a.head<2>();
  const double length = along.squaredNorm();
  if (length < 1e-18) return {};
  const double w = std::max(0.0, along.dot(gap) / length);
  const double z = a.z() + w * b.z();
  if (z <= 1e-9) return {};
  const Vec2 nearest = (a.head<2>() + w * b.head<2>()) / z;
  return Triangulated{w, (nearest - target).norm(), w * (b.head<2>() - nearest * b.z()).norm() / z};
}

/// Depth from flow alone. Pixels without enough parallax keep their inverse depth with deviation 0 until the
/// images have been heard; pixels with nothing at all have none.
PairDepth triangulate_flow(const PairImage& view, const PairImage& other, const InverseDepthWarp& warp,
                           const PairDepthOptions& options) {
  const int width = view.flow.width();
  const int height = view.flow.height();
  const Map<float> texture = texture_strength(view.grey);
  PairDepth depth{Map<float>(width, height), Map<float>(width, height), MaskMap(width, height)};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double return_error = return_error_px(view.flow, other.flow, x, y);
      if (!(return_error <= options.most_return_px)) continue;
      const auto found = triangulate(warp, Vec2(x, y), Vec2(x + view.flow(x, y, 0), y + view.flow(x, y, 1)));
      if (!found) continue;
      const double sigma =
          std::hypot(flow_sigma_px(return_error), 0.4 / std::sqrt(texture(x, y) + 0.3), pose_sigma_px);
      if (found->residual_px > options.motion_sigma * sigma) {
        depth.moving(x, y) = 255;
        continue;
      }
      if (found->inverse_depth <= 0 || found->parallax_px < sigma) continue;
      depth.inverse_depth(x, y) = static_cast<float>(found->inverse_depth);
      depth.relative_sigma(x, y) =
          static_cast<float>(std::hypot(sigma, 0.5 * found->residual_px) / found->parallax_px);
    }
  return depth;
}

void drop(PairDepth& depth, int x, int y) {
  depth.inverse_depth(x, y) = 0;
  depth.relative_sigma(x, y) = 0;
}

}  // namespace

PairDepth pair_depth(const PairImage& view, const PairImage& other, const SE3& other_from_view,
                     const PairDepthOptions& options) {
  if (!view.flow.same_size(view.grey) || !other.flow.same_size(other.grey))
    throw Error("pair depth", "flow and frame differ in size");
  const InverseDepthWarp warp =
      inverse_depth_warp(Camera{view.intrinsics, {}}, Camera{other.intrinsics, inverse(other_from_view)});
  PairDepth depth = triangulate_flow(view, other, warp, options);
  if (options.refine)
    refine_by_images(view.grey, other.grey, warp, depth.inverse_depth, depth.relative_sigma);
  for (int y = 0; y < depth.moving.height(); ++y)
    for (int x = 0; x < depth.moving.width(); ++x)
      if (!(depth.relative_sigma(x, y) < options.most_relative_sigma)) drop(depth, x, y);
  return depth;
}

void check_against(PairDepth& depth, const PairDepth& other_depth, const PairImage& view,
                   const PairImage& other, const SE3& other_from_view, const PairDepthOptions& options) {
  const InverseDepthWarp warp =
      inverse_depth_warp(Camera{view.intrinsics, {}}, Camera{other.intrinsics, inverse(other_from_view)});
  for (int y = 0; y < depth.moving.height(); ++y)
    for (int x = 0; x < depth.moving.width(); ++x) {
      const double w = depth.inverse_depth(x, y);
      if (w <= 0) continue;
      const Vec3 seen = warp.homogeneous(Vec2(x, y), w);
      const Vec2 pixel = seen.hnormalized();
      const int px = static_cast<int>(std::lround(pixel.x()));
      const int py = static_cast<int>(std::lround(pixel.y()));
      // What lies outside the other view, or was not observed there, is neither confirmed nor contradicted.
      if (!other_depth.inverse_depth.contains(px, py) || other_depth.inverse_depth(px, py) <= 0) continue;
      const double difference = std::abs(std::log(other_depth.inverse_depth(px, py) * seen.z() / w));
      const double parallax_px = w * (warp.epipole.head<2>() - pixel * warp.epipole.z()).norm() / seen.z();
      const double sigma = std::hypot(static_cast<double>(depth.relative_sigma(x, y)), difference);
      if (difference * parallax_px > 1.0 && difference > 0.02)
        drop(depth, x, y);
      else if (sigma >= options.most_relative_sigma)
        drop(depth, x, y);
      else
        depth.relative_sigma(x, y) = static_cast<float>(sigma);
    }
}

ConfidenceMap pair_confidence(const PairDepth& depth) {
  const int width = depth.inverse_depth.width();
  const int height = depth.inverse_depth.height();
  // Range of log inverse depth in 7x7; what is not observed must not count as an edge.
  Map<float> low(width, height), high(width, height);
  for (std::size_t i = 0; i < low.pixels(); ++i) {
    const float w = depth.inverse_depth.values()[i];
    low.values()[i] = w > 0 ? std::log(w) : 1e9f;
    high.values()[i] = w > 0 ? std::log(w) : -1e9f;
  }
  const cv::Mat window = cv::getStructuringElement(cv::MORPH_RECT, {7, 7});
  cv::erode(as_mat(low), as_mat(low), window);
  cv::dilate(as_mat(high), as_mat(high), window);
  ConfidenceMap confidence(width, height);
  for (std::size_t i = 0; i < low.pixels(); ++i) {
    if (depth.inverse_depth.values()[i] <= 0) continue;
    const double edge = 1 + 20.0 * std::max(0.0f, high.values()[i] - low.values()[i]);
    const double sigma = std::max(1e-3f, depth.relative_sigma.values()[i]);
    confidence.values()[i] = static_cast<float>(std::min(50.0, 1 + 0.1 / (sigma * edge)));
  }
  return confidence;
}

}  // namespace vd
