// SPDX-License-Identifier: Apache-2.0
#include "image/convert.h"

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"

namespace vd {

GreyImage to_grey(const RgbImage& image) {
  GreyImage grey(image.width(), image.height());
  cv::cvtColor(as_mat(image), as_mat(grey), cv::COLOR_RGB2GRAY);
  return grey;
}

RgbImage to_rgb(const GreyImage& image) {
  RgbImage rgb(image.width(), image.height());
  cv::cvtColor(as_mat(image), as_mat(rgb), cv::COLOR_GRAY2RGB);
  return rgb;
}

}  // namespace vd
