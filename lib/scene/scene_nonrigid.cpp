// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/creature.h"
#include "scene/furniture.h"
#include "scene/outdoors.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

/// Garden before a wall, with trees behind it.
void add_garden(Builder& b) {
  add_daylight(b, b.uniform(3.4, 6.0));
  const OutdoorMaterials m = make_outdoor_materials(b);
  const int lawn =
      b.add(b.chance(0.6) ? Drawn{grass, b.colour(0.2, 0.28, 0.5, 0.7, 0.4, 0.55), b.pattern_seed()}
                          : Drawn{pebbles, b.colour(0.06, 0.14, 0.1, 0.3, 0.5, 0.7), 16, b.pattern_seed()},
            1.7, 1.7, 0.3f);
  Object& ground = b.still("ground");
  ground.casts_shadow = false;
  ground.parts.push_back({Rectangle{1e4, 1e4}, SE3{}, lawn});
  const double wall_y = b.uniform(2.4, 3.4), height = b.uniform(1.6, 2.6);
  const int wall = random_wall(b), cap = b.add(concrete(Colour(0.45f, 0.44f, 0.42f), b.pattern_seed()), 1, 1);
  Object& fence = b.still("wall");
  add_box(fence, {0, wall_y, height / 2}, {16, 0.3, height}, wall);
  add_box(fence, {0, wall_y, height + 0.04}, {16.1, 0.4, 0.08}, cap);
  for (double x = -9; x < 10; x += b.uniform(2.5, 4.0)) {
    const double behind = b.uniform(2, 4);
    add_tree(b, m, {x, wall_y + behind, 0}, b.uniform(4, 6.5));
  }
  for (double x = -4; x < 4.5; x += b.uniform(1.6, 2.6)) {
    const double size = b.uniform(0.35, 0.6);
    switch (b.random.below(3)) {
      case 0:
        add_plant(b, {x, wall_y - 0.5, 0}, b.uniform(0.6, 1.2));
        break;
      case 1:
        add_carton(b, {x, wall_y - 0.6, 0}, size, b.uniform(0, 1.5));
        break;
      default:
        add_picture(b, {{x, wall_y - 0.15, height - 0.6}, -Vec3::UnitY()}, b.uniform(0.6, 1.1), 0.6);
    }
  }
}

/// A stage in a hall.
void add_hall(Builder& b) {
  RoomShell room{{5.5, 4.2}, 3.2, random_floor(b), 0, 0, {}};
  for (int& wall : room.walls) wall = random_wall(b);
  room.ceiling = b.add(plaster(Colour(0.75f, 0.74f, 0.7f), 0.1f, b.pattern_seed()), 2, 2);
  room.skirting = b.plain(b.colour(0.08, 0.12, 0.05, 0.4, 0.3, 0.9));
  add_shell(b, room);
  b.world.sky.visible = false;
  b.world.ambient = {{0.3f, 0.31f, 0.33f}, {0.26f, 0.25f, 0.23f}, 0.6, 0.95f};
  b.world.lights.push_back({false, {b.uniform(-2.5, 2.5), -1.5, 3.0}, Colour(4.6f, 4.4f, 4.0f), 0.25});
  for (double x = -4.2; x < 4.5; x += b.uniform(1.5, 2.1)) {
    if (b.chance(0.5)) {
      const double width = b.uniform(0.8, 1.3);
      add_picture(b, {{x, room.half.y(), 1.75}, -Vec3::UnitY()}, width, b.uniform(0.7, 1.1));
    } else {
      add_bookcase(b, standing_at({x, room.half.y() - 0.2, 0}), {1.1, 0.36, b.uniform(1.2, 2.0)});
    }
  }
  const double carton_x = b.uniform(-2.5, 2.5);
  add_carton(b, {carton_x, 2.7, 0}, 0.5, b.uniform(0, 1.5));
  const int carpet =
      b.add(Drawn{rug, b.any_colour(), b.any_colour(), b.any_colour(), b.pattern_seed()}, 4, 2.6);
  add_box(b.still("rug"), {0, 0.3, 0.006}, {4, 2.6, 0.012}, carpet);
}

}  // namespace

Scene make_nonrigid(const SceneOptions& options) {
  Builder b(options);
  const bool outside = b.chance(0.5);
  if (outside)
    add_garden(b);
  else
    add_hall(b);
  // The creature walks round a flat ellipse before the camera, which follows it with some delay.
  const double turn = b.chance(0.5) ? 1 : -1;
  const Loop loop{{0, 0.5, 0.012},
                  b.uniform(1.0, 1.4),
                  b.uniform(0.3, 0.6),
                  turn * b.uniform(0.35, 0.7),
                  (turn > 0 ? 4.2 : 5.2) + b.uniform(-0.5, 0.5)};
  const MotionPath walk = circling(loop);
  add_creature(b, walk, b.uniform(1.4, 1.8));
  if (b.chance(0.7)) {
    const double side = b.chance(0.5) ? 1 : -1, x = side * b.uniform(1.3, 1.7);
    const SE3 place = standing_at({x, 1.7, 0.012}, b.uniform(0, 3));
    add_jelly(b, at_rest(place), b.uniform(0.25, 0.4));
  }
  const double rate = b.uniform(0.6, 0.9), phase = b.uniform(0, 6.28), reach = b.uniform(0.6, 0.9),
               height = b.uniform(1.0, 1.5), back = b.uniform(2.5, 3.0);
  const MotionPath view = [=](double time_s) {
    const Vec3 seen = walk(time_s - 0.4).translation;
    const Vec3 eye(reach * std::sin(rate * time_s + phase), -back + 0.4 * std::cos(rate * time_s + phase),
                   height + 0.1 * std::sin(1.2 * rate * time_s + phase));
    return look_at(eye, {0.55 * seen.x(), 0.7, 0.62});
  };
  const Shake shake{0.004, 0.006, b.pattern_seed()};
  return b.finish(shaken(view, shake), 0.75, 1.0);
}

}  // namespace vd::synth
