// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include "catch.h"
#include "core/random.h"
#include "geometry/absolute_pose.h"
#include "geometry/relative_pose.h"
#include "geometry/rotation_fit.h"
#include "geometry/triangulation.h"

namespace {

using namespace vd;

Vec3 random_vector(Random& random, double size) {
  return {random.uniform(-size, size), random.uniform(-size, size), random.uniform(-size, size)};
}

SE3 random_pose(Random& random) { return {rotation_exp(random_vector(random, 2)), random_vector(random, 3)}; }

/// Points in front of a camera at the origin.
std::vector<Vec3> random_points(Random& random, int count) {
  std::vector<Vec3> points;
  for (int k = 0; k < count; ++k)
    points.emplace_back(random.uniform(-2, 2), random.uniform(-1, 1), random.uniform(3, 9));
  return points;
}

const Intrinsics camera_a{420, 430, 250, 150, 512, 288};
const Intrinsics camera_b{610, 600, 300, 200, 640, 480};

}  // namespace

TEST_CASE("triangulation is blind to the choice of world frame", "[geometry][property]") {
  Random random(GENERATE(1U, 2U, 3U, 4U));
  const SE3 moved_from_world = random_pose(random);
  const Vec3 point(0.4, -0.3, 5);
  std::vector<PointView> views;
  std::vector<PointView> moved_views;
  for (int k = 0; k < 4; ++k) {
    const SE3 camera_from_world{rotation_exp(random_vector(random, 0.1)), random_vector(random, 0.5)};
    const Vec2 noise(random.normal(0.5), random.normal(0.5));
    const Vec2 pixel = camera_a.project(camera_from_world * point) + noise;
    views.push_back({camera_from_world, camera_a, pixel});
    moved_views.push_back({camera_from_world * inverse(moved_from_world), camera_a, pixel});
  }
  const auto found = triangulate(views);
  const auto found_moved = triangulate(moved_views);
  REQUIRE(found);
  REQUIRE(found_moved);
  CHECK((moved_from_world * *found - *found_moved).norm() < 1e-6);
  CHECK((*found - point).norm() < 0.3);
  CHECK(ray_angle_rad(views, *found) == Approx(ray_angle_rad(moved_views, *found_moved)).epsilon(1e-6));
}

TEST_CASE("exact sights give the exact point, and its angle", "[geometry]") {
  const Vec3 point(0, 0, 2);
  std::vector<PointView> views;
  for (const double x : {-1.0, 1.0}) {
    const SE3 camera_from_world{Quat::Identity(), Vec3(-x, 0, 0)};
    views.push_back({camera_from_world, camera_a, camera_a.project(camera_from_world * point)});
  }
  const auto found = triangulate(views);
  REQUIRE(found);
  CHECK((*found - point).norm() < 1e-12);
  CHECK(reprojection_rms_px(views, point) < 1e-9);
  CHECK(ray_angle_rad(views, point) == Approx(2 * std::atan(0.5)));
  CHECK(std::isinf(reprojection_rms_px(views, Vec3(0, 0, -1))));
}

TEST_CASE("parallel rays and single sights give no point", "[geometry]") {
  std::vector<PointView> views{{SE3{}, camera_a, Vec2(100, 100)}};
  CHECK_FALSE(triangulate(views));
  views.push_back(views[0]);
  CHECK_FALSE(triangulate(views));
  views[1].camera_from_world.translation = Vec3(0.1, 0, 0);
  CHECK_FALSE(triangulate(views));
}

TEST_CASE("rotation fit ignores a third of wrong directions", "[geometry]") {
  Random random(9);
  const Quat truth = rotation_exp(Vec3(0.2, -0.4, 0.1));
  std::vector<Vec3> source;
  std::vector<Vec3> target;
  for (int k = 0; k < 120; ++k) {
    source.push_back(Vec3(random.uniform(-0.6, 0.6), random.uniform(-0.4, 0.4), 1).normalized());
    const Vec3 wrong = k % 3 == 0 ? Vec3(0.1, 0.05 * random.uniform(), 0) : Vec3(Vec3::Zero());
    target.push_back((truth * source.back() + wrong).normalized());
  }
  const auto fit = fit_rotation(source, target, 0.002, 1);
  REQUIRE(fit);
  CHECK(rotation_angle_rad(fit->target_from_source.conjugate() * truth) < 1e-4);
  CHECK(fit->median_residual_rad < 1e-4);
  CHECK_FALSE(fit_rotation(Span<const Vec3>(source.data(), 1), Span<const Vec3>(target.data(), 1), 0.002, 1));
}

TEST_CASE("relative pose between two different cameras", "[geometry]") {
  Random random(GENERATE(1U, 2U, 3U));
  const SE3 second_from_first{rotation_exp(random_vector(random, 0.1)),
                              random_vector(random, 1).normalized()};
  std::vector<Vec2> first;
  std::vector<Vec2> second;
  for (const Vec3& point : random_points(random, 120)) {
    first.push_back(camera_a.project(point));
    second.push_back(camera_b.project(second_from_first * point));
  }
  for (int k = 0; k < 30; ++k)
    second[static_cast<std::size_t>(k)] += Vec2(random.uniform(-60, 60), random.uniform(20, 60));
  const auto pose = estimate_relative_pose(first, second, camera_a, camera_b, 1.0, 1);
  REQUIRE(pose);
  CHECK(pose->in_front_count >= 88);
  CHECK(pose->in_front_count <= 105);
  CHECK(rotation_angle_rad(pose->second_from_first.rotation.conjugate() * second_from_first.rotation) < 2e-3);
  CHECK(pose->second_from_first.translation.dot(second_from_first.translation) > 0.999);
  CHECK(pose->median_angle_rad > 0.05);
  CHECK_FALSE(estimate_relative_pose(Span<const Vec2>(first.data(), 7), Span<const Vec2>(second.data(), 7),
                                     camera_a, camera_b, 1.0, 1));
}

TEST_CASE("absolute pose with and without a guess, against wrong matches", "[geometry]") {
  Random random(GENERATE(1U, 2U, 3U));
  const SE3 camera_from_world = random_pose(random);
  const SE3 world_from_camera = inverse(camera_from_world);
  std::vector<Vec3> points;
  std::vector<Vec2> pixels;
  for (const Vec3& in_camera : random_points(random, 90)) {
    points.push_back(world_from_camera * in_camera);
    pixels.push_back(camera_a.project(in_camera));
  }
  for (int k = 0; k < 30; ++k) pixels[static_cast<std::size_t>(k)] += Vec2(40, random.uniform(-90, 90));
  const auto far_off = estimate_absolute_pose(points, pixels, camera_a, {}, 2.0, 1);
  REQUIRE(far_off);
  CHECK(far_off->inlier_count == 60);
  CHECK((far_off->camera_from_world.translation - camera_from_world.translation).norm() < 1e-4);

  const SE3 guess =
      SE3{rotation_exp(random_vector(random, 0.02)), random_vector(random, 0.05)} * camera_from_world;
  const auto near = refine_absolute_pose(points, pixels, camera_a, guess, 2.0);
  REQUIRE(near);
  CHECK((near->camera_from_world.translation - camera_from_world.translation).norm() < 1e-4);
  CHECK_FALSE(refine_absolute_pose(Span<const Vec3>(points.data(), 3), Span<const Vec2>(pixels.data(), 3),
                                   camera_a, guess, 2.0));
}
