// SPDX-License-Identifier: Apache-2.0
#include "scene/outdoors.h"

#include <cmath>

namespace vd::synth {

void add_daylight(Builder& b, double azimuth_rad) {
  const double elevation = b.uniform(0.5, 0.95);
  const Vec3 sun(std::cos(azimuth_rad) * std::cos(elevation), std::sin(azimuth_rad) * std::cos(elevation),
                 std::sin(elevation));
  const auto strength = static_cast<float>(b.uniform(1.0, 1.35));
  b.world.lights.push_back({true, sun, strength * Colour(1.0f, 0.93f, 0.8f), 0.012});
  b.world.ambient = {{0.4f, 0.46f, 0.55f}, {0.26f, 0.25f, 0.22f}, 1.3, 0.9f};
  b.world.sky.zenith = b.colour(0.58, 0.62, 0.55, 0.75, 0.7, 0.85);
  b.world.sky.horizon = b.colour(0.55, 0.6, 0.1, 0.25, 0.88, 0.95);
  b.world.sky.cloud_texture = b.texture(clouds(b.pattern_seed()));
  b.world.sky.cloud_cover = static_cast<float>(b.uniform(0.4, 0.75));
  b.world.sky.cloud_shift = {b.uniform(0, 1), b.uniform(0, 1)};
  b.world.haze = b.world.sky.horizon;
  b.world.haze_m = b.uniform(500, 1200);
}

OutdoorMaterials make_outdoor_materials(Builder& b) {
  OutdoorMaterials m{};
  m.tyre = b.plain(Colour(0.03f, 0.03f, 0.032f));
  Material glass;
  glass.tint = {0.03f, 0.035f, 0.04f};
  glass.mirror = 0.25f;
  m.glass = b.material(glass);
  m.bark = b.add(Drawn{bark, b.colour(0.06, 0.1, 0.3, 0.5, 0.3, 0.5), b.pattern_seed()}, 0.6, 0.9);
  m.metal = b.plain(b.colour(0.3, 0.6, 0.0, 0.3, 0.2, 0.4), 0.1f);
  Material lamp;
  lamp.tint = {0.9f, 0.9f, 0.85f};
  m.lamp_glass = b.material(lamp);
  for (int k = 0; k < 2; ++k) {
    m.crowns.push_back(
        b.add_mapped(Drawn{foliage, b.colour(0.19, 0.34, 0.45, 0.75, 0.3, 0.5), b.pattern_seed()},
                     Mapping::three_axes, 2.6));
    b.world.materials.back().variation = 0.35f;
    b.world.materials.back().variation_m = 0.9f;
  }
  return m;
}

void add_car(Builder& b, const OutdoorMaterials& m, CarKind kind, const MotionPath& path, double speed_m_s) {
  const bool van = kind == CarKind::van;
  Material paint;
  paint.tint = b.chance(0.35) ? b.colour(0, 1, 0, 0.1, 0.2, 0.95)
                              : b.colour(b.chance(0.6) ? 0.53 : -0.03, 0.66, 0.4, 0.85, 0.3, 0.8);
  paint.mirror = 0.05f;
  paint.gloss = 0.35f;
  const int body = b.material(paint);
  const int trim = b.plain(Colour(0.05f, 0.05f, 0.055f)), head = b.plain(Colour(0.85f, 0.85f, 0.8f), 0.4f);
  const int tail = b.plain(Colour(0.55f, 0.02f, 0.02f), 0.3f),
            plate = b.add(cardboard(b.pattern_seed()), 0.5, 0.12);
  const double length = van ? 5.2 : kind == CarKind::saloon ? 4.5 : 3.9, l = length / 2;
  const double w = van ? 0.98 : 0.88, wheel = van ? 0.36 : 0.32, ahead = l - 0.85, behind = -(l - 0.8);
  Object& car = b.moving("car", path);
  car.dynamic = speed_m_s != 0;
  if (van) {
    add_solid(car,
              extruded({{-l, -0.95}, {l, -0.95}, {l, -0.2}, {l - 0.35, 0.05}, {l - 1.0, 0.95}, {-l, 0.95}}, w,
                       0.03),
              standing_at({0, 0, 1.25}), body);
    add_solid(car,
              extruded({{l - 1.35, 0.0}, {l - 0.33, 0.0}, {l - 0.9, 0.85}, {l - 1.7, 0.85}}, w + 0.012, 0.03),
              standing_at({0.01, 0, 1.25}), m.glass);
    add_box(car, {-l - 0.005, 0, 1.65}, {0.02, 1.4, 0.6}, m.glass);
    if (b.chance(0.7)) {
      const int sign = b.add(painting(b.pattern_seed()), 1.6, 0.9);
      add_box(car, {-0.7, 0, 1.35}, {1.6, 2 * w - 0.03, 0.9}, sign);
    }
  } else {
    const double rear = kind == CarKind::saloon ? -l + 0.75 : -l + 0.15;
    add_solid(car,
              extruded({{-l, -0.32}, {l, -0.32}, {l, -0.02}, {l - 0.9, 0.25}, {-l + 0.12, 0.3}, {-l, 0.1}}, w,
                       -0.03),
              standing_at({0, 0, 0.6}), body);
    add_solid(car,
              extruded({{rear - 0.1, -0.27}, {l - 0.95, -0.32}, {l - 1.65, 0.24}, {rear + 0.42, 0.27}},
                       w - 0.02, 0.3),
              standing_at({0, 0, 1.15}), m.glass);
    add_solid(car,
              extruded({{rear + 0.36, -0.04}, {l - 1.62, -0.04}, {l - 1.75, 0.03}, {rear + 0.5, 0.03}},
                       w - 0.17, 0.3),
              standing_at({0, 0, 1.43}), body);
    add_solid(car, extruded({{-0.12, -0.27}, {0.1, -0.27}, {0.0, 0.25}, {-0.12, 0.25}}, w - 0.008, 0.3),
              standing_at({-0.1, 0, 1.15}), body);
  }
  const double z = van ? 0.75 : 0.68;
  add_box(car, {0, 0, 0.32}, {length - 0.1, 2 * w - 0.06, 0.16}, trim);
  for (const double side : {-1.0, 1.0}) {
    add_box(car, {l - 0.02, side * (w - 0.22), z - 0.08}, {0.08, 0.32, 0.13}, head);
    add_box(car, {-l + 0.01, side * (w - 0.14), z + 0.02}, {0.06, 0.2, van ? 0.3 : 0.15}, tail);
    add_box(car, {ahead - 0.75, side * (w + 0.08), van ? 1.35 : 0.98}, {0.08, 0.16, 0.12}, body);
  }
  add_box(car, {-l - 0.012, 0, z - 0.1}, {0.02, 0.5, 0.12}, plate);
  const int hub = b.plain(Colour(0.45f, 0.45f, 0.47f), 0.2f);
  for (const double x : {ahead, behind}) {
    for (const double side : {-1.0, 1.0}) {
      const SE3 axle{Quat::Identity(), Vec3(x, side * (w - 0.1), wheel)};
      Object& turning = b.piece("wheel", spinning(path, axle, speed_m_s / wheel));
      add_cylinder_along(turning, Vec3::Zero(), Vec3::UnitY(), wheel, 0.22, m.tyre);
      add_cylinder_along(turning, Vec3::Zero(), Vec3::UnitY(), 0.55 * wheel, 0.235, hub);
      for (int spoke = 0; spoke < 3; ++spoke) {
        const double angle = 2.0944 * spoke;
        add_cylinder_along(turning, 0.3 * wheel * Vec3(std::cos(angle), 0, std::sin(angle)), Vec3::UnitY(),
                           0.14 * wheel, 0.24, m.tyre);
      }
    }
  }
}

void add_tree(Builder& b, const OutdoorMaterials& m, const Vec3& foot, double height) {
  const int crown = m.crowns[b.random.below(static_cast<std::uint32_t>(m.crowns.size()))];
  Object& tree = b.still("tree", standing_at(foot, b.uniform(0, 6.28)));
  add_cylinder(tree, {0, 0, 0.22 * height}, 0.028 * height, 0.44 * height, m.bark);
  const double r = 0.24 * height;
  add_ellipsoid(tree, {0, 0, 0.66 * height}, {r, r, 1.15 * r}, crown);
  for (int k = 0; k < 5; ++k) {
    const double angle = 1.2566 * k + b.uniform(-0.4, 0.4), size = r * b.uniform(0.55, 0.8);
    add_ellipsoid(tree,
                  {0.75 * r * std::cos(angle), 0.75 * r * std::sin(angle), height * b.uniform(0.5, 0.8)},
                  {size, size, 0.85 * size}, crown);
  }
}

void add_street_lamp(Builder& b, const OutdoorMaterials& m, const Vec3& foot, const Vec3& arm) {
  Object& lamp = b.still("street lamp", standing_at(foot));
  add_cylinder(lamp, {0, 0, 2.7}, 0.06, 5.4, m.metal);
  add_cylinder(lamp, {0, 0, 0.4}, 0.11, 0.8, m.metal);
  add_cylinder_along(lamp, Vec3(0, 0, 5.4) + 0.6 * arm, arm, 0.04, 1.2, m.metal);
  add_box(lamp, Vec3(0, 0, 5.36) + 1.2 * arm, {0.35, 0.35, 0.1}, m.lamp_glass);
}

std::vector<FacadeMaterial> make_facades(Builder& b, int count) {
  std::vector<FacadeMaterial> result;
  for (int k = 0; k < count; ++k) {
    Facade f;
    f.brick = b.chance(0.35);
    f.wall = f.brick ? b.colour(-0.01, 0.07, 0.35, 0.65, 0.4, 0.7)
                     : (b.chance(0.75) ? b.colour(0.02, 0.15, 0.08, 0.5, 0.65, 0.92)
                                       : b.colour(0.2, 0.65, 0.08, 0.35, 0.55, 0.85));
    f.trim = b.colour(0.08, 0.15, 0.02, 0.2, 0.6, 0.95);
    f.floors = 3 + static_cast<int>(b.random.below(3));
    f.bays = 3 + static_cast<int>(b.random.below(3));
    f.shop = b.chance(0.5);
    const double bay = b.uniform(2.2, 3.0), floor = b.uniform(2.9, 3.4);
    const int material = b.add(facade(f, b.pattern_seed()), bay * f.bays, floor * f.floors, 0.08f);
    b.world.materials.back().variation_m = 5;
    result.push_back({material, bay * f.bays, floor * f.floors, f.wall});
  }
  return result;
}

void add_house(Builder& b, const FacadeMaterial& facade, const SE3& foot, const Vec3& size, int roof_material,
               bool gable) {
  Object& house = b.still("house", foot);
  add_box(house, {0, 0, size.z() / 2}, size, facade.material);
  if (gable) {
    const double rise = 0.32 * size.y(), half = size.y() / 2 + 0.4;
    const SE3 turned = standing_at({0, 0, size.z() + 0.01}, M_PI / 2);
    add_solid(house, extruded({{-half, 0}, {half, 0}, {0, rise}}, size.x() / 2 + 0.25), turned,
              roof_material);
  } else {
    add_box(house, {0, 0, size.z() + 0.15}, {size.x() + 0.3, size.y() + 0.3, 0.3}, roof_material);
  }
}

}  // namespace vd::synth
