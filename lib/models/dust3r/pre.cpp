// SPDX-License-Identifier: Apache-2.0
#include "models/dust3r/pre.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "image/antialiased.h"

namespace vd {
namespace {

float largest_finite(MapView<const float> depth) {
  float largest = -std::numeric_limits<float>::infinity();
  for (int y = 0; y < depth.height(); ++y)
    for (int x = 0; x < depth.width(); ++x)
      if (std::isfinite(depth(x, y))) largest = std::max(largest, depth(x, y));
  if (!std::isfinite(largest)) throw Error("mono depth", "has no finite value");
  return largest;
}

void normalise_axis(PointMap& points, int axis) {
  float low = std::numeric_limits<float>::infinity();
  float high = -low;
  for (std::size_t k = axis; k < points.values().size(); k += 3) {
    low = std::min(low, points.values()[k]);
    high = std::max(high, points.values()[k]);
  }
  const float range = high - low;
  for (std::size_t k = axis; k < points.values().size(); k += 3)
    points.values()[k] = range > 0 ? (points.values()[k] - low) / range : 0.0F;
}

/// Half to even, as Python rounds.
int rounded(double value) { return static_cast<int>(std::nearbyint(value)); }

/// The size at which the longer side has the length that the network wants.
Size resized_to(Size size, int long_side) {
  const double longer = std::max(size.width, size.height);
  const double ratio = longer / std::min(size.width, size.height);
  const double target = long_side == 224 ? rounded(224 * ratio) : long_side;
  return {rounded(size.width * target / longer), rounded(size.height * target / longer)};
}

bool shrinks(Size size, Size resized) {
  return std::max(size.width, size.height) > std::max(resized.width, resized.height);
}

template <typename T, int C>
Map<T, C> cut(const Map<T, C>& map, int left, int top, int right, int bottom) {
  Map<T, C> part(right - left, bottom - top);
  for (int y = top; y < bottom; ++y)
    std::copy(map.pixel(left, y), map.pixel(left, y) + part.width() * C, part.row(y - top));
  return part;
}

}  // namespace

NetworkInput network_input(Size image, int long_side, bool square_is_fine) {
  NetworkInput input;
  input.resized = resized_to(image, long_side);
  const int cx = input.resized.width / 2;
  const int cy = input.resized.height / 2;
  int half_width = std::min(cx, cy);
  int half_height = half_width;
  if (long_side != 224) {
    half_width = 2 * cx / 16 * 8;
    half_height = 2 * cy / 16 * 8;
    if (input.resized.width == input.resized.height && !square_is_fine) half_height = 3 * half_width / 4;
  }
  if (half_width < 1 || half_height < 1)
    throw Error("image", "is too narrow for the network: a side is left with fewer than 16 pixels");
  input.left = cx - half_width;
  input.top = cy - half_height;
  input.kept = {2 * half_width, 2 * half_height};
  return input;
}

RgbImage network_image(const RgbImage& upright, int long_side, bool square_is_fine) {
  const Size size{upright.width(), upright.height()};
  const NetworkInput input = network_input(size, long_side, square_is_fine);
  const AntialiasedFilter filter =
      shrinks(size, input.resized) ? AntialiasedFilter::lanczos : AntialiasedFilter::bicubic;
  const RgbImage resized = resize_antialiased(upright, input.resized.width, input.resized.height, filter);
  return cut(resized, input.left, input.top, input.left + input.kept.width, input.top + input.kept.height);
}

PointMap network_point_map(const DepthMap& depth, double focal_px, Size image, int long_side,
                           bool square_is_fine) {
  const NetworkInput input = network_input(image, long_side, square_is_fine);
  const Size size{depth.width(), depth.height()};
  const Size resized = resized_to(size, long_side);
  const PointMap points = resize(point_map_of_depth(depth, focal_px), resized.width, resized.height,
                                 shrinks(size, resized) ? Resampling::lanczos : Resampling::cubic);
  const int half_width = input.kept.width / 2;
  const int half_height = input.kept.height / 2;
  const PointMap part =
      cut(points, std::max(resized.width / 2 - half_width, 0), std::max(resized.height / 2 - half_height, 0),
          std::min(resized.width / 2 + half_width, resized.width),
          std::min(resized.height / 2 + half_height, resized.height));
  if (part.width() == input.kept.width && part.height() == input.kept.height) return part;
  // Depth of another size than the image's can come out short by rounding.
  const DepthMap at_image_size = resize(depth, image.width, image.height, Resampling::bilinear);
  return network_point_map(at_image_size, focal_px * image.width / depth.width(), image, long_side,
                           square_is_fine);
}

PointMap point_map_of_depth(MapView<const float> depth, double focal_px) {
  const float largest = largest_finite(depth);
  const double cx = depth.width() / 2.0;
  const double cy = depth.height() / 2.0;
  PointMap points(depth.width(), depth.height());
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      const double z = std::isfinite(depth(x, y)) ? depth(x, y) : largest;
      points(x, y, 0) = static_cast<float>((x - cx) * z / focal_px);
      points(x, y, 1) = static_cast<float>((y - cy) * z / focal_px);
      points(x, y, 2) = static_cast<float>(z);
    }
  }
  for (int axis = 0; axis < 3; ++axis) normalise_axis(points, axis);
  return points;
}

}  // namespace vd
