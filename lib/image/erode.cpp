// SPDX-License-Identifier: Apache-2.0
#include "image/erode.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>

#include "image/opencv.h"

namespace vd {

MaskMap erode(const MaskMap& mask, double radius_px) {
  MaskMap inside(mask.width(), mask.height());
  for (std::size_t p = 0; p < mask.pixels(); ++p) inside.values()[p] = mask.values()[p] > 0 ? 255 : 0;
  if (inside.pixels() == 0 ||
      std::find(inside.values().begin(), inside.values().end(), 0) == inside.values().end())
    return inside;
  cv::Mat distance_px;
  cv::distanceTransform(as_mat(inside), distance_px, cv::DIST_L2, cv::DIST_MASK_PRECISE);
  for (int y = 0; y < inside.height(); ++y) {
    const auto* row = distance_px.ptr<float>(y);
    for (int x = 0; x < inside.width(); ++x)
      if (!(row[x] > radius_px)) inside(x, y) = 0;
  }
  return inside;
}

}  // namespace vd
