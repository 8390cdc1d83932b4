// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/furniture.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

/// Paint with hardly any structure.
int paint(Builder& b, const Colour& colour) {
  const int material = b.add(plaster(colour, 0.015f, b.pattern_seed()), 1.7, 1.7, 0.02f);
  b.world.materials.back().gloss = 0.03f;
  return material;
}

void add_thing(Builder& b, const Vec3& foot) {
  const int colour = b.plain(b.any_colour(), 0.12f);
  const double size = b.uniform(0.22, 0.42);
  Object& thing = b.still("thing", standing_at(foot, b.uniform(0, 3.1)));
  switch (b.random.below(5)) {
    case 0:
      add_ellipsoid(thing, {0, 0, size}, Vec3::Constant(size), colour);
      break;
    case 1:
      add_box(thing, {0, 0, size}, {1.4 * size, 1.1 * size, 2 * size}, colour);
      break;
    case 2:
      add_cylinder(thing, {0, 0, 1.2 * size}, 0.7 * size, 2.4 * size, colour);
      break;
    case 3:
      add_solid(thing, extruded({{-size, 0}, {size, 0}, {0, 1.6 * size}}, size, 0.4), SE3{}, colour);
      break;
    default:
      add_box(thing, {0, 0, 0.5 * size}, {1.6 * size, 1.6 * size, size}, colour);
      add_ellipsoid(thing, {0, 0, 1.6 * size}, Vec3::Constant(0.6 * size), b.plain(b.any_colour(), 0.2f));
  }
}

}  // namespace

Scene make_low_texture(const SceneOptions& options) {
  Builder b(options);
  RoomShell room{{b.uniform(3.0, 3.6), b.uniform(2.2, 2.8)}, 2.7, 0, 0, -1, {}};
  const Colour tone = b.colour(0, 1, 0.02, 0.16, 0.75, 0.92);
  for (int& wall : room.walls) wall = paint(b, b.chance(0.3) ? b.colour(0, 1, 0.1, 0.35, 0.65, 0.9) : tone);
  room.floor = paint(b, b.colour(0, 1, 0.05, 0.3, 0.4, 0.7));
  room.ceiling = paint(b, Colour(0.8f, 0.8f, 0.78f));
  add_shell(b, room);
  b.world.sky.visible = false;
  b.world.ambient = {{0.3f, 0.31f, 0.33f}, {0.27f, 0.26f, 0.24f}, 0.6, 0.95f};
  b.world.lights.push_back(
      {false, {b.uniform(-1.2, 0.5), b.uniform(-1.2, 1.2), 2.5}, Colour(2.4f, 2.3f, 2.1f), 0.2});
  // One thing in each cell of a grid on the floor, some left out.
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      if (b.chance(0.25)) continue;
      add_thing(b, {-0.4 + 1.2 * i + b.uniform(-0.25, 0.25),
                    (j - 1) * 0.65 * room.half.y() + b.uniform(-0.2, 0.2), 0});
    }
  }
  const int dark = b.plain(b.colour(0, 1, 0.1, 0.5, 0.2, 0.5));
  const double board_y = b.uniform(-0.8, 0.8), board_width = b.uniform(0.8, 1.4);
  add_box(b.still("board"), {room.half.x() - 0.02, board_y, 1.6}, {0.04, board_width, 0.8}, dark);
  const double rate = b.uniform(0.7, 1.0), phase = b.uniform(0, 6.28), reach = b.uniform(0.6, 0.9),
               height = b.uniform(1.2, 1.6), start = -room.half.x() + 0.8;
  const MotionPath view = [=](double time_s) {
    const double angle = rate * time_s + phase;
    return look_at(
        {start + 0.45 * std::cos(angle), reach * std::sin(angle), height + 0.15 * std::sin(1.2 * angle)},
        {1.2, 0.3 * std::sin(0.9 * angle + 1), 0.6});
  };
  const Shake shake{0.003, 0.005, b.pattern_seed()};
  return b.finish(shaken(view, shake), 0.7, 0.95);
}

}  // namespace vd::synth
