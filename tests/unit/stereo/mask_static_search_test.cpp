// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "core/random.h"
#include "stereo/masks.h"

using namespace vd;

namespace {

constexpr int width = 160, height = 120;
constexpr int shift = 3;   // px a frame by which the wall moves to the left
constexpr int period = 8;  // px a frame by which the patch moves, or seems to, down

/// A wall before a camera that moves to the right, and a patch that moves down as well: its texture in truth,
/// or only in its flow.
struct PatchWorld {
  bool repeating = false;  // the texture comes again after 8 pixels
  bool moves = false;      // the patch in the images, not only in the flow

  static bool in_patch(int x, int y) { return x >= 50 && x < 110 && y >= 35 && y < 85; }

  [[nodiscard]] std::uint8_t texture(int x, int y) const {
    const auto wrap = [&](int v) { return repeating ? ((v % period) + period) % period : v + 500; };
    Random random(static_cast<std::uint64_t>(wrap(x)) * 4096 + static_cast<std::uint64_t>(wrap(y)));
    return static_cast<std::uint8_t>(random.uniform(20, 230));
  }

  [[nodiscard]] GreyImage image(int time) const {
    GreyImage grey(width, height);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const int own_y = y - period * time;  // where the patch's point was at time 0
        const bool patch = moves && in_patch(x + shift * time, own_y);
        grey(x, y) = texture(x + shift * time, patch ? own_y + 1000 : y);
      }
    return grey;
  }

  [[nodiscard]] Camera camera(int time) const {
    return {centred_intrinsics(100, width, height), {Quat::Identity(), Vec3(0.01 * shift * time, 0, 0)}};
  }

  [[nodiscard]] std::shared_ptr<const FlowMap> flow(int from, int to) const {
    FlowMap map(width, height);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        map(x, y, 0) = static_cast<float>(-shift * (to - from));
        const bool patch = in_patch(x + shift * from, y - period * from);
        map(x, y, 1) = static_cast<float>(patch ? period * (to - from) : 0);
      }
    return std::make_shared<const FlowMap>(std::move(map));
  }

  [[nodiscard]] MotionEvidence evidence(bool with_images) const {
    FlowSet flows;
    for (const int offset : {-2, -1, 1, 2}) {
      NeighbourFlow neighbour{offset, camera(offset), flow(0, offset), flow(offset, 0), nullptr, nullptr};
      if (offset % 2 == 0) neighbour.second_half = flow(offset / 2, offset);
      if (with_images) neighbour.grey = std::make_shared<const GreyImage>(image(offset));
      flows.push_back(std::move(neighbour));
    }
    return motion_evidence(camera(0), flows, image(0), {});
  }
};

}  // namespace

TEST_CASE("flow that locks onto the next of repeated things is no motion", "[masks]") {
  const PatchWorld world{true, false};
  CHECK(world.evidence(false).evidence(80, 60) > 0.8F);  // the most there is: a residual of 6 sigma
  const MotionEvidence asked = world.evidence(true);
  for (int y = 45; y < 75; ++y)
    for (int x = 60; x < 100; ++x) REQUIRE(asked.evidence(x, y) <= 0);
}

TEST_CASE("a texture that no static depth explains moves", "[masks]") {
  const PatchWorld world{false, true};
  const MotionEvidence asked = world.evidence(true);
  for (int y = 45; y < 75; ++y)
    for (int x = 60; x < 100; ++x) REQUIRE(asked.evidence(x, y) > 0.8F);
  CHECK(asked.evidence(20, 20) == -1.0F);
}
