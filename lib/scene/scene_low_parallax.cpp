// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/noise.h"
#include "scene/outdoors.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

/// Rolling land that rises to mountains with the distance, x away from the camera; grid centre at (middle_x,
/// 0).
std::shared_ptr<const HeightGrid> valley(double middle_x, int cells, double cell_m, double relief,
                                         std::uint32_t seed) {
  std::vector<double> heights;
  for (int row = 0; row < cells; ++row) {
    for (int column = 0; column < cells; ++column) {
      const double x = middle_x + (column - 0.5 * (cells - 1)) * cell_m,
                   y = (row - 0.5 * (cells - 1)) * cell_m;
      double height = 0, size = 1;
      for (int k = 0; k < 5; ++k) {
        height +=
            gradient_noise(x / (90 * size), y / (90 * size), 0, 0, seed + static_cast<std::uint32_t>(k)) *
            size;
        size *= 0.5;
      }
      const double rise = std::max(0.0, (x - 140) / 200);
      const double near = std::clamp((x - 8) / 35, 0.0, 1.0);  // the slope falls away below the viewpoint
      heights.push_back(-3 - 9 * near + near * (5 * height + relief * rise * rise * (1 + 0.8 * height)));
    }
  }
  return make_height_grid(cells, cells, cell_m, std::move(heights));
}

}  // namespace

Scene make_low_parallax(const SceneOptions& options) {
  Builder b(options);
  add_daylight(b, b.uniform(1.6, 4.7));
  b.world.haze_m = b.uniform(700, 1500);
  const OutdoorMaterials m = make_outdoor_materials(b);
  const auto facades = make_facades(b, 3);
  const int roofs = b.add(Drawn{roof, b.colour(0.0, 0.06, 0.5, 0.75, 0.45, 0.7), b.pattern_seed()}, 4, 4);
  const double middle = 190;
  const double relief = b.uniform(25, 60);
  const auto grid = valley(middle, 161, 2.75, relief, b.pattern_seed());
  const int land = b.add(Drawn{terrain, b.colour(0.2, 0.28, 0.4, 0.65, 0.4, 0.55),
                               b.colour(0.1, 0.16, 0.3, 0.55, 0.55, 0.7), b.pattern_seed()},
                         55, 55, 0.25f);
  b.world.materials.back().variation_m = 40;
  Object& ground = b.still("land", standing_at({middle, 0, 0}));
  ground.casts_shadow = false;
  ground.parts.push_back({HeightField{grid}, SE3{}, land});
  const auto at = [&](double x, double y) { return Vec3(x, y, grid->height(x - middle, y)); };
  for (int k = 0; k < 9; ++k) {
    const double x = b.uniform(45, 130), y = b.uniform(-0.55, 0.55) * x;
    const FacadeMaterial& f = facades[b.random.below(3)];
    const double yaw = M_PI / 2 + b.uniform(-0.6, 0.6);
    add_house(b, f, standing_at(at(x, y) - Vec3(0, 0, 0.6), yaw),
              {f.width_m, b.uniform(7, 9), 0.66 * f.height_m}, roofs, true);
  }
  for (int k = 0; k < 36; ++k) {
    const double x = b.uniform(32, 170), y = b.uniform(-0.65, 0.65) * x;
    add_tree(b, m, at(x, y) - Vec3(0, 0, 0.2), b.uniform(4.5, 9));
  }
  // A terrace's parapet at the lower edge gives the little parallax there is.
  if (b.chance(0.5)) {
    const int stone = b.add(concrete(Colour(0.5f, 0.48f, 0.44f), b.pattern_seed()), 1.2, 1.2);
    add_box(b.still("parapet"), {7, 0, -2.35}, {0.4, 30, 0.5}, stone);
  }
  const double side = (b.chance(0.5) ? 1 : -1) * b.uniform(0.5, 1.1), climb = b.uniform(-0.1, 0.1),
               ahead = b.uniform(0, 0.2);
  const double yaw = b.uniform(-0.1, 0.1), turn = b.uniform(-0.04, 0.04), pitch = b.uniform(-0.1, -0.04);
  const MotionPath path = [=](double time_s) {
    const Vec3 eye(ahead * time_s, side * time_s, 1.5 + climb * std::sin(time_s));
    const double heading = yaw + turn * std::sin(0.8 * time_s);
    return look_at(eye, eye + Vec3(std::cos(heading), std::sin(heading), pitch));
  };
  const Shake shake{0.003, 0.004, b.pattern_seed()};
  return b.finish(shaken(path, shake), 0.8, 1.2);
}

}  // namespace vd::synth
