// SPDX-License-Identifier: Apache-2.0
#include "align/pnp.h"

#include <cmath>
#include <opencv2/calib3d.hpp>
#include <vector>

#include "align/problem.h"

namespace vd {
namespace {

std::vector<double> tentative_focals(int width, int height) {
  const double size = std::max(width, height);
  std::vector<double> focals(21);
  for (std::size_t k = 0; k < focals.size(); ++k) {
    focals[k] = size / 2 * std::pow(6.0, static_cast<double>(k) / (focals.size() - 1.0));
  }
  return focals;
}

}  // namespace

std::optional<PnpPose> solve_pnp(const PointMap& points, const MaskMap& mask, std::optional<double> focal_px,
                                 const Vec2& principal_point, const PnpOptions& options) {
  std::vector<cv::Point3f> object;
  std::vector<cv::Point2f> pixels;
  for (int y = 0; y < points.height(); ++y) {
    for (int x = 0; x < points.width(); ++x) {
      const float* point = points.pixel(x, y);
      if (!mask(x, y) || !is_point(point)) continue;
      object.emplace_back(point[0], point[1], point[2]);
      pixels.emplace_back(static_cast<float>(x), static_cast<float>(y));
    }
  }
  if (object.size() < 4) return {};

  std::optional<PnpPose> best;
  for (const double focal :
       focal_px ? std::vector<double>{*focal_px} : tentative_focals(points.width(), points.height())) {
    cv::Mat camera =
        (cv::Mat_<double>(3, 3) << focal, 0, principal_point.x(), 0, focal, principal_point.y(), 0, 0, 1);
    camera.convertTo(camera, CV_32F);
    cv::Mat rotation_vector, translation, inliers;
    cv::theRNG().state = 0x76642d706e70;
    bool solved = false;
    try {
      solved = cv::solvePnPRansac(object, pixels, camera, cv::noArray(), rotation_vector, translation, false,
                                  options.iterations, static_cast<float>(options.reprojection_px), 0.99,
                                  inliers, cv::SOLVEPNP_SQPNP);
    } catch (const cv::Exception&) {
      continue;  // OpenCV asserts on degenerate samples
    }
    if (!solved || (best && inliers.rows <= best->inliers) || inliers.rows == 0) continue;
    cv::Mat rotation;
    cv::Rodrigues(rotation_vector, rotation);
    Mat3 r;
    for (int k = 0; k < 9; ++k) r(k / 3, k % 3) = rotation.at<double>(k / 3, k % 3);
    const Vec3 t(translation.at<double>(0), translation.at<double>(1), translation.at<double>(2));
    if (!r.allFinite() || !t.allFinite()) continue;
    best = PnpPose{inverse(make_se3(r, t)), focal, inliers.rows};
  }
  return best;
}

}  // namespace vd
