// SPDX-License-Identifier: Apache-2.0
#include "stage/select_stage.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "catch.h"
#include "flow/flow_chain.h"
#include "io/dense.h"
#include "pairs/pair_graph.h"
#include "rendered_scene.h"
#include "temporary_folder.h"

namespace vd {
namespace {

/// A rendered clip with true flow between neighbours alone, and all its true depth and poses.
struct RenderedClip {
  test::TemporaryFolder folder;
  std::vector<RenderedFrame> frames;

  RenderedClip(const std::string& name, std::uint64_t seed, int count) {
    SceneOptions options = test::small_scene(name, seed, count, 96, 64);
    options.fps = 12;
    const Scene scene = make_scene(options);
    ClipInfo info;
    info.frames = count;
    info.width = options.width;
    info.height = options.height;
    for (int k = 0; k < count; ++k) {
      frames.push_back(render(scene, k, {false, true, true}));
      info.times_s.push_back(scene.time_s(k));
      if (k + 1 == count) continue;
      ConfidenceMap seen(options.width, options.height);
      for (std::size_t p = 0; p < seen.pixels(); ++p) {
        seen.values()[p] = frames.back().occluded_forward.values()[p] == 0 ? 1.F : 0.F;
      }
      write_flow(folder / "flow" / "true" / (pair_stem(k, k + 1) + ".exr"), frames.back().flow_forward, seen);
    }
    Clip::write_info(folder.path(), info);
  }
  [[nodiscard]] Clip clip() const { return Clip::open(folder.path()); }
};

/// Pixels of one frame that another sees too, with an angle between the rays that a point can be made of.
std::vector<char> seen_with_parallax(const RenderedFrame& one, const RenderedFrame& other) {
  constexpr double least_angle_rad = 2 * 3.14159265358979 / 180;
  const SE3 other_from_world = inverse(other.world_from_camera);
  std::vector<char> seen(one.depth.pixels(), 0);
  for (int y = 0; y < one.depth.height(); ++y) {
    for (int x = 0; x < one.depth.width(); ++x) {
      const double depth = one.depth(x, y);
      if (depth <= 0) continue;
      const Vec3 point = one.world_from_camera * (depth * one.intrinsics.unproject({x, y}));
      const Vec3 there = other_from_world * point;
      if (there.z() <= 0) continue;
      const Vec2 pixel = other.intrinsics.project(there);
      const auto u = static_cast<int>(std::lround(pixel.x()));
      const auto v = static_cast<int>(std::lround(pixel.y()));
      if (!other.depth.contains(u, v) || std::abs(other.depth(u, v) / there.z() - 1) > 0.05) continue;
      const Vec3 ray = (point - one.world_from_camera.translation).normalized();
      const Vec3 other_ray = (point - other.world_from_camera.translation).normalized();
      const double angle = std::atan2(ray.cross(other_ray).norm(), ray.dot(other_ray));
      seen[static_cast<std::size_t>(y * one.depth.width() + x)] = angle > least_angle_rad ? 1 : 0;
    }
  }
  return seen;
}

/// Share of all pixels that some pair sees with parallax.
double coverage(const RenderedClip& clip, const std::vector<std::pair<int, int>>& pairs) {
  std::vector<std::vector<char>> covered(clip.frames.size(),
                                         std::vector<char>(clip.frames[0].depth.pixels(), 0));
  const auto add = [&](int a, int b) {
    const auto seen = seen_with_parallax(clip.frames[static_cast<std::size_t>(a)],
                                         clip.frames[static_cast<std::size_t>(b)]);
    auto& own = covered[static_cast<std::size_t>(a)];
    for (std::size_t k = 0; k < seen.size(); ++k) own[k] = static_cast<char>(own[k] | seen[k]);
  };
  for (const auto& [a, b] : pairs) {
    add(a, b);
    add(b, a);
  }
  double sum = 0;
  for (const auto& own : covered)
    sum += std::accumulate(own.begin(), own.end(), 0.0) / static_cast<double>(own.size());
  return sum / static_cast<double>(covered.size());
}

std::vector<int> all_frames(int count) {
  std::vector<int> frames(static_cast<std::size_t>(count));
  std::iota(frames.begin(), frames.end(), 0);
  return frames;
}

}  // namespace

TEST_CASE("selected pairs cover more of the scene with parallax than a window of as many pairs", "[stage]") {
  double selected_sum = 0;
  double window_sum = 0;
  for (const char* name : {"corridor", "street", "room"}) {
    for (const std::uint64_t seed : {21U, 22U}) {
      const RenderedClip clip(name, seed, 24);
      PairSelectionOptions options;
      options.budget = 2;
      const PairList selected = select_clip_pairs(clip.clip(), "true", all_frames(24), options);
      PairGraphOptions window;
      window.graph = "swin-2-noncyclic";
      window.symmetrise = false;
      const PairGraph graph = make_pair_graph(24, window);
      REQUIRE(selected.size() <= graph.edges.size());
      const double with_selection = coverage(clip, selected);
      const double with_window = coverage(clip, graph.edges);
      INFO(name << " seed " << seed << ": " << with_selection << " against " << with_window);
      CHECK(with_selection >= with_window - 0.01);
      selected_sum += with_selection;
      window_sum += with_window;
    }
  }
  INFO(selected_sum / 6 << " against " << window_sum / 6);
  CHECK(selected_sum > 1.1 * window_sum);
}

TEST_CASE("a camera that only turns shows no parallax, one that moves does", "[stage][property]") {
  const auto parallax_over = [](const RenderedClip& clip, int steps) {
    CarriedPoints points = spread_points(96, 64, 800);
    for (int k = 0; k < steps; ++k) {
      const FlowFile flow = read_flow(clip.folder / ("flow/true/" + pair_stem(k, k + 1) + ".exr"));
      carry(points, flow.flow, flow.confidence);
    }
    return shared_view(points);
  };
  const RenderedClip still("pan", 5, 8);
  const RenderedClip moving("corridor", 5, 8);
  CHECK(parallax_over(still, 4).parallax < 0.003);
  CHECK(parallax_over(moving, 4).parallax > 2 * parallax_over(still, 4).parallax);
  // What is seen of a frame only shrinks.
  CHECK(parallax_over(moving, 0).overlap == 1);
  CHECK(parallax_over(moving, 2).overlap <= 1);
  CHECK(parallax_over(moving, 6).overlap <= parallax_over(moving, 2).overlap);
}

TEST_CASE("pairs stay inside shots and connect each", "[stage]") {
  const RenderedClip rendered("corridor", 6, 12);
  ClipInfo info = rendered.clip().info();
  info.cuts = {5};
  Clip::write_info(rendered.folder.path(), info);
  const PairList pairs = select_clip_pairs(rendered.clip(), "true", all_frames(12), {});
  PairGraph first, second;
  first.images = 5;
  second.images = 7;
  for (const auto& [a, b] : pairs) {
    REQUIRE((a < 5) == (b < 5));
    if (a < 5)
      first.edges.emplace_back(a, b);
    else
      second.edges.emplace_back(a - 5, b - 5);
  }
  CHECK(is_connected(first));
  CHECK(is_connected(second));
}

}  // namespace vd
