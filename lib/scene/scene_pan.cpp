// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/outdoors.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

/// A square closed by houses on four sides, with trees, lamps, parked cars and a fountain.
void add_square(Builder& b) {
  add_daylight(b, b.uniform(0, 6.28));
  const OutdoorMaterials m = make_outdoor_materials(b);
  const auto facades = make_facades(b, 5);
  const int roof_material =
      b.add(Drawn{roof, b.colour(0.0, 0.06, 0.5, 0.7, 0.4, 0.6), b.pattern_seed()}, 4, 4);
  const int paving =
      b.add(b.chance(0.5) ? Drawn{pebbles, b.colour(0.05, 0.15, 0.05, 0.15, 0.5, 0.6), 14, b.pattern_seed()}
                          : Drawn{tiles, b.colour(0.05, 0.12, 0.05, 0.2, 0.5, 0.65),
                                  b.colour(0.0, 0.1, 0.1, 0.3, 0.4, 0.6), Colour(0.12f, 0.12f, 0.11f), 4,
                                  b.pattern_seed()},
            2.2, 2.2, 0.2f);
  Object& ground = b.still("ground");
  ground.casts_shadow = false;
  ground.parts.push_back({Rectangle{1e4, 1e4}, SE3{}, paving});
  const double half = b.uniform(15, 20);
  for (int side = 0; side < 4; ++side) {
    const double yaw = 0.5 * M_PI * side;
    const Vec3 out(std::cos(yaw), std::sin(yaw), 0), along(-std::sin(yaw), std::cos(yaw), 0);
    std::size_t k = b.random.below(5);
    for (double s = -half - 6; s < half + 6; k = (k + 1 + b.random.below(3)) % 5) {
      const FacadeMaterial& f = facades[k];
      const double away = b.uniform(5, 5.8);
      add_house(b, f, standing_at(out * (half + away) + along * (s + f.width_m / 2), yaw + M_PI / 2),
                {f.width_m, 10, f.height_m}, roof_material, b.chance(0.7));
      s += f.width_m + (b.chance(0.25) ? b.uniform(2, 5) : 0.02);
    }
    for (double s = -half + 2; s < half - 2; s += b.uniform(5, 8)) {
      const Vec3 foot = out * (half - b.uniform(3, 6)) + along * s;
      const double skew_rad = b.uniform(-0.2, 0.2);
      if (b.chance(0.5))
        add_tree(b, m, foot, b.uniform(4, 6.5));
      else if (b.chance(0.4))
        add_street_lamp(b, m, foot, along);
      else
        add_car(b, m, static_cast<CarKind>(b.random.below(3)), at_rest(standing_at(foot, yaw + skew_rad)), 0);
    }
  }
  const int stone = b.add(concrete(Colour(0.5f, 0.48f, 0.43f), b.pattern_seed()), 1.5, 1.5);
  const double angle = b.uniform(0, 6.28);
  Object& fountain = b.still("fountain", standing_at({7 * std::cos(angle), 7 * std::sin(angle), 0}));
  add_cylinder(fountain, {0, 0, 0.25}, 1.8, 0.5, stone);
  add_cylinder(fountain, {0, 0, 0.9}, 0.3, 1.8, stone);
  add_ellipsoid(fountain, {0, 0, 1.8}, {0.9, 0.9, 0.25}, stone);
  add_ellipsoid(fountain, {0, 0, 2.2}, {0.3, 0.3, 0.4}, stone);
}

}  // namespace

Scene make_pan(const SceneOptions& options) {
  Builder b(options);
  add_square(b);
  const Vec3 eye{b.uniform(-2, 2), b.uniform(-2, 2), b.uniform(1.4, 1.9)};
  const double start = b.uniform(0, 6.28), speed = (b.chance(0.5) ? 1 : -1) * b.uniform(0.15, 0.5);
  const double pitch = b.uniform(-0.02, 0.12), nod = b.uniform(0.03, 0.1), roll = b.uniform(0.01, 0.06),
               phase = b.uniform(0, 6.28);
  const MotionPath turn = [=](double time_s) {
    // To and fro over 1.2 rad, so that the speed stays the same for clips of any length.
    const double yaw = start + 1.2 * std::sin(speed / 1.2 * time_s),
                 tilt = pitch + nod * std::sin(1.3 * time_s + phase);
    return look_at(eye, eye + Vec3(std::cos(yaw), std::sin(yaw), tilt),
                   roll * std::sin(1.1 * time_s + 2 * phase));
  };
  const Shake shake{0.003, 0, b.pattern_seed()};
  return b.finish(shaken(turn, shake), 0.6, 1.0);
}

}  // namespace vd::synth
