// SPDX-License-Identifier: Apache-2.0
#include "scene/furniture.h"

#include <cmath>

namespace vd::synth {
namespace {

int wood_material(Builder& b) {
  const Colour colour = b.colour(0.04, 0.11, 0.35, 0.75, 0.35, 0.8);
  const int material = b.add(wood(colour, b.pattern_seed()), 1.1, 0.8, 0.1f);
  b.world.materials.back().gloss = 0.06f;
  return material;
}

int cloth_material(Builder& b) {
  const Colour a = b.any_colour();
  return b.add(Drawn{fabric, a, b.chance(0.5) ? Colour(0.6f * a) : b.any_colour(), 110, b.pattern_seed()},
               0.7, 0.7, 0.12f);
}

}  // namespace

void add_shell(Builder& b, const RoomShell& s) {
  const double x = s.half.x(), y = s.half.y(), h = s.height;
  Object& room = b.still("room");
  room.casts_shadow = false;
  add_rectangle(room, {0, 0, 0}, Vec3::UnitZ(), Vec3::UnitY(), 2 * x, 2 * y, s.floor);
  add_rectangle(room, {0, 0, h}, -Vec3::UnitZ(), Vec3::UnitY(), 2 * x, 2 * y, s.ceiling);
  add_rectangle(room, {x, 0, h / 2}, -Vec3::UnitX(), Vec3::UnitZ(), 2 * y, h, s.walls[0]);
  add_rectangle(room, {-x, 0, h / 2}, Vec3::UnitX(), Vec3::UnitZ(), 2 * y, h, s.walls[1]);
  add_rectangle(room, {0, y, h / 2}, -Vec3::UnitY(), Vec3::UnitZ(), 2 * x, h, s.walls[2]);
  add_rectangle(room, {0, -y, h / 2}, Vec3::UnitY(), Vec3::UnitZ(), 2 * x, h, s.walls[3]);
  if (s.skirting < 0) return;
  for (const double side : {-1.0, 1.0}) {
    add_box(room, {side * (x - 0.01), 0, 0.05}, {0.02, 2 * y, 0.1}, s.skirting);
    add_box(room, {0, side * (y - 0.01), 0.05}, {2 * x, 0.02, 0.1}, s.skirting);
  }
}

namespace {
/// Pale colour of a painted wall.
Colour soft_colour(Builder& b, double saturation_low, double saturation_high) {
  const double hue = natural_hue(b.random), saturation = b.uniform(saturation_low, saturation_high);
  return colour_from_hsv(hue, saturation, b.uniform(0.68, 0.92));
}
}  // namespace

int random_wall(Builder& b) {
  switch (b.random.below(4)) {
    case 0: {
      const Colour ground = soft_colour(b, 0.1, 0.35);
      return b.add(
          Drawn{wallpaper, ground, b.chance(0.5) ? Colour(0.62f * ground) : b.any_colour(), b.pattern_seed()},
          1.5, 1.5, 0.06f);
    }
    case 1:
      return b.add(Drawn{bricks, b.colour(0.0, 0.07, 0.3, 0.7, 0.45, 0.8),
                         b.colour(0.1, 0.12, 0.05, 0.15, 0.6, 0.8), 18, b.pattern_seed()},
                   1.5, 1.3, 0.15f);
    case 2:
      return b.add(Drawn{concrete, b.colour(0.08, 0.6, 0.02, 0.12, 0.6, 0.8), b.pattern_seed()}, 1.8, 1.8,
                   0.12f);
    default:
      return b.add(Drawn{plaster, soft_colour(b, 0.06, 0.35), 0.22f, b.pattern_seed()}, 1.6, 1.6, 0.1f);
  }
}

int random_floor(Builder& b) {
  int material = 0;
  switch (b.random.below(4)) {
    case 0: {
      const Colour a = b.colour(0, 1, 0.05, 0.3, 0.6, 0.9);
      material = b.add(Drawn{tiles, a, b.chance(0.5) ? a : b.colour(0, 1, 0.1, 0.5, 0.2, 0.6),
                             Colour(0.35f, 0.33f, 0.3f), 4, b.pattern_seed()},
                       1.6, 1.6, 0.1f);
      break;
    }
    case 1:
      material = b.add(Drawn{marble, b.colour(0.05, 0.15, 0.05, 0.2, 0.7, 0.9),
                             b.colour(0, 1, 0.2, 0.4, 0.2, 0.4), b.pattern_seed()},
                       2.2, 2.2, 0.08f);
      break;
    default:
      material =
          b.add(Drawn{planks, b.colour(0.05, 0.1, 0.4, 0.7, 0.5, 0.85), 8, b.pattern_seed()}, 2.4, 1.1, 0.1f);
      break;
  }
  b.world.materials.back().gloss = 0.05f;
  return material;
}

int random_goods(Builder& b, double size) {
  switch (b.random.below(3)) {
    case 0:
      return b.add(Drawn{crate, b.colour(0.06, 0.11, 0.4, 0.7, 0.5, 0.85), b.pattern_seed()}, size, size);
    case 1:
      return b.add(cardboard(b.pattern_seed()), size, size);
    default:
      return b.add(painting(b.pattern_seed()), size, size);
  }
}

void add_picture(Builder& b, const WallSpot& spot, double width, double height) {
  const int canvas = b.add(painting(b.pattern_seed()), width, height),
            frame = b.plain(b.colour(0.06, 0.12, 0.2, 0.7, 0.1, 0.6));
  Object& picture = b.still("picture");
  const Vec3 along = Vec3::UnitZ().cross(spot.normal).cwiseAbs();
  add_box(picture, spot.centre + 0.015 * spot.normal,
          along * width + 0.03 * spot.normal.cwiseAbs() + Vec3(0, 0, height), frame);
  add_rectangle(picture, spot.centre + 0.032 * spot.normal, spot.normal, Vec3::UnitZ(), width, height,
                canvas);
}

void add_window(Builder& b, const WallSpot& spot, double width, double height) {
  // A bright view of trees and sky behind a cross of bars.
  const double phase = b.uniform(0, 6.28);
  const Pattern leaves = Drawn{foliage, b.colour(0.22, 0.32, 0.4, 0.7, 0.5, 0.8), b.pattern_seed()};
  const Pattern view{512, 512, [=](double u, double v) -> Colour {
                       const double crown = 0.6 + 0.14 * std::sin(6.6 * u + phase) + 0.05 * std::sin(25 * u);
                       const auto above = static_cast<float>(v - crown);
                       return above < 0 ? leaves.colour(u, v)
                                        : Colour(0.75f - 0.6f * above, 0.83f - 0.4f * above, 0.95f);
                     }};
  Material glass = b.textured(view, width, height);
  glass.tint = Colour::Constant(1.3f);
  const int pane = b.material(glass), frame = b.plain(b.colour(0.1, 0.15, 0.0, 0.15, 0.8, 0.95));
  Object& window = b.still("window");
  const Vec3 along = Vec3::UnitZ().cross(spot.normal).cwiseAbs(), out = spot.normal.cwiseAbs();
  add_rectangle(window, spot.centre + 0.01 * spot.normal, spot.normal, Vec3::UnitZ(), width, height, pane);
  for (const double side : {-1.0, 0.0, 1.0}) {
    add_box(window, spot.centre + 0.03 * spot.normal + side * 0.5 * width * along,
            0.06 * out + 0.06 * along + Vec3(0, 0, height + 0.06), frame);
    add_box(window, spot.centre + 0.03 * spot.normal + Vec3(0, 0, side * 0.5 * height),
            0.06 * out + (width + 0.06) * along + Vec3(0, 0, 0.06), frame);
  }
  add_box(window, spot.centre + 0.08 * spot.normal - Vec3(0, 0, 0.5 * height + 0.05),
          0.16 * out + (width + 0.2) * along + Vec3(0, 0, 0.04), frame);
}

void add_door(Builder& b, const WallSpot& foot) {
  const int leaf = b.add(Drawn{door, b.colour(0, 1, 0.1, 0.6, 0.35, 0.85), b.pattern_seed()}, 0.95, 2.1);
  Object& object = b.still("door");
  const Vec3 along = Vec3::UnitZ().cross(foot.normal).cwiseAbs();
  add_box(object, foot.centre + Vec3(0, 0, 1.05) + 0.02 * foot.normal,
          0.04 * foot.normal.cwiseAbs() + 0.95 * along + Vec3(0, 0, 2.1), leaf);
}

void add_table(Builder& b, const SE3& place, const Vec3& size) {
  const int top = wood_material(b),
            leg = b.chance(0.5) ? top : b.plain(b.colour(0, 1, 0, 0.3, 0.1, 0.9), 0.1f);
  Object& table = b.still("table", place);
  add_box(table, {0, 0, size.z() - 0.02}, {size.x(), size.y(), 0.04}, top);
  for (const double x : {-1.0, 1.0}) {
    for (const double y : {-1.0, 1.0}) {
      add_cylinder(table, {x * (size.x() / 2 - 0.07), y * (size.y() / 2 - 0.07), size.z() / 2 - 0.02}, 0.03,
                   size.z() - 0.04, leg);
    }
  }
}

void add_chair(Builder& b, const SE3& place) {
  const int frame = wood_material(b), seat = cloth_material(b);
  Object& chair = b.still("chair", place);
  add_box(chair, {0, 0, 0.45}, {0.44, 0.44, 0.05}, seat);
  for (const double x : {-0.19, 0.19}) {
    add_box(chair, {x, -0.19, 0.21}, {0.04, 0.04, 0.42}, frame);
    add_box(chair, {x, 0.19, 0.46}, {0.04, 0.04, 0.92}, frame);
  }
  for (const double z : {0.62, 0.75, 0.88}) add_box(chair, {0, 0.19, z}, {0.36, 0.025, 0.07}, frame);
}

void add_sofa(Builder& b, const SE3& place, double width) {
  const int cloth = cloth_material(b), pillow = cloth_material(b);
  Object& sofa = b.still("sofa", place);
  add_box(sofa, {0, 0, 0.22}, {width, 0.85, 0.34}, cloth);
  add_box(sofa, {0, 0.36, 0.55}, {width, 0.2, 0.5}, cloth);
  for (const double side : {-1.0, 1.0}) {
    add_box(sofa, {side * (width / 2 - 0.09), -0.03, 0.48}, {0.18, 0.8, 0.22}, cloth);
    add_ellipsoid(sofa, {side * (width / 2 - 0.4), 0.17, 0.57}, {0.22, 0.1, 0.2}, pillow);
  }
  for (const double side : {-0.5, 0.5})
    add_box(sofa, {side * (width / 2 - 0.2), -0.04, 0.43}, {width / 2 - 0.22, 0.72, 0.1}, cloth);
  b.world.materials[static_cast<std::size_t>(pillow)].mapping = Mapping::three_axes;
}

void add_bookcase(Builder& b, const SE3& place, const Vec3& size) {
  const int shelves = static_cast<int>(std::max(2.0, std::round(size.z() / 0.38)));
  const int books = b.add(bookshelf(shelves, b.pattern_seed()), size.x(), size.z()), body = wood_material(b);
  Object& object = b.still("bookcase", place);
  add_box(object, {0, 0, size.z() / 2}, size, body);
  add_rectangle(object, {0, -size.y() / 2 - 0.002, size.z() / 2}, -Vec3::UnitY(), Vec3::UnitZ(), size.x(),
                size.z(), books);
}

void add_cupboard(Builder& b, const SE3& place, const Vec3& size) {
  const int body = wood_material(b),
            front = b.add(Drawn{door, b.colour(0, 1, 0.2, 0.6, 0.4, 0.8), b.pattern_seed()}, size.x() / 2,
                          size.z());
  Object& object = b.still("cupboard", place);
  add_box(object, {0, 0, size.z() / 2}, size, body);
  add_rectangle(object, {0, -size.y() / 2 - 0.002, size.z() / 2}, -Vec3::UnitY(), Vec3::UnitZ(),
                size.x() - 0.04, size.z() - 0.06, front);
}

void add_plant(Builder& b, const Vec3& foot, double height) {
  const int pot = b.add(
      Drawn{tiles, b.any_colour(), b.any_colour(), Colour(0.2f, 0.15f, 0.1f), 6, b.pattern_seed()}, 0.5, 0.5);
  const int leaves = b.add_mapped(Drawn{foliage, b.colour(0.2, 0.36, 0.5, 0.8, 0.4, 0.65), b.pattern_seed()},
                                  Mapping::three_axes, 0.7);
  const int stem = b.plain(b.colour(0.08, 0.1, 0.5, 0.6, 0.25, 0.4));
  const double radius = 0.13 + 0.06 * height;
  std::vector<Vec3> balls;
  for (int k = 0; k < 6; ++k) balls.push_back({b.uniform(-1, 1), b.uniform(-1, 1), b.uniform(0, 1)});
  Object& plant = b.still("plant", standing_at(foot));
  add_cylinder(plant, {0, 0, 0.15}, radius * 0.85, 0.3, pot);
  add_cylinder(plant, {0, 0, 0.3 + 0.2 * height}, 0.02, 0.4 * height, stem);
  for (const Vec3& at : balls) {
    const double r = height * (0.14 + 0.06 * std::abs(at.x()));
    add_ellipsoid(plant,
                  {0.17 * height * at.x(), 0.17 * height * at.y(), 0.3 + height * (0.3 + 0.45 * at.z())},
                  {r, r, 0.8 * r}, leaves);
  }
}

void add_floor_lamp(Builder& b, const Vec3& foot) {
  const int metal = b.plain(b.colour(0.1, 0.15, 0.1, 0.5, 0.2, 0.6), 0.2f);
  Material shade =
      b.textured(fabric(Colour(0.9f, 0.8f, 0.6f), Colour(0.85f, 0.7f, 0.5f), 60, b.pattern_seed()), 0.4, 0.4);
  shade.glow = 0.35f;
  shade.tint = {1.0f, 0.9f, 0.7f};
  const int cloth = b.material(shade);
  Object& lamp = b.still("lamp", standing_at(foot));
  add_cylinder(lamp, {0, 0, 0.015}, 0.16, 0.03, metal);
  add_cylinder(lamp, {0, 0, 0.75}, 0.015, 1.5, metal);
  add_cylinder(lamp, {0, 0, 1.55}, 0.2, 0.3, cloth);
}

void add_clutter(Builder& b, const Vec3& top, const Vec2& half, int count) {
  for (int k = 0; k < count; ++k) {
    // One cell of the surface each, so that things do not meet.
    const double x = half.x() * (-1 + (2 * k + 1.0) / count) * 0.85, y = half.y() * b.uniform(-0.6, 0.6);
    const SE3 place = standing_at(top + Vec3(x, y, 0), b.uniform(-1, 1));
    const double room = std::min(0.8 * half.x() / count, half.y() * 0.6);
    switch (b.random.below(4)) {
      case 0: {
        const int glaze = b.add_mapped(Drawn{spots, b.any_colour(), b.any_colour(), 8, b.pattern_seed()},
                                       Mapping::three_axes, 0.3);
        b.world.materials.back().gloss = 0.25f;
        Object& vase = b.still("vase", place);
        const double r = std::min(0.11, room);
        add_ellipsoid(vase, {0, 0, 1.25 * r}, {r, r, 1.3 * r}, glaze);
        add_cylinder(vase, {0, 0, 2.6 * r}, 0.4 * r, 1.0 * r, glaze);
        break;
      }
      case 1: {
        double z = 0;
        for (int book = 0; book < 3; ++book) {
          const int cover =
              b.add(Drawn{fabric, b.any_colour(), b.any_colour(), 40, b.pattern_seed()}, 0.3, 0.3);
          const double thick = b.uniform(0.02, 0.05);
          Object& object = b.still("book", place);
          add_box(object, {0, 0, z + thick / 2},
                  {std::min(0.24, 1.6 * room), std::min(0.17, 1.2 * room), thick}, cover,
                  b.uniform(-0.3, 0.3));
          z += thick;
        }
        break;
      }
      case 2: {
        const double size = std::min(b.uniform(0.12, 0.22), 1.3 * room);
        const int goods = random_goods(b, size);
        add_box(b.still("box", place), {0, 0, size / 2}, {size, size, size}, goods);
        break;
      }
      default: {
        const double r = std::min(b.uniform(0.07, 0.12), room);
        const int skin = b.add_mapped(Drawn{beach_ball, b.any_colour(), b.any_colour(), 8, b.pattern_seed()},
                                      Mapping::globe, 1);
        b.world.materials.back().gloss = 0.3f;
        add_ellipsoid(b.still("globe", place), {0, 0, r}, {r, r, r}, skin);
      }
    }
  }
}

void add_carton(Builder& b, const Vec3& foot, double size, double yaw_rad) {
  const int goods = random_goods(b, size);
  add_box(b.still("carton", standing_at(foot, yaw_rad)), {0, 0, size / 2}, {size, size, size}, goods);
}

}  // namespace vd::synth
