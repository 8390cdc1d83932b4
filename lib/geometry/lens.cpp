// SPDX-License-Identifier: Apache-2.0
#include "geometry/lens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/opencv.h"

namespace vd {

namespace {

/// The plane of a sensor tilted by two angles, as in calib3d: rotate, then project onto the tilted plane.
Vec2 tilted(const Vec2& point, double tau_x, double tau_y) {
  if (tau_x == 0 && tau_y == 0) return point;
  const double cx = std::cos(tau_x), sx = std::sin(tau_x), cy = std::cos(tau_y), sy = std::sin(tau_y);
  Mat3 about_x, about_y, projection;
  about_x << 1, 0, 0, 0, cx, sx, 0, -sx, cx;
  about_y << cy, 0, -sy, 0, 1, 0, sy, 0, cy;
  const Mat3 rotation = about_y * about_x;
  projection << rotation(2, 2), 0, -rotation(0, 2), 0, rotation(2, 2), -rotation(1, 2), 0, 0, 1;
  const Vec3 image = projection * rotation * Vec3(point.x(), point.y(), 1);
  return image.head<2>() / image.z();
}

Vec2 distort_opencv(const std::array<double, 14>& c, const Vec2& ray) {
  const double x = ray.x(), y = ray.y();
  const double r2 = x * x + y * y, r4 = r2 * r2, r6 = r4 * r2;
  const double radial = (1 + c[0] * r2 + c[1] * r4 + c[4] * r6) / (1 + c[5] * r2 + c[6] * r4 + c[7] * r6);
  const Vec2 bent(x * radial + 2 * c[2] * x * y + c[3] * (r2 + 2 * x * x) + c[8] * r2 + c[9] * r4,
                  y * radial + c[2] * (r2 + 2 * y * y) + 2 * c[3] * x * y + c[10] * r2 + c[11] * r4);
  return tilted(bent, c[12], c[13]);
}

Vec2 distort_fisheye(const std::array<double, 14>& c, const Vec2& ray) {
  const double radius = ray.norm();
  if (radius < 1e-12) return ray;
  const double angle = std::atan(radius), a2 = angle * angle;
  const double bent = angle * (1 + a2 * (c[0] + a2 * (c[1] + a2 * (c[2] + a2 * c[3]))));
  return ray * (bent / radius);
}

/// True when the ray to the border of the pinhole is seen inside the source, and every ray on the way there
/// is seen farther out than the one before: beyond a fold, the model means nothing.
bool ray_is_seen(const LensCamera& camera, const Vec2& ray) {
  constexpr int steps = 24;
  const Intrinsics& k = camera.intrinsics;
  double last_radius = -1;
  for (int step = 1; step <= steps; ++step) {
    const Vec2 bent = camera.lens.distort(ray * (static_cast<double>(step) / steps));
    const double radius = bent.norm();
    if (!(radius > last_radius)) return false;
    last_radius = radius;
    const Vec2 pixel(k.fx * bent.x() + k.cx, k.fy * bent.y() + k.cy);
    // Nearly half a pixel beyond the outer centres is still inside the outer pixels, also between samples.
    constexpr double margin = 0.49;
    if (!(pixel.x() >= -margin && pixel.y() >= -margin && pixel.x() <= k.width - 1 + margin &&
          pixel.y() <= k.height - 1 + margin)) {
      return false;
    }
  }
  return true;
}

bool all_seen(const LensCamera& camera, const Intrinsics& pinhole) {
  constexpr int samples = 64;
  for (int k = 0; k <= samples; ++k) {
    const double x = (pinhole.width - 1.0) * k / samples, y = (pinhole.height - 1.0) * k / samples;
    for (const Vec2& pixel :
         {Vec2(x, 0), Vec2(x, pinhole.height - 1.0), Vec2(0, y), Vec2(pinhole.width - 1.0, y)}) {
      if (!ray_is_seen(camera, pinhole.unproject(pixel).head<2>())) return false;
    }
  }
  return true;
}

Intrinsics scaled_focal(Intrinsics camera, double scale) {
  camera.fx *= scale;
  camera.fy *= scale;
  return camera;
}

}  // namespace

bool Lens::bends() const {
  if (model == LensModel::none) return false;
  return model == LensModel::fisheye ||
         std::any_of(coefficients.begin(), coefficients.end(), [](double value) { return value != 0; });
}

Vec2 Lens::distort(const Vec2& ray) const {
  if (model == LensModel::opencv) return distort_opencv(coefficients, ray);
  return model == LensModel::fisheye ? distort_fisheye(coefficients, ray) : ray;
}

Lens make_lens(LensModel model, const std::vector<double>& coefficients, const std::string& where) {
  const std::vector<std::size_t> counts = model == LensModel::fisheye
                                              ? std::vector<std::size_t>{4}
                                              : std::vector<std::size_t>{0, 4, 5, 8, 12, 14};
  if (std::find(counts.begin(), counts.end(), coefficients.size()) == counts.end()) {
    throw Error(where, fmt::format("{} distortion coefficients, expected {}", coefficients.size(),
                                   model == LensModel::fisheye ? "4 of a fisheye" : "4, 5, 8, 12 or 14"));
  }
  Lens lens;
  lens.model = model;
  for (std::size_t k = 0; k < coefficients.size(); ++k) {
    if (!std::isfinite(coefficients[k])) throw Error(where, "a distortion coefficient that is not finite");
    lens.coefficients[k] = coefficients[k];
  }
  return lens;
}

Undistortion::Undistortion(const LensCamera& camera, const std::string& where) : source_(camera) {
  constexpr double widest = 0.05;  // scale of the focal length
  constexpr double longest = 20;
  if (!all_seen(camera, scaled_focal(camera.intrinsics, longest))) {
    throw Error(where, "its distortion folds the image: no pinhole camera sees what this lens sees");
  }
  double seen = longest, unseen = widest;
  for (int step = 0; step < 60 && seen - unseen > 1e-9; ++step) {
    const double middle = std::sqrt(seen * unseen);
    (all_seen(camera, scaled_focal(camera.intrinsics, middle)) ? seen : unseen) = middle;
  }
  pinhole_ = scaled_focal(camera.intrinsics, seen);
}

Vec2 Undistortion::source_pixel(const Vec2& pixel) const {
  const Vec2 bent = source_.lens.distort(pinhole_.unproject(pixel).head<2>());
  const Intrinsics& k = source_.intrinsics;
  return {k.fx * bent.x() + k.cx, k.fy * bent.y() + k.cy};
}

RgbImage Undistortion::apply(const RgbImage& image) const {
  const Intrinsics& k = source_.intrinsics;
  if (image.width() != k.width || image.height() != k.height) {
    throw Error("", fmt::format("an image of {}x{} of a camera of {}x{}", image.width(), image.height(),
                                k.width, k.height));
  }
  cv::Mat from(image.height(), image.width(), CV_32FC2);
  for (int y = 0; y < from.rows; ++y) {
    for (int x = 0; x < from.cols; ++x) {
      const Vec2 at = source_pixel({static_cast<double>(x), static_cast<double>(y)});
      from.at<cv::Vec2f>(y, x) = {static_cast<float>(at.x()), static_cast<float>(at.y())};
    }
  }
  RgbImage result(image.width(), image.height());
  cv::Mat target = as_mat(result);
  cv::remap(as_mat(image), target, from, cv::noArray(), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  return result;
}

}  // namespace vd
