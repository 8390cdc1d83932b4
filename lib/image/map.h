// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/error.h"
#include "core/span.h"

namespace vd {

// A dense map is W x H pixels of C values each, rows from top to bottom, channels interleaved, no padding:
// the value of channel c at column x and row y is data()[(y * width + x) * C + c]. Pixel centres lie at
// integer coordinates, so the image covers [-0.5, W-0.5] x [-0.5, H-0.5] and its centre is ((W-1)/2,
// (H-1)/2).
//
// What the values mean is told by the name of the variable and by these rules, which hold in all of vd:
//   depth       Map<float>     z along the optical axis; 0 = unknown (NaN, inf and negative are read as
//   unknown too) inverse     Map<float>     1/z; 0 = infinitely far or unknown confidence  Map<float> weight
//   >= 0; 0 = not observed flow        Map<float, 2>  (u, v) in pixels from this image to the other; NaN =
//   unknown points      Map<float, 3>  (X, Y, Z) in a camera frame; NaN = unknown mask        Map<uint8_t> 0
//   or 255 image       Map<uint8_t, 3> RGB as in the file (sRGB), or Map<uint8_t> grey

/// A view of a map owned by somebody else; rows may be apart by more than their width (row_stride in values).
template <typename T, int C = 1>
class MapView {
 public:
  MapView() = default;
  MapView(T* data, int width, int height)
      : MapView(data, width, height, static_cast<std::ptrdiff_t>(width) * C) {}
  MapView(T* data, int width, int height, std::ptrdiff_t row_stride)
      : data_(data), width_(width), height_(height), row_stride_(row_stride) {}
  /// A view for reading from a view for writing.
  template <typename U, typename = std::enable_if_t<std::is_same_v<const U, T>>>
  MapView(const MapView<U, C>& other)  // NOLINT: implicit by design
      : MapView(other.data(), other.width(), other.height(), other.row_stride()) {}

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] bool empty() const { return width_ == 0 || height_ == 0; }
  [[nodiscard]] T* data() const { return data_; }
  [[nodiscard]] std::ptrdiff_t row_stride() const { return row_stride_; }
  [[nodiscard]] T* row(int y) const { return data_ + y * row_stride_; }
  [[nodiscard]] T* pixel(int x, int y) const { return row(y) + static_cast<std::ptrdiff_t>(x) * C; }
  [[nodiscard]] T& operator()(int x, int y, int c = 0) const { return pixel(x, y)[c]; }
  [[nodiscard]] bool contains(int x, int y) const { return x >= 0 && y >= 0 && x < width_ && y < height_; }

 private:
  T* data_ = nullptr;
  int width_ = 0;
  int height_ = 0;
  std::ptrdiff_t row_stride_ = 0;
};

/// A map that owns its values.
template <typename T, int C = 1>
class Map {
 public:
  using value_type = T;
  static constexpr int channels = C;

  Map() = default;
  Map(int width, int height, T fill = T{})
      : width_(width), height_(height), values_(static_cast<std::size_t>(width) * height * C, fill) {}

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  /// Number of pixels (not of values).
  [[nodiscard]] std::size_t pixels() const { return static_cast<std::size_t>(width_) * height_; }
  [[nodiscard]] T* data() { return values_.data(); }
  [[nodiscard]] const T* data() const { return values_.data(); }
  [[nodiscard]] std::vector<T>& values() { return values_; }
  [[nodiscard]] const std::vector<T>& values() const { return values_; }
  [[nodiscard]] T* row(int y) { return data() + static_cast<std::size_t>(y) * width_ * C; }
  [[nodiscard]] const T* row(int y) const { return data() + static_cast<std::size_t>(y) * width_ * C; }
  [[nodiscard]] T* pixel(int x, int y) { return row(y) + static_cast<std::ptrdiff_t>(x) * C; }
  [[nodiscard]] const T* pixel(int x, int y) const { return row(y) + static_cast<std::ptrdiff_t>(x) * C; }
  [[nodiscard]] T& operator()(int x, int y, int c = 0) { return pixel(x, y)[c]; }
  [[nodiscard]] const T& operator()(int x, int y, int c = 0) const { return pixel(x, y)[c]; }
  [[nodiscard]] bool contains(int x, int y) const { return x >= 0 && y >= 0 && x < width_ && y < height_; }
  template <typename U, int D>
  [[nodiscard]] bool same_size(const Map<U, D>& other) const {
    return width_ == other.width() && height_ == other.height();
  }

  [[nodiscard]] MapView<T, C> view() { return {data(), width_, height_}; }
  [[nodiscard]] MapView<const T, C> view() const { return {data(), width_, height_}; }
  operator MapView<T, C>() { return view(); }              // NOLINT: implicit by design
  operator MapView<const T, C>() const { return view(); }  // NOLINT: implicit by design

 private:
  int width_ = 0;
  int height_ = 0;
  std::vector<T> values_;
};

using DepthMap = Map<float>;
using ConfidenceMap = Map<float>;
using FlowMap = Map<float, 2>;
using PointMap = Map<float, 3>;
using MaskMap = Map<std::uint8_t>;
using GreyImage = Map<std::uint8_t>;
using RgbImage = Map<std::uint8_t, 3>;

}  // namespace vd
