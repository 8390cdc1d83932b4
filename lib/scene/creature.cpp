// SPDX-License-Identifier: Apache-2.0
#include "scene/creature.h"

#include <cmath>

namespace vd::synth {

void add_creature(Builder& b, const MotionPath& path, double length_m) {
  const double s = length_m / 2;  // designed two metres long, from -1 to 1 along x
  const Colour ground = b.colour(0, 1, 0.4, 0.8, 0.55, 0.9), mark = b.colour(0, 1, 0.4, 0.9, 0.15, 0.9);
  const int skin = b.add_mapped(spots(ground, mark, 9, b.pattern_seed()), Mapping::three_axes, 0.9 * s);
  b.world.materials.back().gloss = 0.08f;
  const int belly =
      b.add_mapped(Drawn{pebbles, b.colour(0.05, 0.2, 0.2, 0.5, 0.7, 0.95), 12, b.pattern_seed()},
                   Mapping::three_axes, 0.7 * s);
  const int white = b.plain(Colour(0.85f, 0.85f, 0.82f), 0.5f),
            black = b.plain(Colour(0.02f, 0.02f, 0.02f), 0.6f);
  const int legs = b.chance(0.5) ? belly : skin;
  Deformation d;
  d.rate_rad_s = b.uniform(4.5, 8);
  d.wave_rad_m = b.uniform(1.6, 3.0) / s;
  d.sway_m = b.uniform(0.05, 0.1) * s;
  d.sway_growth = -b.uniform(0.05, 0.12);
  d.breathe = b.uniform(0.05, 0.12);
  d.stretch = b.uniform(0.02, 0.06);
  d.nod_inv_m = b.uniform(0.02, 0.07) / s;
  d.arch_inv_m = b.uniform(0.0, 0.06) / s;
  d.hop_m = b.uniform(0.0, 0.05) * s;
  const double tall = b.uniform(0.75, 1.15), ears = b.uniform(0.1, 0.26);
  Object& animal = b.moving("creature", path);
  animal.deformation = d;
  const auto part = [&](const Vec3& at, const Vec3& radii, int material) {
    add_ellipsoid(animal, s * at, s * radii, material);
  };
  const double z = 0.52 * tall;
  part({0.28, 0, z}, {0.38, 0.27, 0.28}, skin);
  part({-0.22, 0, z - 0.02}, {0.42, 0.29, 0.29}, skin);
  part({0.02, 0, z - 0.1}, {0.5, 0.23, 0.22}, belly);
  part({0.72, 0, z + 0.24}, {0.24, 0.2, 0.21}, skin);   // head
  part({0.9, 0, z + 0.17}, {0.15, 0.13, 0.11}, belly);  // snout
  part({0.55, 0, z + 0.12}, {0.22, 0.17, 0.2}, skin);   // neck
  for (const double side : {-1.0, 1.0}) {
    part({0.86, side * 0.11, z + 0.33}, {0.05, 0.05, 0.06}, white);
    part({0.9, side * 0.12, z + 0.335}, {0.025, 0.028, 0.035}, black);
    part({0.64, side * 0.16, z + 0.4 + 0.4 * ears}, {0.05, 0.08, ears}, skin);
    part({0.36, side * 0.17, 0.25 * tall}, {0.09, 0.09, 0.27 * tall}, legs);
    part({-0.36, side * 0.18, 0.25 * tall}, {0.1, 0.1, 0.27 * tall}, legs);
    part({0.4, side * 0.17, 0.05}, {0.13, 0.1, 0.05}, belly);
    part({-0.32, side * 0.18, 0.05}, {0.13, 0.1, 0.05}, belly);
  }
  part({-0.66, 0, z + 0.05}, {0.2, 0.1, 0.1}, skin);  // tail
  part({-0.88, 0, z + 0.12}, {0.16, 0.07, 0.08}, mark.sum() > ground.sum() ? belly : skin);
}

void add_jelly(Builder& b, const MotionPath& path, double radius_m) {
  const int skin =
      b.add_mapped(b.chance(0.5) ? Drawn{marble, b.any_colour(), b.any_colour(), b.pattern_seed()}
                                 : Drawn{spots, b.any_colour(), b.any_colour(), 10, b.pattern_seed()},
                   Mapping::three_axes, 1.4 * radius_m);
  b.world.materials.back().gloss = 0.15f;
  Deformation d;
  d.rate_rad_s = b.uniform(3, 6);
  d.wave_rad_m = b.uniform(1.0, 2.5) / radius_m;
  d.breathe = b.uniform(0.1, 0.22);
  d.stretch = b.uniform(0.08, 0.18);
  d.sway_m = b.uniform(0.05, 0.18) * radius_m;
  d.nod_inv_m = b.uniform(0, 0.15) / radius_m;
  Object& jelly = b.moving("jelly", path);
  jelly.deformation = d;
  add_ellipsoid(jelly, {0, 0, 1.15 * radius_m},
                radius_m * Vec3{b.uniform(0.9, 1.15), 1, b.uniform(0.85, 1.1)}, skin);
}

}  // namespace vd::synth
