// SPDX-License-Identifier: Apache-2.0
#include "geometry/se3.h"

#include "catch.h"
#include "core/random.h"
#include "geometry/camera.h"
#include "geometry/registration.h"

namespace {

vd::Vec3 random_vector(vd::Random& random, double size) {
  return {random.uniform(-size, size), random.uniform(-size, size), random.uniform(-size, size)};
}

vd::Sim3 random_similarity(vd::Random& random) {
  return {random.uniform(0.2, 5), vd::rotation_exp(random_vector(random, 2)), random_vector(random, 3)};
}

}  // namespace

TEST_CASE("rotation vectors and rotations are each other's inverse", "[geometry]") {
  vd::Random random(1);
  for (int i = 0; i < 100; ++i) {
    const double size = i < 20 ? 1e-9 : 1.7;
    const vd::Vec3 v = random_vector(random, size);
    CHECK((vd::rotation_log(vd::rotation_exp(v)) - v).norm() <= 1e-12);
    CHECK(vd::rotation_angle_rad(vd::rotation_exp(v)) == Approx(v.norm()).margin(1e-12));
  }
  const vd::Vec3 v(0.3, -0.2, 0.5);
  const vd::Vec3 x(1, 2, 3);
  CHECK((vd::skew(v) * x - v.cross(x)).norm() <= 1e-15);
}

TEST_CASE("motions compose and invert", "[geometry][property]") {
  vd::Random random(2);
  for (int i = 0; i < 20; ++i) {
    const vd::Sim3 a = random_similarity(random);
    const vd::Sim3 b = random_similarity(random);
    const vd::Vec3 x = random_vector(random, 4);
    CHECK(((a * b) * x - a * (b * x)).norm() <= 1e-12 * 100);
    CHECK((vd::inverse(a) * (a * x) - x).norm() <= 1e-12);
    const vd::SE3 p{a.rotation, a.translation};
    CHECK((vd::inverse(p) * (p * x) - x).norm() <= 1e-12);
    const vd::SE3 again = vd::make_se3(p.matrix(), p.translation);
    CHECK(vd::rotation_angle_rad(again.rotation * p.rotation.conjugate()) <= 1e-7);
  }
}

TEST_CASE("registration finds the similarity that made the points", "[geometry][property]") {
  vd::Random random(3);
  for (int i = 0; i < 20; ++i) {
    vd::Sim3 truth = random_similarity(random);
    const bool rigid = i % 2 == 0;
    if (rigid) truth.scale = 1;
    std::vector<vd::Vec3> source;
    std::vector<vd::Vec3> target;
    std::vector<double> weights;
    for (int k = 0; k < 12; ++k) {
      source.push_back(random_vector(random, 2));
      target.push_back(truth * source.back());
      weights.push_back(k < 10 ? random.uniform(0.1, 2) : 0);
      if (k >= 10) target.back() += vd::Vec3(100, 0, 0);  // an outlier of weight 0 does not count
    }
    const auto model = rigid ? vd::RegistrationModel::rigid : vd::RegistrationModel::similarity;
    const auto found = vd::register_points(source, target, weights, model);
    REQUIRE(found);
    CHECK(found->scale == Approx(truth.scale).epsilon(1e-12));
    CHECK((found->translation - truth.translation).norm() <= 1e-10);
    CHECK(vd::rotation_angle_rad(found->rotation * truth.rotation.conjugate()) <= 1e-7);
  }
  const std::vector<vd::Vec3> on_a_line = {{0, 0, 0}, {1, 1, 1}, {2, 2, 2}};
  CHECK_FALSE(vd::register_points(on_a_line, on_a_line, {}, vd::RegistrationModel::rigid));
  CHECK_FALSE(vd::register_points({}, {}, {}, vd::RegistrationModel::rigid));
}

TEST_CASE("resized intrinsics see the same rays", "[geometry][property]") {
  const vd::Intrinsics camera{500, 510, 319.5, 239.5, 640, 480};
  const vd::Intrinsics half = camera.resized(320, 240);
  CHECK(half.cx == Approx(159.5));
  const vd::Vec3 point(0.3, -0.4, 2.0);
  const vd::Vec2 pixel = camera.project(point);
  const vd::Vec2 small = half.project(point);
  CHECK(small.x() == Approx((pixel.x() + 0.5) / 2 - 0.5));
  CHECK((camera.unproject(pixel) * 2.0 - point).norm() <= 1e-12);
  CHECK((camera.matrix() * point / point.z()).head<2>().isApprox(pixel));
}
