// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "geometry/camera.h"
#include "image/map.h"

namespace vd {

/// none: a pinhole. opencv: k1 k2 p1 p2 k3 k4 k5 k6 s1 s2 s3 s4 tau_x tau_y (plumb bob, rational, thin prism
/// and tilt; OpenCV's calib3d). fisheye: k1 k2 k3 k4 (OpenCV's fisheye, Kannala and Brandt 2006).
enum class LensModel { none, opencv, fisheye };

/// Distortion of a lens, on rays scaled to z = 1.
struct Lens {
  LensModel model = LensModel::none;
  std::array<double, 14> coefficients{};  // unused ones 0

  /// True when some coefficient is not 0, or the model is not a pinhole even so (fisheye).
  [[nodiscard]] bool bends() const;
  /// Where the ray (x, y, 1) is seen, in the same units.
  [[nodiscard]] Vec2 distort(const Vec2& ray) const;
};

/// A lens from OpenCV's list of 4, 5, 8, 12 or 14 coefficients, or 4 of a fisheye. Throws Error naming
/// `where` on another count and on values that are not finite.
[[nodiscard]] Lens make_lens(LensModel model, const std::vector<double>& coefficients,
                             const std::string& where);

/// Camera with a lens: the intrinsics place the distorted ray in the image.
struct LensCamera {
  Intrinsics intrinsics;
  Lens lens;
};

/// Turns images of a camera with a lens into those of a pinhole camera of the same size, place and principal
/// point, with the shortest focal length (aspect kept) that leaves no pixel without a source: nothing is
/// invented, and what lies outside is cut off.
class Undistortion {
 public:
  /// Throws Error when the lens folds the image before such a pinhole exists.
  Undistortion(const LensCamera& camera, const std::string& where);

  [[nodiscard]] const LensCamera& source() const { return source_; }
  [[nodiscard]] const Intrinsics& pinhole() const { return pinhole_; }
  /// Pixel of the source that a pixel of the result shows.
  [[nodiscard]] Vec2 source_pixel(const Vec2& pixel) const;

  /// Bicubic. Throws Error when the image is not of the camera's size.
  [[nodiscard]] RgbImage apply(const RgbImage& image) const;
  /// Nearest, for depth and masks.
  template <typename T>
  [[nodiscard]] Map<T> nearest(const Map<T>& map) const {
    Map<T> result(pinhole_.width, pinhole_.height);
    for (int y = 0; y < result.height(); ++y) {
      for (int x = 0; x < result.width(); ++x) {
        const Vec2 at = source_pixel({static_cast<double>(x), static_cast<double>(y)});
        const int u = static_cast<int>(std::lround(at.x()));
        const int v = static_cast<int>(std::lround(at.y()));
        if (u >= 0 && v >= 0 && u < map.width() && v < map.height()) result(x, y) = map(u, v);
      }
    }
    return result;
  }

 private:
  LensCamera source_;
  Intrinsics pinhole_;
};

}  // namespace vd
