// SPDX-License-Identifier: Apache-2.0
#include "pointmap/epipolar_fit.h"
#include "catch.h"
#include "core/random.h"

using namespace vd;

namespace {

const Intrinsics camera_px = centred_intrinsics(400, 640, 480);
const SE3 truth{rotation_exp(Vec3(0.05, -0.1, 0.03)), Vec3(0.8, 0.1, 0.59).normalized()};

Correspondences random_points(int count, double noise_px, Random& random) {
  Correspondences points;
  while (static_cast<int>(points.size()) < count) {
    const Vec2 pixel(random.uniform(0, 640), random.uniform(0, 480));
    const Vec3 point = truth * (camera_px.unproject(pixel) * random.uniform(2, 10));
    points.first.push_back(pixel);
    points.second.push_back(camera_px.project(point) +
                            Vec2(random.normal(noise_px), random.normal(noise_px)));
    points.sigma_px.push_back(std::max(0.2, noise_px));
  }
  return points;
}

SE3 disturbed(double angle_rad) {
  return {(rotation_exp(Vec3(angle_rad, -angle_rad, angle_rad)) * truth.rotation).normalized(),
          (truth.translation + Vec3(0, 3 * angle_rad, -3 * angle_rad)).normalized()};
}

}  // namespace

TEST_CASE("refinement finds the exact pose again", "[pointmap][pose]") {
  Random random(GENERATE(range(0, 5)));
  const Correspondences points = random_points(300, 0, random);
  const EpipolarFit fit = refine_relative_pose(points, camera_px, camera_px, disturbed(0.004), 4.0, 50);
  CHECK(rotation_angle_rad(fit.second_from_first.rotation.conjugate() * truth.rotation) < 1e-6);
  CHECK((fit.second_from_first.translation - truth.translation).norm() < 1e-5);
  CHECK(fit.cost < 1e-8);
}

TEST_CASE("a third of gross errors does not move the pose", "[pointmap][pose]") {
  Random random(7);
  Correspondences points = random_points(600, 0.2, random);
  for (std::size_t k = 0; k < 200; ++k)
    points.second[k] += Vec2(random.uniform(-40, 40), random.uniform(5, 40));
  const EpipolarFit fit = refine_relative_pose(points, camera_px, camera_px, disturbed(0.002), 1.5);
  CHECK(rotation_angle_rad(fit.second_from_first.rotation.conjugate() * truth.rotation) < 1e-3);
  CHECK((fit.second_from_first.translation - truth.translation).norm() < 1e-2);
}

TEST_CASE("the Sampson distance is the distance to the epipolar lines to first order", "[pointmap][pose]") {
  Random random(3);
  Correspondences points = random_points(50, 0, random);
  for (const double residual : sampson_px(points, camera_px, camera_px, truth))
    CHECK(std::abs(residual) < 1e-9);
  for (auto& pixel : points.second) pixel.y() += 0.01;
  // A shift of one point by d changes it by at most d, shared between both images.
  for (const double residual : sampson_px(points, camera_px, camera_px, truth))
    CHECK(std::abs(residual) < 0.01);
}
