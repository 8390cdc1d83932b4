// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/furniture.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

void light_room(Builder& b, const RoomShell& room) {
  const Colour warm = b.chance(0.5) ? Colour(1.0f, 0.93f, 0.82f) : Colour(0.95f, 0.98f, 1.0f);
  b.world.lights.push_back(
      {false, {b.uniform(-0.8, 0.3), b.uniform(-0.6, 0.6), room.height - 0.15}, 2.0f * warm, 0.16});
  // Daylight from the window on the far wall, low and from the side.
  b.world.lights.push_back({false,
                            {room.half.x() - 0.5, b.uniform(-0.5, 0.5) * room.half.y(), 1.9},
                            Colour(1.1f, 1.2f, 1.3f),
                            0.22});
  b.world.ambient = {{0.30f, 0.31f, 0.33f}, {0.27f, 0.25f, 0.23f}, 0.55, 0.95f};
  b.world.sky.visible = false;
}

void furnish(Builder& b, const RoomShell& room) {
  const double x = room.half.x(), y = room.half.y();
  const double side = b.chance(0.5) ? 1 : -1;  // sofa on this side, table on the other
  const double window_y = side * b.uniform(0.1, 0.25) * y;
  add_window(b, {{x, window_y, 1.55}, -Vec3::UnitX()}, b.uniform(1.1, 1.6), 1.2);
  add_bookcase(b, standing_at({x - 0.2, -side * (y - 0.8), 0}, -M_PI / 2),
               {b.uniform(0.9, 1.3), 0.36, b.uniform(1.5, 2.1)});
  add_plant(b, {x - 0.45, side * (y - 0.45), 0}, b.uniform(0.8, 1.2));
  const double sofa_x = b.uniform(0.4, 1.0);
  add_sofa(b, standing_at({sofa_x, side * (y - 0.5), 0}, side > 0 ? 0 : M_PI), b.uniform(1.6, 2.1));
  const double first_x = b.uniform(0.3, 0.8), first_width = b.uniform(0.7, 1.2);
  add_picture(b, {{first_x, side * y, 1.65}, Vec3(0, -side, 0)}, first_width, b.uniform(0.5, 0.75));
  const double second_x = b.uniform(-1.2, -0.6);
  add_picture(b, {{second_x, side * y, 1.6}, Vec3(0, -side, 0)}, 0.5, b.uniform(0.5, 0.75));
  const Vec3 table(b.uniform(0.3, 0.8), -side * (y - 0.75), 0);
  add_table(b, standing_at(table), {1.5, 0.8, 0.74});
  add_clutter(b, table + Vec3(0, 0, 0.74), {0.7, 0.35}, 4);
  add_chair(b,
            standing_at(table + Vec3(-0.35, side * 0.62, 0), (side > 0 ? 0 : M_PI) + b.uniform(-0.4, 0.4)));
  const double third_width = b.uniform(0.8, 1.3);
  add_picture(b, {{table.x() + 0.2, -side * y, 1.7}, Vec3(0, side, 0)}, third_width, b.uniform(0.5, 0.8));
  if (b.chance(0.6)) add_floor_lamp(b, {-0.6, -side * (y - 0.35), 0});
  const double carton_x = b.uniform(-1.2, -0.9), carton = b.uniform(0.35, 0.5);
  add_carton(b, {carton_x, side * (y - 0.4), 0}, carton, b.uniform(0, 1.5));
  const int carpet =
      b.add(Drawn{rug, b.any_colour(), b.any_colour(), b.any_colour(), b.pattern_seed()}, 2.2, 1.6);
  add_box(b.still("rug"), {b.uniform(0.2, 0.6), side * 0.1, 0.006}, {2.2, 1.6, 0.012}, carpet);
}

/// A ball that rolls across the view, a toy truck that drives round the rug, and sometimes a balloon in the
/// air.
void add_movers(Builder& b) {
  const double radius = b.uniform(0.18, 0.28);
  const int skin =
      b.add_mapped(Drawn{beach_ball, b.any_colour(), b.any_colour(), 8, b.pattern_seed()}, Mapping::globe, 1);
  b.world.materials.back().gloss = 0.25f;
  const double heading = b.uniform(1.2, 1.9);
  const RollingBall ball{{b.uniform(-0.3, 0.1), 0, radius + 0.012},
                         {std::cos(heading), std::sin(heading), 0},
                         b.uniform(0.6, 0.8),
                         radius,
                         b.uniform(0.9, 1.6),
                         b.uniform(0, 6.28)};
  add_ellipsoid(b.moving("ball", rolling(ball)), Vec3::Zero(), Vec3::Constant(radius), skin);

  const Loop loop{{0.75, 0, 0.012},
                  b.uniform(0.5, 0.7),
                  b.uniform(0.35, 0.5),
                  (b.chance(0.5) ? 1 : -1) * b.uniform(0.8, 1.4),
                  b.uniform(0, 6.28)};
  const MotionPath drive = circling(loop);
  const double size = b.uniform(1.2, 1.6);
  const int body = b.add(Drawn{spots, b.any_colour(), b.any_colour(), 6, b.pattern_seed()}, 0.3, 0.3);
  const int load = random_goods(b, 0.2 * size), cabin = b.plain(b.any_colour(), 0.3f),
            tyre = b.plain(Colour(0.03f, 0.03f, 0.03f));
  Object& truck = b.moving("truck", drive);
  add_box(truck, size * Vec3(0, 0, 0.1), size * Vec3(0.42, 0.2, 0.06), body);
  add_box(truck, size * Vec3(-0.08, 0, 0.23), size * Vec3(0.24, 0.19, 0.2), load);
  add_box(truck, size * Vec3(0.14, 0, 0.2), size * Vec3(0.12, 0.18, 0.14), cabin);
  for (const double x : {-0.13, 0.13}) {
    for (const double y : {-0.1, 0.1})
      add_cylinder_along(truck, size * Vec3(x, y, 0.06), Vec3::UnitY(), 0.06 * size, 0.04 * size, tyre);
  }

  if (b.chance(0.6)) {
    const double size_m = b.uniform(0.15, 0.22), swing = b.uniform(0.3, 0.6),
                 swing_rate = b.uniform(0.8, 1.3);
    const double start = b.uniform(0, 6.28), x = b.uniform(0.2, 0.8), height = b.uniform(1.0, 1.4);
    const Colour stripe = b.any_colour(), ground = b.any_colour();
    const int silk = b.add_mapped(beach_ball(stripe, ground, 6, b.pattern_seed()), Mapping::globe, 1);
    const MotionPath drift = [=](double time_s) {
      const double angle = swing_rate * time_s + start;
      const Vec3 place(x + 0.2 * std::cos(0.8 * angle), swing * std::sin(angle),
                       height + 0.1 * std::sin(1.4 * angle));
      return SE3{rotation_exp({0.2 * std::sin(angle), 0.2 * std::cos(angle), 0.4 * angle}), place};
    };
    Object& balloon = b.moving("balloon", drift);
    add_ellipsoid(balloon, Vec3::Zero(), size_m * Vec3(1, 1, 1.2), silk);
    add_ellipsoid(balloon, {0, 0, -1.22 * size_m}, size_m * Vec3(0.12, 0.12, 0.1), silk);
  }
}

}  // namespace

Scene make_room(const SceneOptions& options) {
  Builder b(options);
  RoomShell room{{b.uniform(2.6, 3.2), b.uniform(1.9, 2.4)}, b.uniform(2.5, 2.8), random_floor(b), 0, 0, {}};
  for (int& wall : room.walls) wall = random_wall(b);
  room.ceiling = b.add(plaster(Colour(0.75f, 0.74f, 0.7f), 0.1f, b.pattern_seed()), 2, 2);
  room.skirting = b.plain(b.colour(0.08, 0.12, 0.05, 0.4, 0.3, 0.9));
  add_shell(b, room);
  light_room(b, room);
  furnish(b, room);
  add_movers(b);
  // The camera goes round a flat ellipse at the near end of the room, 2 to 4 cm a frame, for clips of any
  // length.
  const double rate = (b.chance(0.5) ? 1 : -1) * b.uniform(0.75, 1.05), phase = b.uniform(0, 6.28);
  const double reach = b.uniform(0.7, 0.9), depth = b.uniform(0.35, 0.45), height = b.uniform(1.15, 1.55);
  const double start = -room.half.x() + b.uniform(0.75, 0.9), look_y = b.uniform(-0.3, 0.3);
  const MotionPath sway = [=](double time_s) {
    const double angle = rate * time_s + phase;
    const Vec3 eye(start + depth * std::cos(angle), reach * std::sin(angle),
                   height + 0.12 * std::sin(1.3 * angle));
    return look_at(eye, {1.2 + 0.2 * std::sin(0.8 * angle), look_y + 0.3 * std::sin(0.9 * angle + 2), 0.65},
                   0.02 * std::sin(angle));
  };
  const Shake shake{0.004, 0.006, b.pattern_seed()};
  return b.finish(shaken(sway, shake), 0.68, 0.95);
}

}  // namespace vd::synth
