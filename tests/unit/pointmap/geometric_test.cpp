// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "core/parallel.h"
#include "pair_world.h"
#include "pointmap/shared_focal.h"

using namespace vd;
using vd::test::pair_of;
using vd::test::SphereWorld;

namespace {

double share_within(const PointMap& points, const ConfidenceMap& confidence, const DepthMap& truth,
                    double scale, double tolerance) {
  double good = 0, all = 0;
  for (std::size_t i = 0; i < truth.pixels(); ++i) {
    if (confidence.values()[i] <= 0) continue;
    all += 1;
    good += std::abs(points.values()[3 * i + 2] * scale / truth.values()[i] - 1) < tolerance;
  }
  return all > 0 ? good / all : 0;
}

/// Within 20 pixels of the outline of the sphere in the first view: 13 are hidden in the second, and half a
/// window.
bool near_outline(const SphereWorld& world, int x, int y) {
  const bool here = world.seen_by(false, {x, y}).on_sphere;
  for (int k = 0; k < 16; ++k)
    for (const double distance_px : {5.0, 10.0, 15.0, 20.0})
      if (world
              .seen_by(false,
                       {x + distance_px * std::cos(k * 0.3927), y + distance_px * std::sin(k * 0.3927)})
              .on_sphere != here)
        return true;
  return false;
}

bool same_bytes(const PointMap& a, const PointMap& b) {
  return std::equal(a.values().begin(), a.values().end(), b.values().begin(), b.values().end(),
                    [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

}  // namespace

TEST_CASE("exact flow gives the relative pose and the depth, baseline 1", "[pointmap]") {
  const SphereWorld world;
  const PairPointMap pair = pair_of(world);
  REQUIRE(pair.report.geometry.kind == PairKind::parallax);
  const SE3 truth = inverse(world.second_from_first);
  CHECK(rotation_angle_rad(pair.first_from_second.rotation.conjugate() * truth.rotation) < 1e-4);
  CHECK((pair.first_from_second.translation - truth.translation.normalized()).norm() < 2e-3);
  const double baseline = truth.translation.norm();
  CHECK(pair.report.observed_share_a > 0.6);
  // Windows across the outline of the sphere mix both depths: hence not all, but all away from it.
  CHECK(share_within(pair.a, pair.a_conf, world.depth_map(false), baseline, 0.02) > 0.9);
  ConfidenceMap away = pair.a_conf;
  for (int y = 0; y < 120; ++y)
    for (int x = 0; x < 160; ++x)
      if (near_outline(world, x, y)) away(x, y) = 0;
  CHECK(share_within(pair.a, away, world.depth_map(false), baseline, 0.02) > 0.995);

  // Points of the second view lie in the frame of the first.
  const SE3 second_from_first = inverse(pair.first_from_second);
  double good = 0, all = 0;
  for (int y = 0; y < 120; ++y)
    for (int x = 0; x < 160; ++x) {
      if (pair.b_conf(x, y) <= 0) continue;
      const Vec3 point = second_from_first * Vec3(pair.b(x, y, 0), pair.b(x, y, 1), pair.b(x, y, 2));
      CHECK((world.intrinsics.project(point) - Vec2(x, y)).norm() < 1e-3);
      all += 1;
      good += std::abs(point.z() * baseline / world.depth(true, {x, y}) - 1) < 0.02;
    }
  CHECK(good > 0.9 * all);
}

TEST_CASE("without refinement exact flow gives exact depth", "[pointmap]") {
  const SphereWorld world;
  GeometricOptions options;
  options.depth.refine = false;
  const PairPointMap pair =
      geometric_point_map(world.image(false), world.image(true), inverse(world.second_from_first), options);
  CHECK(share_within(pair.a, pair.a_conf, world.depth_map(false), 1, 1e-4) > 0.99);
}

TEST_CASE("confidence is at least 1 where observed and 0 where not, and points are finite there",
          "[pointmap]") {
  const PairPointMap pair = pair_of(SphereWorld{});
  for (std::size_t i = 0; i < pair.a_conf.pixels(); ++i) {
    const float confidence = pair.a_conf.values()[i];
    REQUIRE((confidence == 0 || (confidence > 1 && confidence <= 50)));
    REQUIRE(std::isfinite(pair.a.values()[3 * i]) == (confidence > 0));
  }
}

TEST_CASE("a sphere that moves across the epipolar lines is left out", "[pointmap]") {
  SphereWorld world;
  world.sphere_step = {0.02, 0.12, 0};
  // With the pose given: what stands is one wall, and with a wall many a pose explains the sphere too.
  const PairPointMap pair =
      geometric_point_map(world.image(false), world.image(true), inverse(world.second_from_first), {});
  double flagged = 0, observed = 0, sphere = 0, wall_flagged = 0, wall = 0;
  for (int y = 0; y < 120; ++y)
    for (int x = 0; x < 160; ++x) {
      const bool on_sphere = world.seen_by(false, {x, y}).on_sphere;
      (on_sphere ? sphere : wall) += 1;
      if (pair.a_moving(x, y)) (on_sphere ? flagged : wall_flagged) += 1;
      observed += on_sphere && pair.a_conf(x, y) > 0;
    }
  CHECK(flagged > 0.95 * sphere);
  CHECK(observed < 0.005 * sphere);
  CHECK(wall_flagged < 0.001 * wall);
}

TEST_CASE("pure rotation is called low parallax and nothing is invented", "[pointmap]") {
  SphereWorld world;
  world.second_from_first.translation.setZero();
  const PairPointMap pair = pair_of(world);
  CHECK(pair.report.geometry.kind == PairKind::low_parallax);
  CHECK(pair.first_from_second.translation.norm() == 0);
  CHECK(rotation_angle_rad(pair.first_from_second.rotation * world.second_from_first.rotation) < 1e-4);
  for (const float confidence : pair.a_conf.values()) REQUIRE(confidence == 0);
  for (const float value : pair.a.values()) REQUIRE(std::isnan(value));
}

TEST_CASE("a single plane is called planar", "[pointmap]") {
  SphereWorld world;
  world.sphere_radius = 1e-6;
  CHECK(pair_of(world).report.geometry.kind == PairKind::planar);
}

TEST_CASE("images without flow say so", "[pointmap]") {
  const SphereWorld world;
  PairImage first = world.image(false);
  PairImage second = world.image(true);
  for (auto& value : first.flow.values()) value = std::numeric_limits<float>::quiet_NaN();
  CHECK(geometric_point_map(first, second, {}, {}).report.geometry.kind == PairKind::too_few);
  second.flow = FlowMap(3, 3);
  CHECK_THROWS_AS(geometric_point_map(first, second, {}, {}), Error);
}

TEST_CASE("a given pose sets the scale", "[pointmap][property]") {
  const SphereWorld world;
  const double scale = GENERATE(0.1, 25.0);
  SE3 known = inverse(world.second_from_first);
  const PairPointMap one = geometric_point_map(world.image(false), world.image(true), known, {});
  known.translation *= scale;
  const PairPointMap scaled = geometric_point_map(world.image(false), world.image(true), known, {});
  for (std::size_t i = 0; i < one.a_conf.pixels(); ++i) {
    REQUIRE((one.a_conf.values()[i] > 0) == (scaled.a_conf.values()[i] > 0));
    if (one.a_conf.values()[i] > 0)
      REQUIRE(scaled.a.values()[3 * i + 2] == Approx(scale * one.a.values()[3 * i + 2]).epsilon(1e-3));
  }
}

TEST_CASE("monocular depth fills what the pair does not see, at confidence 0", "[pointmap]") {
  const SphereWorld world;
  PairImage first = world.image(false);
  first.mono = world.depth_map(false);
  for (auto& depth : first.mono.values()) depth = 1 / (0.5f / depth + 0.02f);  // another scale and shift
  for (int y = 40; y < 80; ++y)
    for (int x = 20; x < 60; ++x) first.flow(x, y, 0) = std::numeric_limits<float>::quiet_NaN();
  const PairPointMap pair =
      geometric_point_map(first, world.image(true), inverse(world.second_from_first), {});
  CHECK(pair.report.mono_used_a);
  CHECK_FALSE(pair.report.mono_used_b);
  CHECK(pair.a_conf(40, 60) == 0);
  CHECK(pair.a(40, 60, 2) == Approx(world.depth(false, {40, 60})).epsilon(0.02));
}

TEST_CASE("the same pair gives the same bytes for any number of threads", "[pointmap]") {
  const SphereWorld world;
  set_thread_count(1);
  const PairPointMap one = pair_of(world);
  set_thread_count(4);
  const PairPointMap four = pair_of(world);
  set_thread_count(0);
  CHECK(same_bytes(one.a, four.a));
  CHECK(same_bytes(one.b, four.b));
  CHECK(one.a_conf.values() == four.a_conf.values());
}

TEST_CASE("several pairs of one camera determine its focal length, a standing camera leaves it to the prior",
          "[pointmap][focal]") {
  const double focal = GENERATE(110.0, 150.0, 220.0);
  std::vector<Correspondences> pairs;
  for (int k = 0; k < 6; ++k) {
    SphereWorld world;
    world.intrinsics = centred_intrinsics(focal, 160, 120);
    world.second_from_first = {rotation_exp(Vec3(0.02 * k - 0.05, 0.03 * (k % 3) - 0.04, 0.02)),
                               Vec3(0.2 - 0.1 * k, 0.1 * (k % 2), 0.15)};
    pairs.push_back(sample_flow(world.image(false).flow, world.image(true).flow, 600, 1.0));
  }
  const auto estimate = estimate_shared_focal(pairs, 160, 120, {});
  REQUIRE(estimate);
  CHECK(estimate->focal_px == Approx(focal).epsilon(0.05));
  CHECK(estimate->low_px <= estimate->focal_px);
  CHECK(estimate->high_px >= estimate->focal_px);
  CHECK_FALSE(estimate_shared_focal({}, 160, 120, {}));
}
