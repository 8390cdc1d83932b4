// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "core/parallel.h"
#include "core/random.h"
#include "mask_world.h"
#include "stereo/masks.h"

using namespace vd;
using vd::test::DiscWorld;

namespace {

MotionEvidence evidence_of(const DiscWorld& world) {
  return motion_evidence(world.camera(0), world.flows(0), world.grey(), {});
}

MotionMask mask_of(const DiscWorld& world) {
  return motion_mask(world.camera(0), evidence_of(world), world.flows(0), world.grey(), {});
}

double iou(const MaskMap& a, const MaskMap& b) {
  double both = 0, any = 0;
  for (std::size_t i = 0; i < a.pixels(); ++i) {
    both += a.values()[i] && b.values()[i];
    any += a.values()[i] || b.values()[i];
  }
  return any > 0 ? both / any : 1;
}

}  // namespace

TEST_CASE("exact flow of a static wall gives its inverse depth and leaves no residual", "[masks]") {
  const DiscWorld world;
  const MotionEvidence evidence = evidence_of(world);
  int seen = 0;
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 96; ++x) {
      if (evidence.observations(x, y) < 2) continue;
      ++seen;
      CHECK(evidence.inverse_depth(x, y) == Approx(world.inverse_depth(0, {x, y})).epsilon(1e-4));
      CHECK(evidence.residual(x, y) < 1e-3);  // in units of 0.2 px; single precision leaves 6e-5
      CHECK(evidence.evidence(x, y) == -1.0f);
    }
  CHECK(seen > 0.8 * 96 * 64);
  CHECK(mask_of(world).moving_share == 0);
}

TEST_CASE("a disc that moves across the epipolar lines is cut out of the wall", "[masks]") {
  DiscWorld world;
  world.disc_radius = 0.5;
  CHECK(mask_of(world).moving_share == 0);  // standing still it is just a nearer surface
  world.disc_step = {0, 0.1, 0};
  const MotionMask mask = mask_of(world);
  CHECK(iou(mask.moving, world.disc_mask(0)) > 0.85);
}

TEST_CASE("motion along the epipolar line with a possible depth is invisible, and an impossible one is not",
          "[masks]") {
  DiscWorld world;
  world.disc_radius = 0.5;
  world.camera_turn_rad = Vec3::Zero();
  world.disc_step = -1.0 * world.camera_step;  // seems twice as near
  const MotionEvidence near = evidence_of(world);
  CHECK(near.evidence(48, 32) < -0.9f);
  CHECK(near.inverse_depth(48, 32) == Approx(2.0 / 3.0).epsilon(5e-3));
  world.disc_step = 2.5 * world.camera_step;  // overtakes the camera: only a negative depth would explain it
  CHECK(evidence_of(world).evidence(48, 32) > 0.5f);
}

TEST_CASE("scaling all translations scales the inverse depth and nothing else", "[masks][property]") {
  DiscWorld world;
  world.disc_radius = 0.5;
  world.disc_step = {0.03, 0.05, 0};
  const double scale = GENERATE(0.01, 7.0, 1000.0);
  const MotionEvidence expected = evidence_of(world);
  FlowSet flows = world.flows(0);
  for (auto& flow : flows) flow.camera.world_from_camera.translation *= scale;
  const MotionEvidence scaled = motion_evidence(world.camera(0), flows, world.grey(), {});
  for (std::size_t i = 0; i < expected.evidence.pixels(); ++i) {
    REQUIRE(scaled.inverse_depth.values()[i] * scale ==
            Approx(expected.inverse_depth.values()[i]).epsilon(1e-4).margin(1e-6));
    REQUIRE(scaled.residual.values()[i] == Approx(expected.residual.values()[i]).epsilon(1e-3).margin(1e-4));
  }
}

TEST_CASE("pure rotation needs no special care", "[masks]") {
  DiscWorld world;
  world.camera_step = Vec3::Zero();
  world.disc_radius = 0.5;
  world.camera_turn_rad = {0.01, 0.02, 0.005};
  CHECK(mask_of(world).moving_share == 0);
  world.disc_step = {0.08, 0, 0};
  CHECK(iou(mask_of(world).moving, world.disc_mask(0)) > 0.85);
}

TEST_CASE("poses that are off are corrected by the flow itself, and what moves is still found", "[masks]") {
  DiscWorld world;
  world.intrinsics = centred_intrinsics(200, 192, 128);
  world.disc_radius = GENERATE(0.0, 0.5);
  world.disc_step = {0, 0.1, 0};
  FlowSet flows = world.flows(0);
  Random random(3);
  for (auto& flow : flows) {  // 0.6 degrees and 5 %: some 2 px
    SE3& pose = flow.camera.world_from_camera;
    pose.rotation =
        rotation_exp(Vec3(random.normal(0.006), random.normal(0.006), random.normal(0.006))) * pose.rotation;
    pose.translation *= 1 + random.normal(0.05);
  }
  EvidenceOptions as_given;
  as_given.correct_poses = false;
  const MotionEvidence wrong = motion_evidence(world.camera(0), flows, world.grey(), as_given);
  const MotionEvidence right = motion_evidence(world.camera(0), flows, world.grey(), {});
  CHECK(wrong.pose_correction_px == 0);
  CHECK(right.pose_correction_px > 0.5);
  CHECK(right.pose_correction_px < 10);
  CHECK(motion_mask(world.camera(0), wrong, flows, world.grey(), {}).moving_share > 0.3);
  const MotionMask mask = motion_mask(world.camera(0), right, flows, world.grey(), {});
  if (world.disc_radius > 0)
    CHECK(iou(mask.moving, world.disc_mask(0)) > 0.85);
  else
    CHECK(mask.moving_share == 0);
}

TEST_CASE("poses that are right stay as they are", "[masks]") {
  DiscWorld world;
  world.intrinsics = centred_intrinsics(200, 192, 128);
  world.disc_radius = 0.5;
  world.disc_step = {0, 0.1, 0};
  CHECK(evidence_of(world).pose_correction_px == 0);
}

TEST_CASE("what no flow vector shows is unknown, not static", "[masks]") {
  const DiscWorld world;
  FlowSet flows = world.flows(0);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (auto& flow : flows) {
    FlowMap holed = *flow.flow;
    for (int y = 20; y < 30; ++y)
      for (int x = 40; x < 60; ++x) holed(x, y, 0) = nan;
    flow.flow = std::make_shared<const FlowMap>(std::move(holed));
  }
  const MotionEvidence evidence = motion_evidence(world.camera(0), flows, world.grey(), {});
  CHECK(evidence.unknown(50, 25) == 255);
  CHECK(evidence.evidence(50, 25) == 0);
  CHECK(evidence.unknown(20, 25) == 0);
  CHECK(motion_mask(world.camera(0), evidence, flows, world.grey(), {}).unknown(50, 25) == 255);
}

TEST_CASE("a vector that contradicts the chain of two is not trusted", "[masks]") {
  const DiscWorld world;
  FlowSet flows = world.flows(0);
  for (auto& flow : flows)
    if (flow.offset == 2) {
      FlowMap wrong = *flow.second_half;
      for (auto& value : wrong.values()) value += 3;
      flow.second_half = std::make_shared<const FlowMap>(std::move(wrong));
    }
  const MotionEvidence evidence = motion_evidence(world.camera(0), flows, world.grey(), {});
  CHECK(evidence.observations(48, 32) == 3);
}

TEST_CASE("masks do not depend on the number of threads, and a lonely frame is unknown everywhere",
          "[masks]") {
  DiscWorld world;
  world.disc_radius = 0.5;
  world.disc_step = {0, 0.1, 0};
  set_thread_count(1);
  const MotionEvidence one = evidence_of(world);
  set_thread_count(4);
  const MotionEvidence four = evidence_of(world);
  CHECK(one.evidence.values() == four.evidence.values());
  CHECK(one.inverse_depth.values() == four.inverse_depth.values());
  set_thread_count(0);
  const MotionEvidence none = motion_evidence(world.camera(0), {}, world.grey(), {});
  const MotionMask mask = motion_mask(world.camera(0), none, {}, world.grey(), {});
  CHECK(mask.moving_share == 0);
  CHECK(mask.unknown_share == 1);
}

TEST_CASE("flow of another size is refused", "[masks]") {
  const DiscWorld world;
  CHECK_THROWS_AS(motion_evidence(world.camera(0), world.flows(0), GreyImage(95, 64), {}), Error);
}

TEST_CASE("evidence of neighbours is added where flow leads", "[masks]") {
  const FlowMap there = [] {
    FlowMap flow(8, 4);
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 8; ++x) flow(x, y, 0) = 2;
    return flow;
  }();
  FlowMap back = there;
  for (auto& value : back.values()) value = -value;
  Map<float> neighbour(8, 4);
  neighbour(5, 1) = 1;
  const auto sum = sum_along_flow(Map<float>(8, 4, 0.25f), {{std::make_shared<const Map<float>>(neighbour),
                                                             std::make_shared<const FlowMap>(there),
                                                             std::make_shared<const FlowMap>(back)}});
  CHECK(sum(3, 1) == 0.75f);
  CHECK(sum(2, 1) == 0.25f);
  CHECK(sum(7, 1) == 0.25f);  // leaves the image
}
