// SPDX-License-Identifier: Apache-2.0
#include "pointmap/epipolar_search.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>
#include <opencv2/ximgproc/edge_filter.hpp>

#include "image/opencv.h"
#include "image/sample.h"

namespace vd {
namespace {

constexpr double largest_step = 0.15;  // of log inverse depth
constexpr double independent_share =
    0.2;  // blur and interpolation correlate the noise of neighbouring pixels

/// An image ready to be warped: grey levels and both gradients, per pixel.
Map<float, 3> with_gradients(const GreyImage& grey) {
  cv::Mat smooth, dx, dy, merged;
  cv::GaussianBlur(as_mat(grey), smooth, {5, 5}, 0.6);
  smooth.convertTo(smooth, CV_32F);
  cv::Sobel(smooth, dx, CV_32F, 1, 0, 3, 1.0 / 8);
  cv::Sobel(smooth, dy, CV_32F, 0, 1, 3, 1.0 / 8);
  cv::merge(std::vector<cv::Mat>{smooth, dx, dy}, merged);
  return from_mat<float, 3>(merged);
}

/// Per pixel: difference of the view to the other image at the present depth, and its slope per unit of log
/// inverse depth.
struct Linearised {
  cv::Mat difference, slope, inside;
};

Linearised linearise(const Map<float, 3>& view, const Map<float, 3>& other, const InverseDepthWarp& warp,
                     const Map<float>& inverse_depth) {
  Linearised line{cv::Mat::zeros(view.height(), view.width(), CV_32F),
                  cv::Mat::zeros(view.height(), view.width(), CV_32F),
                  cv::Mat::zeros(view.height(), view.width(), CV_32F)};
  for (int y = 0; y < view.height(); ++y)
    for (int x = 0; x < view.width(); ++x) {
      const double w = inverse_depth(x, y);
      const Vec3 p = warp.homogeneous(Vec2(x, y), w);
      if (w <= 0 || p.z() <= 1e-9) continue;
      const Vec2 pixel = p.hnormalized();
      const auto sample = sample_bilinear(other, pixel.x(), pixel.y());
      if (!sample) continue;
      const Vec2 motion = w / p.z() * (warp.epipole.head<2>() - pixel * warp.epipole.z());
      line.difference.at<float>(y, x) = view(x, y, 0) - (*sample)[0];
      line.slope.at<float>(y, x) = static_cast<float>((*sample)[1] * motion.x() + (*sample)[2] * motion.y());
      line.inside.at<float>(y, x) = 1;
    }
  return line;
}

cv::Mat window_sum(const cv::Mat& values, int side) {
  cv::Mat sum;
  cv::boxFilter(values, sum, CV_32F, {side, side}, {-1, -1}, false, cv::BORDER_CONSTANT);
  return sum;
}

/// One step for every pixel. Sums over the part of each window that lies inside both images.
void step(const Linearised& line, int side, const Map<float>& flow_information, Map<float>& inverse_depth,
          Map<float>& information) {
  const cv::Mat count = window_sum(line.inside, side);
  const cv::Mat e = window_sum(line.difference, side);
  const cv::Mat g = window_sum(line.slope, side);
  const cv::Mat ee = window_sum(line.difference.mul(line.difference), side);
  const cv::Mat gg = window_sum(line.slope.mul(line.slope), side);
  const cv::Mat eg = window_sum(line.difference.mul(line.slope), side);
  for (int y = 0; y < inverse_depth.height(); ++y)
    for (int x = 0; x < inverse_depth.width(); ++x) {
      const double n = count.at<float>(y, x);
      information(x, y) = 0;
      if (n < side || inverse_depth(x, y) <= 0) continue;
      const double mean_e = e.at<float>(y, x) / n;
      const double mean_g = g.at<float>(y, x) / n;
      const double slope_variance = std::max(0.0, gg.at<float>(y, x) / n - mean_g * mean_g);
      const double covariance = eg.at<float>(y, x) / n - mean_e * mean_g;
      const double noise =
          std::max(0.0, ee.at<float>(y, x) / n - mean_e * mean_e) + 0.05 * mean_e * mean_e + 6.25;
      const double known = independent_share * n * slope_variance / noise;  // 1 / relative variance
      const double delta = slope_variance > 0 ? covariance / slope_variance : 0;
      const double share = known / (known + flow_information(x, y));
      inverse_depth(x, y) *= static_cast<float>(1 + std::clamp(share * delta, -largest_step, largest_step));
      information(x, y) = static_cast<float>(known);
    }
}

}  // namespace

Map<float> spread(const Map<float>& values, const Map<float>& weights, const GreyImage& guide,
                  double lambda) {
  Map<float> weighted(values.width(), values.height());
  for (std::size_t i = 0; i < values.pixels(); ++i)
    weighted.values()[i] = weights.values()[i] > 0 ? values.values()[i] * weights.values()[i] : 0.0f;
  const auto smoother = cv::ximgproc::createFastGlobalSmootherFilter(as_mat(guide), lambda, 6.0);
  cv::Mat numerator, denominator;
  smoother->filter(as_mat(weighted), numerator);
  smoother->filter(as_mat(weights), denominator);
  Map<float> result(values.width(), values.height());
  for (int y = 0; y < result.height(); ++y)
    for (int x = 0; x < result.width(); ++x)
      if (denominator.at<float>(y, x) > 1e-9f)
        result(x, y) = numerator.at<float>(y, x) / denominator.at<float>(y, x);
  return result;
}

void refine_by_images(const GreyImage& view, const GreyImage& other, const InverseDepthWarp& warp,
                      Map<float>& inverse_depth, Map<float>& relative_sigma) {
  const auto view_values = with_gradients(view);
  const auto other_values = with_gradients(other);
  Map<float> known(view.width(), view.height());
  Map<float> flow_information(view.width(), view.height());
  for (std::size_t i = 0; i < known.pixels(); ++i) {
    known.values()[i] = inverse_depth.values()[i] > 0 ? 1.0f : 0.0f;
    const float sigma = inverse_depth.values()[i] > 0 ? std::max(0.005f, relative_sigma.values()[i]) : 0.3f;
    flow_information.values()[i] = 1 / (sigma * sigma);
  }
  Map<float> refined = inverse_depth;
  const Map<float> filled = spread(inverse_depth, known, view, 100);
  for (std::size_t i = 0; i < known.pixels(); ++i)
    if (known.values()[i] == 0) refined.values()[i] = std::max(0.0f, filled.values()[i]);

  Map<float> information(view.width(), view.height());
  for (const int side : {15, 9}) {
    step(linearise(view_values, other_values, warp, refined), side, flow_information, refined, information);
    cv::medianBlur(as_mat(refined).clone(), as_mat(refined), 3);
  }
  for (std::size_t i = 0; i < known.pixels(); ++i) {
    if (known.values()[i] == 0) continue;
    inverse_depth.values()[i] = refined.values()[i];
    // The same two images stand behind both, so what they know does not add up: the better one counts.
    const float best = std::max(flow_information.values()[i], information.values()[i]);
    relative_sigma.values()[i] = 1 / std::sqrt(best);
  }
}

}  // namespace vd
