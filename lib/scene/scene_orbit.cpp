// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/furniture.h"
#include "scene/outdoors.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

/// Something worth walking around, about a metre high, on a plinth or on the floor.
void add_exhibit(Builder& b, const Vec3& foot) {
  const double side = b.uniform(0.45, 0.6), height = b.uniform(0.3, 0.6);
  const int stone =
      b.add(b.chance(0.5) ? Drawn{marble, b.any_colour(), b.any_colour(), b.pattern_seed()}
                          : Drawn{concrete, b.colour(0, 1, 0.1, 0.4, 0.5, 0.8), b.pattern_seed()},
            0.9, 0.9);
  const int skin = b.add_mapped(Drawn{spots, b.any_colour(), b.any_colour(), 9, b.pattern_seed()},
                                Mapping::three_axes, 0.6);
  b.world.materials.back().gloss = 0.1f;
  const int globe = b.add_mapped(Drawn{beach_ball, b.any_colour(), b.any_colour(), 10, b.pattern_seed()},
                                 Mapping::globe, 1);
  b.world.materials.back().gloss = 0.2f;
  const int goods = random_goods(b, 0.45),
            wooden = b.add(Drawn{wood, b.colour(0.04, 0.11, 0.4, 0.7, 0.4, 0.8), b.pattern_seed()}, 0.8, 0.6);
  Object& plinth = b.still("plinth", standing_at(foot, b.uniform(0, 1.5)));
  add_box(plinth, {0, 0, height / 2}, {side, side, height}, stone);
  add_box(plinth, {0, 0, 0.03}, {side + 0.1, side + 0.1, 0.06}, stone);
  Object& thing = b.still("exhibit", standing_at(foot + Vec3(0, 0, height), b.uniform(0, 3.1)));
  switch (b.random.below(4)) {
    case 0:
      add_ellipsoid(thing, {0, 0, 0.25}, Vec3::Constant(0.25), globe);
      break;
    case 1:
      add_ellipsoid(thing, {0, 0, 0.22}, {0.2, 0.2, 0.24}, skin);
      add_cylinder(thing, {0, 0, 0.48}, 0.08, 0.16, skin);
      add_cylinder(thing, {0, 0, 0.57}, 0.12, 0.03, skin);
      break;
    case 2:
      add_box(thing, {0, 0, 0.19}, {0.38, 0.38, 0.38}, goods);
      add_box(thing, {0.02, 0.03, 0.48}, {0.22, 0.22, 0.2}, wooden, 0.5);
      break;
    default:
      add_ellipsoid(thing, {0, 0, 0.2}, {0.22, 0.16, 0.2}, skin);
      add_ellipsoid(thing, {0.12, 0, 0.45}, {0.12, 0.11, 0.13}, skin);
      add_ellipsoid(thing, {0.24, 0, 0.42}, {0.06, 0.05, 0.05}, wooden);
      for (const double s : {-0.07, 0.07}) add_ellipsoid(thing, {0.1, s, 0.6}, {0.03, 0.04, 0.1}, skin);
  }
}

void add_gallery(Builder& b) {
  RoomShell room{{5.2, 5.2}, 3.4, random_floor(b), 0, 0, {}};
  for (int& wall : room.walls) wall = random_wall(b);
  room.ceiling = b.add(plaster(Colour(0.75f, 0.74f, 0.7f), 0.1f, b.pattern_seed()), 2, 2);
  room.skirting = b.plain(b.colour(0.08, 0.12, 0.05, 0.4, 0.3, 0.9));
  add_shell(b, room);
  for (const Vec3& normal : {Vec3(1, 0, 0), Vec3(-1, 0, 0), Vec3(0, 1, 0), Vec3(0, -1, 0)}) {
    const Vec3 along = Vec3::UnitZ().cross(normal);
    for (double s = -3.9; s < 4.2; s += b.uniform(1.5, 2.2)) {
      if (b.chance(0.25)) continue;
      const double height = b.uniform(1.6, 1.8), width = b.uniform(0.7, 1.3);
      add_picture(b, {-normal * 5.2 + along * s + Vec3(0, 0, height), normal}, width, b.uniform(0.6, 1.1));
    }
  }
  b.world.sky.visible = false;
  b.world.ambient = {{0.3f, 0.31f, 0.33f}, {0.26f, 0.25f, 0.23f}, 0.6, 0.95f};
  b.world.lights.push_back(
      {false, {b.uniform(-1.5, 1.5), b.uniform(-1.5, 1.5), 3.1}, Colour(4.2f, 4.0f, 3.7f), 0.25});
}

void add_park(Builder& b) {
  add_daylight(b, b.uniform(0, 6.28));
  const OutdoorMaterials m = make_outdoor_materials(b);
  const auto facades = make_facades(b, 3);
  const int roofs = b.add(Drawn{roof, b.colour(0.0, 0.06, 0.5, 0.7, 0.4, 0.6), b.pattern_seed()}, 4, 4);
  const int lawn =
      b.add(b.chance(0.4) ? Drawn{grass, b.colour(0.2, 0.28, 0.5, 0.7, 0.4, 0.55), b.pattern_seed()}
                          : Drawn{pebbles, b.colour(0.06, 0.14, 0.1, 0.3, 0.5, 0.7), 16, b.pattern_seed()},
            1.8, 1.8, 0.3f);
  Object& ground = b.still("ground");
  ground.casts_shadow = false;
  ground.parts.push_back({Rectangle{1e4, 1e4}, SE3{}, lawn});
  for (int k = 0; k < 16; ++k) {
    const double angle = 0.3927 * k + b.uniform(-0.1, 0.1), far = b.uniform(7, 11);
    add_tree(b, m, {far * std::cos(angle), far * std::sin(angle), 0}, b.uniform(3.5, 6));
    if (k % 2 != 0) continue;
    const FacadeMaterial& f = facades[b.random.below(3)];
    const double house = b.uniform(22, 28);
    add_house(b, f, standing_at({house * std::cos(angle), house * std::sin(angle), 0}, angle + M_PI / 2),
              {f.width_m, 9, f.height_m}, roofs, true);
  }
}

}  // namespace

Scene make_orbit(const SceneOptions& options) {
  Builder b(options);
  if (b.chance(0.6))
    add_gallery(b);
  else
    add_park(b);
  add_exhibit(b, {0, 0, 0});
  for (int k = 0; k < 5; ++k) {
    const double angle = 1.2566 * k + b.uniform(-0.25, 0.25), far = b.uniform(0.95, 1.25);
    const Vec3 foot(far * std::cos(angle), far * std::sin(angle), 0);
    const double size = b.uniform(0.35, 0.6);
    if (b.chance(0.55))
      add_exhibit(b, foot);
    else
      add_carton(b, foot, size, b.uniform(0, 1.5));
  }
  const double total = b.uniform(1.06, 1.56), start = b.uniform(0, 6.28), sense = b.chance(0.5) ? 1 : -1,
               radius = b.uniform(2.9, 3.5), height = b.uniform(1.3, 1.9);
  const double duration_s = std::max(1, options.frames - 1) / options.fps;
  const MotionPath round = [=](double time_s) {
    const double angle = start + sense * total * time_s / duration_s;
    return look_at({radius * std::cos(angle), radius * std::sin(angle), height + 0.15 * std::sin(2 * angle)},
                   {0, 0, 0.5});
  };
  const Shake shake{0.004, 0.006, b.pattern_seed()};
  return b.finish(shaken(round, shake), 0.8, 1.05);
}

}  // namespace vd::synth
