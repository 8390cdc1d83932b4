// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "core/random.h"
#include "stereo/masks.h"

using namespace vd;

namespace {

const Intrinsics camera_px = centred_intrinsics(300, 256, 144);
const Vec3 road = Vec3(0.01, 0.6, 0.02);  // normal / distance

/// Evidence as the flow of a static road gives it, with a box of another inverse depth standing on it.
MotionEvidence road_with_box(double box_inverse_depth) {
  MotionEvidence evidence{Map<float>(256, 144), Map<float>(256, 144), Map<float>(256, 144, 0.5f),
                          Map<std::uint8_t>(256, 144, 4), MaskMap(256, 144)};
  for (int y = 0; y < 144; ++y)
    for (int x = 0; x < 256; ++x) {
      const double w = road.dot(camera_px.unproject({x, y}));
      const bool box = x >= 100 && x < 140 && y >= 60 && y <= 110;
      evidence.inverse_depth(x, y) = static_cast<float>(box ? box_inverse_depth : std::max(0.0, w));
      evidence.evidence(x, y) = -1;
    }
  return evidence;
}

FlowSet two_frames_ahead() {
  return {{2, Camera{camera_px, SE3{Quat::Identity(), Vec3(0, 0, 2)}}, nullptr, nullptr, nullptr, nullptr}};
}

double ground_below_box() { return road.dot(camera_px.unproject({120, 111})); }

}  // namespace

TEST_CASE("the ground plane comes back from its inverse depths, outliers or not", "[masks][ground]") {
  MotionEvidence evidence = road_with_box(ground_below_box());
  MaskMap usable(256, 144, 255);
  Random random(GENERATE(range(0, 5)));
  const bool noisy = GENERATE(false, true);
  for (auto& w : evidence.inverse_depth.values()) {
    if (noisy) w *= static_cast<float>(1 + random.normal(0.01));
    if (noisy && random.uniform() < 0.3) w = static_cast<float>(random.uniform(0.01, 0.3));
  }
  const auto plane = find_ground_plane(evidence.inverse_depth, usable, camera_px, {});
  REQUIRE(plane);
  CHECK((plane->normal_over_distance - road).norm() < (noisy ? 0.01 : 1e-4) * road.norm());
}

TEST_CASE("a wall is not ground, and neither is an empty frame", "[masks][ground]") {
  Map<float> wall(256, 144);
  for (int y = 0; y < 144; ++y)
    for (int x = 0; x < 256; ++x)
      wall(x, y) = static_cast<float>(Vec3(0.01, 0.02, 0.2).dot(camera_px.unproject({x, y})));
  CHECK_FALSE(find_ground_plane(wall, MaskMap(256, 144, 255), camera_px, {}));
  CHECK_FALSE(find_ground_plane(wall, MaskMap(256, 144, 0), camera_px, {}));
}

TEST_CASE("a box at the depth of its foot stands, one that seems twice as near floats", "[masks][ground]") {
  const double apparent = GENERATE(1.0, 1.08, 1.6, 2.2);
  const MotionEvidence evidence = road_with_box(apparent * ground_below_box());
  const FloatingCue cue = find_floating(Camera{camera_px, {}}, evidence, two_frames_ahead(), {});
  REQUIRE(cue.ground);
  REQUIRE(cue.components.size() == 1);
  // Within a tenth of the ground counts as ground, and so do the lowest rows of a box that stands.
  CHECK(cue.components[0].ratio == Approx(apparent).epsilon(apparent < 1.15 ? 0.1 : 1e-6));
  CHECK(cue.components[0].floats == (apparent > 1.3));
  CHECK((cue.floating(120, 90) != 0) == (apparent > 1.3));
  CHECK(cue.floating(50, 120) == 0);

  MaskOptions options;
  const GreyImage grey(256, 144, 100);
  const auto with = motion_mask(Camera{camera_px, {}}, evidence, two_frames_ahead(), grey, options);
  CHECK((with.moving(120, 90) != 0) == (apparent > 1.3));
  options.floating_cue = false;
  const auto without = motion_mask(Camera{camera_px, {}}, evidence, two_frames_ahead(), grey, options);
  CHECK(without.moving_share == 0);
}

TEST_CASE("a table hangs over the ground and does not move", "[masks][ground]") {
  MotionEvidence evidence = road_with_box(ground_below_box());
  for (int y = 60; y <= 110; ++y)
    for (int x = 100; x < 140; ++x)  // level, at three eighths of the camera's height
      evidence.inverse_depth(x, y) =
          static_cast<float>(1.6 * std::max(0.0, road.dot(camera_px.unproject({x, y}))));
  const FloatingCue cue = find_floating(Camera{camera_px, {}}, evidence, two_frames_ahead(), {});
  REQUIRE(cue.ground);
  CHECK(std::none_of(cue.components.begin(), cue.components.end(),
                     [](const FloatingComponent& part) { return part.floats || part.sinks; }));
  CHECK(cue.floating(120, 90) == 0);
}

TEST_CASE("a mover stands where it meets the ground", "[masks][mover]") {
  DepthMap depth(256, 144, 20.0f);
  MaskMap moving(256, 144);
  for (int y = 60; y <= 110; ++y)
    for (int x = 100; x < 140; ++x) moving(x, y) = 255;
  const GroundPlane ground{road, 0.5};
  const MoverDepth result = mover_depth(depth, moving, GreyImage(256, 144, 90), camera_px, ground);
  REQUIRE(result.components.size() == 1);
  CHECK(result.components[0].method == MoverMethod::ground_contact);
  CHECK(result.components[0].depth == Approx(1 / road.dot(camera_px.unproject({120, 110}))).epsilon(1e-6));
  CHECK(result.depth(120, 80) == Approx(result.components[0].depth));
  CHECK(result.depth(10, 10) == 20.0f);  // static depth is left alone
}

TEST_CASE("without ground a mover is filled, no farther than the nearest of its surroundings",
          "[masks][mover]") {
  DepthMap depth(256, 144, 20.0f);
  for (int y = 0; y < 144; ++y)
    for (int x = 0; x < 100; ++x) depth(x, y) = 5.0f;
  MaskMap moving(256, 144);
  const bool at_border = GENERATE(false, true);
  for (int y = 60; y <= (at_border ? 143 : 110); ++y)
    for (int x = 100; x < 140; ++x) moving(x, y) = 255;
  for (int y = 60; y < 144; ++y)
    for (int x = 98; x < 142; ++x) depth(x, y) = 77.0f;  // what the static depth says there is worthless
  const auto ground = at_border ? std::optional<GroundPlane>(GroundPlane{road, 0.5}) : std::nullopt;
  const MoverDepth result = mover_depth(depth, moving, GreyImage(256, 144, 90), camera_px, ground);
  REQUIRE(result.components.size() == 1);
  CHECK(result.components[0].method == MoverMethod::fill);
  CHECK(result.components[0].depth <= 5.0 + 1e-4);
  CHECK(result.components[0].depth > 4.0);
}

TEST_CASE("where the surroundings know nothing, a mover has no depth; sizes must agree", "[masks][mover]") {
  MaskMap moving(32, 32);
  moving(10, 10) = 255;
  const MoverDepth result = mover_depth(DepthMap(32, 32), moving, GreyImage(32, 32), camera_px, {});
  CHECK(result.components.at(0).depth == 0);
  CHECK_THROWS_AS(mover_depth(DepthMap(32, 31), moving, GreyImage(32, 32), camera_px, {}), Error);
}
