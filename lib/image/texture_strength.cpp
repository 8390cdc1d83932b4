// SPDX-License-Identifier: Apache-2.0
#include "image/texture_strength.h"

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"

namespace vd {

Map<float> texture_strength(const GreyImage& image) {
  cv::Mat smooth, dx, dy;
  cv::blur(as_mat(image), smooth, {3, 3});
  cv::Sobel(smooth, dx, CV_32F, 1, 0, 3, 1.0 / 8);
  cv::Sobel(smooth, dy, CV_32F, 0, 1, 3, 1.0 / 8);
  cv::Mat xx, xy, yy;
  cv::blur(dx.mul(dx), xx, {9, 9});
  cv::blur(dx.mul(dy), xy, {9, 9});
  cv::blur(dy.mul(dy), yy, {9, 9});
  cv::Mat root;
  cv::sqrt(0.25f * (xx - yy).mul(xx - yy) + xy.mul(xy), root);
  return from_mat<float>(0.5f * (xx + yy) - root);
}

}  // namespace vd
