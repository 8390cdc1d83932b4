// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/core.hpp>

#include "image/map.h"

namespace vd {

/// An OpenCV header over the values of a map: nothing is copied, and the map must outlive it. OpenCV never
/// writes through the header of a const map as long as it is passed as an input.
template <typename T, int C>
[[nodiscard]] cv::Mat as_mat(Map<T, C>& map) {
  return cv::Mat(map.height(), map.width(), CV_MAKETYPE(cv::DataType<T>::depth, C), map.data());
}

template <typename T, int C>
[[nodiscard]] cv::Mat as_mat(const Map<T, C>& map) {
  return cv::Mat(map.height(), map.width(), CV_MAKETYPE(cv::DataType<T>::depth, C),
                 const_cast<T*>(map.data()));
}

/// A map with a copy of an OpenCV matrix of the same type and number of channels.
template <typename T, int C = 1>
[[nodiscard]] Map<T, C> from_mat(const cv::Mat& mat) {
  CV_Assert(mat.type() == CV_MAKETYPE(cv::DataType<T>::depth, C));
  Map<T, C> map(mat.cols, mat.rows);
  mat.copyTo(as_mat(map));
  return map;
}

}  // namespace vd
