// SPDX-License-Identifier: Apache-2.0
#include "geometry/lens.h"

#include <cmath>
#include <opencv2/calib3d.hpp>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"

namespace {

const vd::Intrinsics camera{300, 310, 159.5, 121.5, 320, 240};

cv::Mat matrix() { return (cv::Mat_<double>(3, 3) << 300, 0, 159.5, 0, 310, 121.5, 0, 0, 1); }

vd::Vec2 projected(const vd::Lens& lens, const vd::Vec2& ray) {
  const vd::Vec2 bent = lens.distort(ray);
  return {camera.fx * bent.x() + camera.cx, camera.fy * bent.y() + camera.cy};
}

std::vector<std::vector<double>> opencv_lists() {
  return {{0.2624, -0.9531, -0.0054, 0.0026},
          {0.2624, -0.9531, -0.0054, 0.0026, 1.1633},
          {-0.3, 0.1, 0.001, -0.002, 0.01, 0.2, 0.03, -0.01},
          {-0.3, 0.1, 0.001, -0.002, 0.01, 0.2, 0.03, -0.01, 0.004, -0.001, 0.003, 0.002},
          {-0.3, 0.1, 0.001, -0.002, 0.01, 0.2, 0.03, -0.01, 0.004, -0.001, 0.003, 0.002, 0.03, -0.05}};
}

}  // namespace

TEST_CASE("lenses bend rays as OpenCV's models do", "[geometry][lens]") {
  vd::Random random(1);
  for (const auto& coefficients : opencv_lists()) {
    const vd::Lens lens = vd::make_lens(vd::LensModel::opencv, coefficients, "k");
    for (int k = 0; k < 20; ++k) {
      const vd::Vec2 ray(random.uniform(-0.5, 0.5), random.uniform(-0.4, 0.4));
      std::vector<cv::Point2d> seen;
      cv::projectPoints(std::vector<cv::Point3d>{{ray.x(), ray.y(), 1}}, cv::Vec3d(), cv::Vec3d(), matrix(),
                        coefficients, seen);
      CHECK((projected(lens, ray) - vd::Vec2(seen[0].x, seen[0].y)).norm() < 1e-9);
    }
  }
  const std::vector<double> fisheye = {-0.02, 0.01, -0.004, 0.001};
  const vd::Lens lens = vd::make_lens(vd::LensModel::fisheye, fisheye, "k");
  for (int k = 0; k < 20; ++k) {
    const vd::Vec2 ray(random.uniform(-2, 2), random.uniform(-2, 2));
    std::vector<cv::Point2d> seen;
    cv::fisheye::projectPoints(std::vector<cv::Point3d>{{ray.x(), ray.y(), 1}}, seen, cv::Vec3d(),
                               cv::Vec3d(), matrix(), fisheye);
    CHECK((projected(lens, ray) - vd::Vec2(seen[0].x, seen[0].y)).norm() < 1e-9);
  }
}

TEST_CASE("an undistorted image has a source for each of its pixels, and none to spare", "[geometry][lens]") {
  const vd::Lens lens = GENERATE(vd::make_lens(vd::LensModel::opencv, {-0.3, 0.1, 0.001, -0.002, 0.0}, "k"),
                                 vd::make_lens(vd::LensModel::opencv, {0.15, 0.02, 0, 0}, "k"),
                                 vd::make_lens(vd::LensModel::fisheye, {0, 0, 0, 0}, "k"));
  const vd::Undistortion undistortion({camera, lens}, "k");
  double nearest_border = 1e9;
  for (int y = 0; y < 240; ++y) {
    for (int x = 0; x < 320; ++x) {
      const vd::Vec2 at = undistortion.source_pixel({static_cast<double>(x), static_cast<double>(y)});
      const double inside =
          std::min(std::min(at.x() + 0.5, 319.5 - at.x()), std::min(at.y() + 0.5, 239.5 - at.y()));
      nearest_border = std::min(nearest_border, inside);
    }
  }
  CHECK(nearest_border >= 0);
  CHECK(nearest_border < 0.1);
  CHECK(undistortion.pinhole().cx == camera.cx);
  CHECK(undistortion.pinhole().fx / undistortion.pinhole().fy == Approx(camera.fx / camera.fy));
}

TEST_CASE("undistortion brings pixels to where a pinhole sees them", "[geometry][lens]") {
  const vd::Lens lens = vd::make_lens(vd::LensModel::opencv, {-0.25, 0.08, 0.001, -0.001, 0.0}, "k");
  const vd::Undistortion undistortion({camera, lens}, "k");
  // A scene whose brightness is a smooth function of the ray, seen through the lens. Its inverse by
  // iteration.
  const auto brightness = [](const vd::Vec2& ray) {
    return 128 + 60 * std::sin(6 * ray.x()) * std::cos(5 * ray.y());
  };
  const auto undistorted_ray = [&](const vd::Vec2& bent) {
    vd::Vec2 ray = bent;
    for (int k = 0; k < 50; ++k) ray += bent - lens.distort(ray);
    return ray;
  };
  vd::RgbImage seen(camera.width, camera.height);
  vd::Map<float> depth(camera.width, camera.height);
  for (int y = 0; y < camera.height; ++y) {
    for (int x = 0; x < camera.width; ++x) {
      const vd::Vec2 ray =
          undistorted_ray(camera.unproject({static_cast<double>(x), static_cast<double>(y)}).head<2>());
      for (int c = 0; c < 3; ++c) seen(x, y, c) = static_cast<std::uint8_t>(std::lround(brightness(ray)));
      depth(x, y) = static_cast<float>(5 + ray.x());
    }
  }
  const vd::RgbImage straight = undistortion.apply(seen);
  const vd::Map<float> straight_depth = undistortion.nearest(depth);
  double worst = 0, worst_depth = 0;
  for (int y = 3; y < camera.height - 3; ++y) {
    for (int x = 3; x < camera.width - 3; ++x) {
      const vd::Vec2 ray =
          undistortion.pinhole().unproject({static_cast<double>(x), static_cast<double>(y)}).head<2>();
      worst = std::max(worst, std::abs(straight(x, y, 0) - brightness(ray)));
      worst_depth = std::max(worst_depth, std::abs(straight_depth(x, y) - (5 + ray.x())));
    }
  }
  CHECK(worst < 2.0);
  CHECK(worst_depth < 0.004);  // a pixel is 1/300
}

TEST_CASE("lenses that cannot be are refused", "[geometry][lens][hostile]") {
  CHECK_THROWS_AS(vd::make_lens(vd::LensModel::opencv, {1, 2, 3}, "k"), vd::Error);
  CHECK_THROWS_AS(vd::make_lens(vd::LensModel::fisheye, {1, 2, 3, 4, 5}, "k"), vd::Error);
  CHECK_THROWS_AS(vd::make_lens(vd::LensModel::opencv, {NAN, 0, 0, 0}, "k"), vd::Error);
  const vd::Lens folding = vd::make_lens(vd::LensModel::opencv, {-1e6, 0, 0, 0}, "k");
  CHECK_THROWS_AS(vd::Undistortion({camera, folding}, "k"), vd::Error);
  CHECK_FALSE(vd::make_lens(vd::LensModel::opencv, {0, 0, 0, 0}, "k").bends());
}
