// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scene/builder.h"

namespace vd::synth {

/// Walls of a room [-half.x, half.x] x [-half.y, half.y] with the floor at z = 0, skirting and ceiling. Each
/// wall gets a material of its own.
struct RoomShell {
  Vec2 half;
  double height;
  int floor, ceiling, skirting;
  int walls[4];  // +x, -x, +y, -y
};
void add_shell(Builder& builder, const RoomShell& shell);

/// A wall covering drawn by the seed: plaster, wallpaper or bricks.
[[nodiscard]] int random_wall(Builder& builder);
/// Planks, tiles or marble.
[[nodiscard]] int random_floor(Builder& builder);
/// Leaning plane of a wall: where on it (metres from its middle and from the floor) and which way is along.
struct WallSpot {
  Vec3 centre;
  Vec3 normal;
};

void add_picture(Builder& builder, const WallSpot& spot, double width, double height);
void add_window(Builder& builder, const WallSpot& spot, double width, double height);
void add_door(Builder& builder, const WallSpot& foot);
void add_table(Builder& builder, const SE3& place, const Vec3& size);
void add_chair(Builder& builder, const SE3& place);
void add_sofa(Builder& builder, const SE3& place, double width);
void add_bookcase(Builder& builder, const SE3& place, const Vec3& size);
void add_plant(Builder& builder, const Vec3& foot, double height);
void add_floor_lamp(Builder& builder, const Vec3& foot);
void add_cupboard(Builder& builder, const SE3& place, const Vec3& size);
/// Vases, bowls, books and boxes on a level surface of the given half size about top.
void add_clutter(Builder& builder, const Vec3& top, const Vec2& half, int count);
/// Crate or cardboard box that stands on the floor.
void add_carton(Builder& builder, const Vec3& foot, double size, double yaw_rad);

/// Material of a box of goods, drawn by the seed.
[[nodiscard]] int random_goods(Builder& builder, double size);

}  // namespace vd::synth
