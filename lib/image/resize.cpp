// SPDX-License-Identifier: Apache-2.0
#include "image/resize.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"

namespace vd {
namespace {

int opencv_filter(Resampling resampling) {
  switch (resampling) {
    case Resampling::nearest:
      return cv::INTER_NEAREST_EXACT;
    case Resampling::bilinear:
      return cv::INTER_LINEAR;
    case Resampling::area:
      return cv::INTER_AREA;
    case Resampling::cubic:
      return cv::INTER_CUBIC;
    case Resampling::lanczos:
      return cv::INTER_LANCZOS4;
  }
  throw Error("resize", "unknown resampling");
}

}  // namespace

template <typename T, int C>
Map<T, C> resize(const Map<T, C>& map, int width, int height, Resampling resampling) {
  if (map.empty() || width < 1 || height < 1) throw Error("resize", "a map of no pixels");
  if (map.width() == width && map.height() == height) return map;
  Map<T, C> resized(width, height);
  cv::Mat target = as_mat(resized);
  cv::resize(as_mat(map), target, target.size(), 0, 0, opencv_filter(resampling));
  return resized;
}

template Map<float, 1> resize(const Map<float, 1>&, int, int, Resampling);
template Map<float, 2> resize(const Map<float, 2>&, int, int, Resampling);
template Map<float, 3> resize(const Map<float, 3>&, int, int, Resampling);
template Map<std::uint8_t, 1> resize(const Map<std::uint8_t, 1>&, int, int, Resampling);
template Map<std::uint8_t, 3> resize(const Map<std::uint8_t, 3>&, int, int, Resampling);

Size fit_within(Size size, int max_side) {
  const int longer = std::max(size.width, size.height);
  if (longer <= max_side) return size;
  const double scale = static_cast<double>(max_side) / longer;
  return {std::max(1, static_cast<int>(std::lround(size.width * scale))),
          std::max(1, static_cast<int>(std::lround(size.height * scale)))};
}

}  // namespace vd
