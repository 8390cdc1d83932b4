// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "catch.h"
#include "core/error.h"
#include "core/parallel.h"
#include "rendered_scene.h"
#include "scene/scene.h"

using namespace vd;

namespace {

SceneOptions tiny(const std::string& name, std::uint64_t seed) {
  SceneOptions options = test::small_scene(name, seed, 8, 96, 54);
  options.noise_sigma = 0;
  return options;
}

constexpr RenderRequest colours_only{true, false, false};

}  // namespace

TEST_CASE("same seed, same bytes for any number of threads", "[scene]") {
  SceneOptions options = tiny("nonrigid", 5);
  options.noise_sigma = 2;
  set_thread_count(1);
  const Scene one = make_scene(options);
  const RenderedFrame a = render(one, 3);
  const SceneTracks tracks_a = sample_tracks(one, 30);
  set_thread_count(2);
  const Scene two = make_scene(options);
  const RenderedFrame b = render(two, 3);
  const SceneTracks tracks_b = sample_tracks(two, 30);
  set_thread_count(0);
  CHECK(a.rgb.values() == b.rgb.values());
  CHECK(a.depth.values() == b.depth.values());
  CHECK(a.ids.values() == b.ids.values());
  CHECK(a.occluded_forward.values() == b.occluded_forward.values());
  for (std::size_t i = 0; i < a.flow_forward.values().size(); ++i) {
    const float u = a.flow_forward.values()[i], v = b.flow_forward.values()[i];
    REQUIRE((u == v || (std::isnan(u) && std::isnan(v))));
  }
  CHECK(tracks_a.xyz.values() == tracks_b.xyz.values());
  CHECK(tracks_a.vis.values() == tracks_b.vis.values());
}

TEST_CASE("another seed is another clip", "[scene]") {
  for (const SceneInfo& info : scene_names()) {
    CAPTURE(info.name);
    const Scene a = make_scene(tiny(info.name, 1)), b = make_scene(tiny(info.name, 2));
    CHECK(a.intrinsics.fx != b.intrinsics.fx);
    CHECK((a.pose(3).translation - b.pose(3).translation).norm() > 1e-6);
    CHECK(render(a, 0, {false, true, false}).depth.values() !=
          render(b, 0, {false, true, false}).depth.values());
  }
}

TEST_CASE("sensor noise has the standard deviation that was asked for", "[scene]") {
  SceneOptions options = tiny("lowtexture", 1);
  options.width = 192;
  options.height = 108;
  const RgbImage clean = render(make_scene(options), 2, colours_only).rgb;
  options.noise_sigma = 4;
  const Scene noisy_scene = make_scene(options);
  const RgbImage noisy = render(noisy_scene, 2, colours_only).rgb,
                 later = render(noisy_scene, 3, colours_only).rgb;
  double sum = 0, squares = 0;
  int count = 0;
  for (std::size_t i = 0; i < clean.values().size(); ++i) {
    if (clean.values()[i] < 24 || clean.values()[i] > 231) continue;
    const double difference = static_cast<double>(noisy.values()[i]) - clean.values()[i];
    sum += difference;
    squares += difference * difference;
    ++count;
  }
  REQUIRE(count > 20000);
  CHECK(std::abs(sum / count) < 0.1);
  // Both pictures are rounded to whole levels: 1/12 each.
  CHECK(std::sqrt(squares / count) == Approx(std::sqrt(16 + 2.0 / 12)).epsilon(0.02));
  CHECK(noisy.values() != later.values());
}

TEST_CASE("motion blur smooths along the motion and leaves the truth alone", "[scene]") {
  SceneOptions options = tiny("street", 4);
  options.fps = 10;
  const Scene sharp_scene = make_scene(options);
  options.motion_blur = true;
  options.shutter = 1;
  const Scene blurred_scene = make_scene(options);
  const RenderedFrame sharp = render(sharp_scene, 3), blurred = render(blurred_scene, 3);
  CHECK(sharp.depth.values() == blurred.depth.values());
  const auto roughness = [](const RgbImage& image) {
    double sum = 0;
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 1; x < image.width(); ++x) sum += std::abs(image(x, y, 1) - image(x - 1, y, 1));
    }
    return sum;
  };
  CHECK(roughness(blurred.rgb) < 0.9 * roughness(sharp.rgb));
  double sharp_mean = 0, blurred_mean = 0;
  for (const std::uint8_t level : sharp.rgb.values()) sharp_mean += level;
  for (const std::uint8_t level : blurred.rgb.values()) blurred_mean += level;
  CHECK(blurred_mean == Approx(sharp_mean).epsilon(0.03));
}

TEST_CASE("colours follow the truth: warping the next frame by the flow gives this one", "[scene]") {
  // On the plain average of absolute differences; the flow must explain nearly all of the change.
  SceneOptions options = tiny("corridor", 3);
  options.width = 256;
  options.height = 144;
  const Scene scene = make_scene(options);
  const RenderedFrame a = render(scene, 2), b = render(scene, 3);
  double warped = 0, unwarped = 0;
  int count = 0;
  for (int y = 0; y < 144; ++y) {
    for (int x = 0; x < 256; ++x) {
      if (a.occluded_forward(x, y) != 0) continue;
      const double tx = x + a.flow_forward(x, y, 0), ty = y + a.flow_forward(x, y, 1);
      const int ix = static_cast<int>(tx), iy = static_cast<int>(ty);
      if (tx < 0 || ty < 0 || ix + 1 >= 256 || iy + 1 >= 144) continue;
      const double fx = tx - ix, fy = ty - iy;
      const double value = (1 - fy) * ((1 - fx) * b.rgb(ix, iy, 1) + fx * b.rgb(ix + 1, iy, 1)) +
                           fy * ((1 - fx) * b.rgb(ix, iy + 1, 1) + fx * b.rgb(ix + 1, iy + 1, 1));
      warped += std::abs(value - a.rgb(x, y, 1));
      unwarped += std::abs(static_cast<double>(b.rgb(x, y, 1)) - a.rgb(x, y, 1));
      ++count;
    }
  }
  REQUIRE(count > 20000);
  CHECK(warped / count < 3.5);
  CHECK(warped < 0.5 * unwarped);
}

TEST_CASE("wrong options are refused", "[scene]") {
  SceneOptions options;
  options.name = "moon";
  CHECK_THROWS_AS(make_scene(options), Error);
  options.name = "room";
  options.width = 8;
  CHECK_THROWS_AS(make_scene(options), Error);
}
