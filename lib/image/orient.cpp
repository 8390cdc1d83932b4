// SPDX-License-Identifier: Apache-2.0
#include "image/orient.h"

#include <opencv2/core.hpp>

#include "image/opencv.h"

namespace vd {

RgbImage upright(const RgbImage& image, int exif_orientation) {
  if (exif_orientation < 1 || exif_orientation > 8) throw Error("orientation", "must be from 1 to 8");
  cv::Mat mat = as_mat(image).clone();
  // Orientations 5 to 8 swap rows and columns; what is left is then a mirror along one axis or both.
  if (exif_orientation >= 5) cv::transpose(mat, mat);
  switch (exif_orientation) {
    case 2:
    case 6:
      cv::flip(mat, mat, 1);
      break;
    case 3:
    case 7:
      cv::flip(mat, mat, -1);
      break;
    case 4:
    case 8:
      cv::flip(mat, mat, 0);
      break;
    default:
      break;
  }
  return from_mat<std::uint8_t, 3>(mat);
}

}  // namespace vd
