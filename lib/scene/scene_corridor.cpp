// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/furniture.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

void add_wall_side(Builder& b, double length, double half_width, double side) {
  const Vec3 inwards(0, -side, 0);
  for (double x = b.uniform(0, 1.5); x < length - 1; x += b.uniform(1.4, 2.4)) {
    const double y = side * half_width;
    const double width = b.uniform(0.6, 1.1), tall = b.uniform(0.5, 0.9), size = b.uniform(0.35, 0.5);
    switch (b.random.below(6)) {
      case 0:
        add_door(b, {{x, y, 0}, inwards});
        break;
      case 1:
        add_plant(b, {x, side * (half_width - 0.3), 0}, b.uniform(0.7, 1.1));
        break;
      case 2:
        add_carton(b, {x, side * (half_width - 0.38), 0}, size, b.uniform(-0.2, 0.2));
        break;
      case 3:
        add_bookcase(b, standing_at({x, side * (half_width - 0.16), 0}, side > 0 ? 0 : M_PI),
                     {1.0, 0.3, b.uniform(0.9, 1.9)});
        break;
      default:
        add_picture(b, {{x, y, b.uniform(1.5, 1.75)}, inwards}, width, tall);
    }
  }
}

}  // namespace

Scene make_corridor(const SceneOptions& options) {
  Builder b(options);
  const double duration_s = options.frames / options.fps, speed = b.uniform(0.7, 1.1);
  const double length = 13 + speed * duration_s, half_width = b.uniform(1.25, 1.7),
               height = b.uniform(2.5, 3.0), middle = length / 2 - 2;
  RoomShell room{{length / 2, half_width}, height, random_floor(b), 0, 0, {}};
  for (int& wall : room.walls) wall = random_wall(b);
  room.ceiling = b.add(tiles(Colour(0.7f, 0.7f, 0.68f), Colour(0.68f, 0.68f, 0.66f),
                             Colour(0.35f, 0.35f, 0.35f), 3, b.pattern_seed()),
                       1.8, 1.8);
  room.skirting = b.plain(b.colour(0.08, 0.12, 0.05, 0.4, 0.2, 0.7));
  add_shell(b, room);
  b.world.objects.back().world_from_object = at_rest(standing_at({middle, 0, 0}));
  for (const double side : {-1.0, 1.0}) add_wall_side(b, length - 2.5, half_width, side);
  add_door(b, {{middle + length / 2, b.uniform(-0.5, 0.5) * half_width, 0}, -Vec3::UnitX()});

  Material tube;
  tube.tint = {1.0f, 0.98f, 0.92f};
  tube.glow = 0.9f;
  const int glow = b.material(tube);
  const double first = b.uniform(0.5, 2);
  for (double x = first; x < length - 2; x += 3)
    add_box(b.still("lamp"), {x, 0, height - 0.03}, {1.1, 0.22, 0.06}, glow);
  // Light comes from the two lamps that matter most: one before the walk's end, one behind its start.
  b.world.lights.push_back({false, {first + 3, 0.1, height - 0.3}, Colour(1.9f, 1.85f, 1.7f), 0.2});
  b.world.lights.push_back({false, {first + 9, -0.1, height - 0.3}, Colour(2.6f, 2.5f, 2.3f), 0.2});
  b.world.ambient = {{0.36f, 0.36f, 0.36f}, {0.3f, 0.29f, 0.27f}, 0.6, 0.95f};
  b.world.sky.visible = false;

  const double weave = b.uniform(0.1, 0.3), rate = b.uniform(0.7, 1.2), phase = b.uniform(0, 6.28),
               eye_height = b.uniform(1.3, 1.6), gaze = b.uniform(0.1, 0.4);
  const MotionPath walk = [=](double time_s) {
    const Vec3 eye(speed * time_s - 0.9, weave * std::sin(rate * time_s + phase),
                   eye_height + 0.02 * std::sin(6 * time_s));
    return look_at(eye, eye + Vec3(4, gaze * std::sin(0.9 * time_s + 2 * phase) * 2, -0.45));
  };
  const Shake shake{0.004, 0.006, b.pattern_seed()};
  return b.finish(shaken(walk, shake), 0.65, 0.95);
}

}  // namespace vd::synth
