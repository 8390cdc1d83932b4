// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "scene/outdoors.h"
#include "scene/scene_list.h"

namespace vd::synth {
namespace {

constexpr double road_half_m = 3.6;
constexpr double kerb_m = 3.9;  // inner edge of the pavement when there is no parking lane
constexpr double parking_m = 2.2;
constexpr double pavement_m = 3.2;

/// The street runs along x from start to end; the camera drives in the right lane, y < 0.
struct Street {
  double start, end, front;  // front: distance of the houses from the middle
};

void add_ground(Builder& b, const Street& street) {
  const double length = street.end - street.start, middle = 0.5 * (street.start + street.end);
  const int lanes = b.add(road(b.pattern_seed()), 9.0, 2 * road_half_m, 0.12f);
  const int side = b.add(asphalt(0.13f, b.pattern_seed()), 2.5, 2.5, 0.15f);
  const int slabs = b.add(
      Drawn{tiles, b.colour(0.05, 0.15, 0.02, 0.15, 0.5, 0.65), b.colour(0.05, 0.15, 0.02, 0.2, 0.5, 0.65),
            Colour(0.12f, 0.12f, 0.11f), 4, b.pattern_seed()},
      2.4, 2.4, 0.15f);
  const int kerb = b.add(concrete(Colour(0.4f, 0.4f, 0.38f), b.pattern_seed()), 1.2, 1.2);
  b.world.materials[static_cast<std::size_t>(lanes)].variation_m = 6;
  Object& ground = b.still("road");
  ground.casts_shadow = false;
  add_rectangle(ground, {middle, 0, 0}, Vec3::UnitZ(), Vec3::UnitY(), length, 2 * road_half_m, lanes);
  for (const double s : {-1.0, 1.0}) {
    const double inner = kerb_m + parking_m;
    add_rectangle(ground, {middle, s * 0.5 * (road_half_m + inner), 0}, Vec3::UnitZ(), Vec3::UnitY(), length,
                  inner - road_half_m, side);
    add_box(ground, {middle, s * (inner + 0.1), 0.05}, {length, 0.2, 0.16}, kerb);
    add_box(ground, {middle, s * (inner + 0.2 + pavement_m), 0.04}, {length, 2 * pavement_m, 0.15}, slabs);
  }
}

void add_row_of_houses(Builder& b, const Street& street, const std::vector<FacadeMaterial>& facades,
                       double side) {
  const int roofs[2] = {b.add(Drawn{roof, b.colour(0.0, 0.06, 0.5, 0.7, 0.4, 0.6), b.pattern_seed()}, 4, 4),
                        b.plain(Colour(0.25f, 0.24f, 0.23f))};
  double x = street.start;
  std::size_t last = facades.size();
  while (x < street.end) {
    std::size_t pick = b.random.below(static_cast<std::uint32_t>(facades.size()));
    if (pick == last) pick = (pick + 1) % facades.size();
    last = pick;
    const FacadeMaterial& f = facades[pick];
    const bool gable = b.chance(0.5);
    const double depth = b.uniform(8, 11), set_back = b.chance(0.3) ? b.uniform(0.3, 1.2) : 0;
    const double y = side * (street.front + set_back + depth / 2);
    add_house(b, f, standing_at({x + f.width_m / 2, y, 0}), {f.width_m, depth, f.height_m},
              roofs[gable ? 0 : 1], gable);
    x += f.width_m + (b.chance(0.2) ? b.uniform(1.5, 6) : 0.02);
  }
}

void add_street_furniture(Builder& b, const OutdoorMaterials& m, const Street& street, double side) {
  const double y = side * (kerb_m + parking_m + 0.7);
  for (double x = street.start + b.uniform(2, 8); x < street.end; x += b.uniform(8, 13)) {
    if (b.chance(0.6)) {
      add_tree(b, m, {x, y + side * 0.3, 0.1}, b.uniform(4.5, 6.5));
    } else {
      add_street_lamp(b, m, {x, y, 0.1}, Vec3(0, -side, 0));
    }
  }
  for (double x = street.start + b.uniform(0, 6); x < street.end; x += b.uniform(5.8, 11)) {
    if (b.chance(0.3)) continue;
    const auto kind = static_cast<CarKind>(b.random.below(b.chance(0.3) ? 3 : 2));
    const SE3 place = standing_at({x, side * (kerb_m + parking_m - 1.15), 0},
                                  (side < 0 ? 0.0 : M_PI) + b.uniform(-0.02, 0.02));
    add_car(b, m, kind, at_rest(place), 0);
  }
}

void add_traffic(Builder& b, const OutdoorMaterials& m, double duration_s, double speed) {
  // Ahead in the same lane at about the same speed, so that it drifts away or nearer over the clip.
  const double lane = -1.8 + b.uniform(-0.15, 0.15), gap = b.uniform(9, 16),
               relative = std::max(-0.5 * gap / std::max(1.0, duration_s), b.uniform(-1.0, 1.5));
  add_car(b, m, static_cast<CarKind>(b.random.below(3)), driving({gap, lane, 0}, 0, speed + relative),
          speed + relative);
  // Oncoming, spread so that some are in view at any time.
  const double oncoming = b.uniform(6, 11);
  double x = b.uniform(14, 30);
  const double reach = 90 + duration_s * (speed + oncoming);
  while (x < reach) {
    const double y = 1.8 + b.uniform(-0.15, 0.15);
    add_car(b, m, static_cast<CarKind>(b.random.below(3)), driving({x, y, 0}, M_PI, oncoming), oncoming);
    x += b.uniform(14, 45);
  }
}

}  // namespace

Scene make_street(const SceneOptions& options) {
  Builder b(options);
  const double duration_s = options.frames / options.fps, speed = b.uniform(7.5, 13.5);
  const Street street{-15, duration_s * speed + 150, kerb_m + parking_m + b.uniform(3.2, 4.8)};
  add_daylight(b, b.uniform(0, 6.28));
  const OutdoorMaterials m = make_outdoor_materials(b);
  const std::vector<FacadeMaterial> facades = make_facades(b, 6);
  add_ground(b, street);
  for (const double side : {-1.0, 1.0}) {
    add_row_of_houses(b, street, facades, side);
    add_street_furniture(b, m, street, side);
  }
  // What closes the view at the far end of the street.
  add_house(b, facades[0], standing_at({street.end + 20, 0, 0}, M_PI / 2),
            {4 * facades[0].width_m, 10, 1.2 * facades[0].height_m}, m.metal, false);
  add_traffic(b, m, duration_s, speed);

  const double height = b.uniform(1.25, 1.6), pitch = b.uniform(-0.06, -0.01), sway = b.uniform(0.05, 0.25),
               phase = b.uniform(0, 6.28);
  const MotionPath drive = [=](double time_s) {
    const double y = -1.8 + sway * std::sin(0.8 * time_s + phase);
    const Vec3 eye(speed * time_s, y, height);
    return look_at(eye, eye + Vec3(1, 0.03 * std::sin(0.7 * time_s + phase) + sway * 0.06, pitch));
  };
  const Shake shake{0.002, 0.008, b.pattern_seed()};
  return b.finish(shaken(drive, shake), 0.65, 0.95);
}

}  // namespace vd::synth
