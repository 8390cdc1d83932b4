// SPDX-License-Identifier: Apache-2.0
// Every map of a rendered frame is checked against another one that says the same thing.
#include <cmath>

#include "catch.h"
#include "image/sample.h"
#include "rendered_scene.h"
#include "scene/ray_caster.h"
#include "scene/scene.h"

using namespace vd;

namespace {

Scene small_scene(const std::string& name, std::uint64_t seed) {
  return make_scene(test::small_scene(name, seed, 12, 128, 72));
}

constexpr RenderRequest truth_only{false, true, true};

std::string any_scene() {
  std::vector<std::string> names;
  for (const SceneInfo& info : scene_names()) names.push_back(info.name);
  return GENERATE_COPY(from_range(names));
}

/// Where a pixel of a static surface goes by depth and poses alone.
Vec2 ego_flow(const RenderedFrame& frame, const SE3& world_from_other, int x, int y) {
  const Vec3 in_camera = static_cast<double>(frame.depth(x, y)) * frame.intrinsics.unproject(Vec2(x, y));
  const Vec3 in_other = inverse(world_from_other) * (frame.world_from_camera * in_camera);
  return frame.intrinsics.project(in_other) - Vec2(x, y);
}

Vec2 flow_at(const FlowMap& flow, int x, int y) { return {flow(x, y, 0), flow(x, y, 1)}; }

}  // namespace

TEST_CASE("flow of static pixels is what depth and poses say", "[scene][truth]") {
  const std::string name = any_scene();
  const std::uint64_t seed = GENERATE(0, 7);
  CAPTURE(name, seed);
  const Scene scene = small_scene(name, seed);
  const RenderedFrame frame = render(scene, 4, truth_only);
  double worst = 0;
  int checked = 0;
  for (int y = 0; y < 72; ++y) {
    for (int x = 0; x < 128; ++x) {
      if (frame.depth(x, y) == 0) {
        REQUIRE(std::isnan(frame.flow_forward(x, y)));
        REQUIRE(frame.ids(x, y) == 0);
        continue;
      }
      REQUIRE(frame.ids(x, y) > 0);
      if (frame.dynamic(x, y) != 0 || std::isnan(frame.flow_forward(x, y))) continue;
      worst =
          std::max(worst, (flow_at(frame.flow_forward, x, y) - ego_flow(frame, scene.pose(5), x, y)).norm());
      worst =
          std::max(worst, (flow_at(frame.flow_backward, x, y) - ego_flow(frame, scene.pose(3), x, y)).norm());
      ++checked;
    }
  }
  CHECK(checked > 128 * 72 / 5);
  CHECK(worst < 1e-3);
}

TEST_CASE("the place a visible pixel flows to shows the same material point", "[scene][truth]") {
  const std::string name = any_scene();
  CAPTURE(name);
  const Scene scene = small_scene(name, 3);
  const RenderedFrame frame = render(scene, 6, truth_only);
  const synth::RayCaster now(*scene.world, scene.time_s(6)), next(*scene.world, scene.time_s(7));
  const SE3 world_from_next = scene.pose(7);
  int visible = 0, hidden_inside = 0, covered = 0, returned = 0;
  for (int y = 0; y < 72; ++y) {
    for (int x = 0; x < 128; ++x) {
      if (frame.depth(x, y) == 0) continue;
      const Vec2 target = Vec2(x, y) + flow_at(frame.flow_forward, x, y);
      const synth::Ray ray{world_from_next.translation,
                           world_from_next.rotation * frame.intrinsics.unproject(target)};
      const auto hit = next.closest(ray, 1e-3, 1e5);
      if (frame.occluded_forward(x, y) != 0) {
        if (target.x() < 0 || target.y() < 0 || target.x() > 127 || target.y() > 71) continue;
        // Something lies before the point: what the ray meets there is another point.
        ++hidden_inside;
        const auto here =
            now.closest({frame.world_from_camera.translation,
                         frame.world_from_camera.rotation * frame.intrinsics.unproject(Vec2(x, y))},
                        1e-3, 1e5);
        REQUIRE(here);
        const double depth = (inverse(world_from_next) * next.position(now.surface_point(*here))).z();
        if (hit && hit->t < depth * (1 - 1e-7)) ++covered;
        continue;
      }
      ++visible;
      REQUIRE(hit);
      // Back in this frame, the point met there is the pixel again.
      const Vec3 point = inverse(frame.world_from_camera) * now.position(next.surface_point(*hit));
      if ((frame.intrinsics.project(point) - Vec2(x, y)).norm() < 1e-3 &&
          std::abs(point.z() / frame.depth(x, y) - 1) < 1e-4)
        ++returned;
    }
  }
  CHECK(visible > 3000);
  // Where a ray passes an edge within a rounding error of the flow it may meet the neighbour.
  CHECK(returned >= visible - visible / 500);
  CHECK(covered >= hidden_inside - 1 - hidden_inside / 50);
}

TEST_CASE("forward and backward flow cancel inside surfaces that stay visible", "[scene][truth]") {
  const std::string name = any_scene();
  CAPTURE(name);
  const Scene scene = small_scene(name, 1);
  const RenderedFrame a = render(scene, 4, truth_only), b = render(scene, 5, truth_only);
  int cancelled = 0, checked = 0;
  for (int y = 0; y < 72; ++y) {
    for (int x = 0; x < 128; ++x) {
      if (a.depth(x, y) == 0 || a.occluded_forward(x, y) != 0) continue;
      const Vec2 forward = flow_at(a.flow_forward, x, y), target = Vec2(x, y) + forward;
      const auto backward = sample_bilinear(b.flow_backward, target.x(), target.y());
      if (!backward) continue;
      ++checked;
      if ((forward + Vec2((*backward)[0], (*backward)[1])).norm() < 0.1) ++cancelled;
    }
  }
  // The backward flow is interpolated between four pixels; it differs at the borders of things only.
  CHECK(cancelled > 0.85 * checked);
}

TEST_CASE("the dynamic mask is where flow differs from the camera's own", "[scene][truth]") {
  const std::string name = GENERATE(as<std::string>{}, "room", "street", "nonrigid");
  CAPTURE(name);
  int moving = 0, differs = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Scene scene = small_scene(name, seed);
    const RenderedFrame frame = render(scene, 5, truth_only);
    for (int y = 0; y < 72; ++y) {
      for (int x = 0; x < 128; ++x) {
        if (frame.dynamic(x, y) == 0 || std::isnan(frame.flow_forward(x, y))) continue;
        ++moving;
        if ((flow_at(frame.flow_forward, x, y) - ego_flow(frame, scene.pose(6), x, y)).norm() > 1e-3)
          ++differs;
      }
    }
  }
  CHECK(moving > 400);
  CHECK(differs > 0.97 * moving);  // feet and turning points rest for a moment
}

TEST_CASE("scenes without movers have an empty dynamic mask, scenes with movers show them",
          "[scene][truth]") {
  for (const SceneInfo& info : scene_names()) {
    CAPTURE(info.name);
    int moving = 0;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const RenderedFrame frame = render(small_scene(info.name, seed), 6, {false, true, false});
      for (const std::uint8_t value : frame.dynamic.values()) moving += value != 0;
    }
    CHECK((moving > 0) == info.has_movers);
  }
}

TEST_CASE("tracks reproject, rest on the depth map and are static where the scene is", "[scene][truth]") {
  const std::string name = any_scene();
  CAPTURE(name);
  const Scene scene = small_scene(name, 2);
  const SceneTracks tracks = sample_tracks(scene, 60);
  const int count = tracks.xyz.width();
  REQUIRE(count == 60);
  REQUIRE(tracks.xyz.height() == 12);
  std::vector<RenderedFrame> frames;
  for (int f = 0; f < 12; ++f) frames.push_back(render(scene, f, {false, true, false}));
  double worst_pixel = 0, worst_depth = 0, most_static_motion = 0;
  int moved = 0, dynamic = 0;
  for (int n = 0; n < count; ++n) {
    double motion = 0;
    for (int f = 0; f < 12; ++f) {
      const Vec3 world(tracks.xyz(n, f, 0), tracks.xyz(n, f, 1), tracks.xyz(n, f, 2));
      const Vec3 first(tracks.xyz(n, 0, 0), tracks.xyz(n, 0, 1), tracks.xyz(n, 0, 2));
      motion = std::max(motion, (world - first).norm());
      const Vec3 in_camera = inverse(frames[f].world_from_camera) * world;
      if (in_camera.z() < 0.1) continue;
      const Vec2 pixel(tracks.xy(n, f, 0), tracks.xy(n, f, 1));
      worst_pixel = std::max(worst_pixel,
                             (frames[f].intrinsics.project(in_camera) - pixel).norm() / (1 + pixel.norm()));
      if (f != tracks.query_frame[n]) continue;
      const int x = static_cast<int>(std::lround(pixel.x())), y = static_cast<int>(std::lround(pixel.y()));
      REQUIRE(frames[f].depth.contains(x, y));
      CHECK(tracks.vis(n, f) == 1);
      CHECK(frames[f].ids(x, y) == tracks.object_id[n]);
      CHECK((frames[f].dynamic(x, y) != 0) == (tracks.dynamic[n] != 0));
      CHECK((pixel - Vec2(x, y)).norm() < 1e-3);
      worst_depth = std::max(worst_depth, std::abs(in_camera.z() / frames[f].depth(x, y) - 1));
    }
    if (tracks.dynamic[n])
      ++dynamic, moved += motion > 1e-3;
    else
      most_static_motion = std::max(most_static_motion, motion);
  }
  CHECK(worst_pixel < 1e-4);
  CHECK(worst_depth < 1e-5);
  CHECK(most_static_motion == 0);
  CHECK(moved == dynamic);
}

TEST_CASE("the camera moves as a real one does and meets nothing", "[scene][truth]") {
  for (const SceneInfo& info : scene_names()) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      CAPTURE(info.name, seed);
      const Scene scene = small_scene(info.name, seed);
      double way = 0, turn = 0;
      for (int f = 1; f < 12; ++f) {
        const SE3 step = inverse(scene.pose(f - 1)) * scene.pose(f);
        way += step.translation.norm();
        turn += rotation_angle_rad(step.rotation);
      }
      if (!info.camera_translates) CHECK(way == 0);
      if (info.name == "street") CHECK((way / 11 > 0.29 && way / 11 < 0.6));
      if (info.name == "room" || info.name == "nonrigid" || info.name == "corridor")
        CHECK((way / 11 > 0.01 && way / 11 < 0.07));
      if (info.name == "orbit") CHECK((turn > 0.9 && turn < 1.8));
      const RenderedFrame frame = render(scene, 8, {false, true, false});
      float nearest = 1e9f;
      for (const float depth : frame.depth.values()) {
        if (depth > 0) nearest = std::min(nearest, depth);
      }
      CHECK(nearest > 0.35f);
    }
  }
}
