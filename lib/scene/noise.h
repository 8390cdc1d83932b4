// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vd::synth {

/// Bits of a lattice point, well mixed: the source of every procedural pattern.
[[nodiscard]] std::uint32_t hash_lattice(int x, int y, std::uint32_t seed);

/// The same as a number in [0, 1).
[[nodiscard]] float random_at(int x, int y, std::uint32_t seed);

/// Smooth noise in about [-1, 1] with features of size 1 that repeats after period_x by period_y cells
/// (gradient noise, Perlin 2002). A period of 0 means no repetition.
[[nodiscard]] float gradient_noise(double x, double y, int period_x, int period_y, std::uint32_t seed);

/// Sum of octaves of gradient noise over the unit square, which it tiles seamlessly: octave k has cells * 2^k
/// cells a side and weight gain^k. In about [-1, 1].
[[nodiscard]] float tiling_fbm(double u, double v, int cells_u, int cells_v, int octaves, float gain,
                               std::uint32_t seed);

/// The nearest of points scattered one a cell (Worley 1996) over the unit square, tiling seamlessly.
struct CellularNoise {
  float nearest;         // distance to the nearest point, in cells
  float second_nearest;  // to the next one
  std::uint32_t id;      // bits that tell the nearest point from others
};
[[nodiscard]] CellularNoise tiling_cells(double u, double v, int cells, std::uint32_t seed);

}  // namespace vd::synth
