// SPDX-License-Identifier: Apache-2.0
#include "scene/patterns.h"

#include <algorithm>
#include <cmath>

#include "scene/noise.h"
#include "scene/pattern_tools.h"

namespace vd::synth {

Colour colour_from_hsv(double hue, double saturation, double value) {
  const auto level = [&](double shift) {
    const double k = std::fmod(shift + hue * 6, 6.0);
    return static_cast<int>(255 * (value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0)));
  };
  return colour_from_srgb(level(5), level(3), level(1));
}

double natural_hue(Random& random) {
  const double kind = random.uniform(), where = random.uniform();
  const double hue = kind < 0.55   ? -0.03 + 0.18 * where  // red to yellow
                     : kind < 0.8  ? 0.5 + 0.14 * where    // cyan to blue
                     : kind < 0.92 ? 0.2 + 0.25 * where    // greens
                                   : 0.7 + 0.25 * where;   // violet
  return hue - std::floor(hue);
}

Pattern plaster(const Colour& colour, float contrast, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float broad = tiling_fbm(u, v, 3, 3, 3, 0.5f, seed);
                   const float fine = tiling_fbm(u, v, 48, 48, 3, 0.75f, seed + 9);
                   return colour * (1 + contrast * (0.5f * broad + 0.9f * fine));
                 }};
}

Pattern wallpaper(const Colour& ground, const Colour& figure, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   // Rows of ornaments, every other row shifted by half, with stripes between them.
                   const double row = v * 6, shift = static_cast<int>(row) % 2 * 0.5;
                   const double x = fraction(u * 6 + shift) - 0.5, y = fraction(row) - 0.5;
                   const double radius = std::hypot(x, y), angle = std::atan2(y, x);
                   const double flower = 0.26 + 0.09 * std::cos(6 * angle) - radius;
                   const double ring = 0.03 - std::abs(radius - 0.42 - 0.03 * std::cos(12 * angle));
                   float amount = std::max(soft_step(flower, 0.012), 0.7f * soft_step(ring, 0.012));
                   amount *= 1 - soft_step(0.09 - radius, 0.012);
                   const float fine = tiling_fbm(u, v, 64, 64, 2, 0.7f, seed);
                   return mixed(ground, figure, amount) * (1 + 0.1f * fine);
                 }};
}

Pattern planks(const Colour& colour, int rows, std::uint32_t seed) {
  return Pattern{1024, 512, [=](double u, double v) -> Colour {
                   const double across = v * rows;
                   const int row = static_cast<int>(across);
                   const double along = fraction(u + random_at(row, 0, seed)) * 2;
                   const int plank = static_cast<int>(along);
                   const float tone = random_at(row, plank, seed + 1), warm = random_at(row, plank, seed + 2);
                   const float bend = tiling_fbm(u, v, 4, 2 * rows, 2, 0.5f, seed + 3);
                   const float grain = tiling_fbm(u, v + 0.02 * bend, 6, 20 * rows, 3, 0.7f,
                                                  seed + 4 + static_cast<std::uint32_t>(plank));
                   const float streak = tiling_fbm(u, v, 12, 60 * rows, 1, 0.5f, seed + 8);
                   const double gap_v = std::min(fraction(across), 1 - fraction(across)) / rows;
                   const double gap_u = std::min(fraction(along), 1 - fraction(along)) / 2;
                   const float seam =
                       std::min(soft_step(gap_v - 0.003, 0.002), soft_step(gap_u - 0.0015, 0.001));
                   Colour wood = colour * (0.62f + 0.6f * tone) * (1 + 0.28f * grain + 0.12f * streak);
                   wood = wood.cwiseProduct(Colour(1 + 0.1f * warm, 1.0f, 1 - 0.12f * warm));
                   return wood * (0.25f + 0.75f * seam);
                 }};
}

Pattern tiles(const Colour& a, const Colour& b, const Colour& joint, int count, std::uint32_t seed) {
  return Pattern{
      512, 512, [=](double u, double v) -> Colour {
        const double x = u * count, y = v * count;
        const int i = static_cast<int>(x), j = static_cast<int>(y);
        const float tone = 0.85f + 0.3f * random_at(i, j, seed);
        const float cloud = tiling_fbm(u, v, 3 * count, 3 * count, 4, 0.6f,
                                       seed + 1 + static_cast<std::uint32_t>((i + j) % 2));
        const double border = std::min({fraction(x), 1 - fraction(x), fraction(y), 1 - fraction(y)});
        const float inside = soft_step(border - 0.02, 0.012);
        const Colour glaze = ((i + j) % 2 == 0 ? a : b) * tone * (1 + 0.22f * cloud);
        return mixed(joint * (1 + 0.2f * cloud), glaze, inside);
      }};
}

Pattern bricks(const Colour& brick, const Colour& mortar, int rows, std::uint32_t seed) {
  const int columns = rows / 3 + rows % 2;
  return Pattern{
      512, 512, [=](double u, double v) -> Colour {
        const double y = v * rows;
        const int j = static_cast<int>(y);
        const double x = fraction(u + (j % 2) * 0.5 / columns) * columns;
        const int i = static_cast<int>(x);
        const float rough = tiling_fbm(u, v, 30, 30, 3, 0.7f, seed);
        const float tone = 0.65f + 0.6f * random_at(i, j, seed + 5), hue = random_at(i, j, seed + 6) - 0.5f;
        const double edge_x = std::min(fraction(x), 1 - fraction(x)) / columns;
        const double edge_y = std::min(fraction(y), 1 - fraction(y)) / rows;
        const float inside = soft_step(std::min(edge_x, edge_y) - 0.07 / rows + 0.01 * rough / rows, 0.004);
        const Colour clay =
            brick.cwiseProduct(Colour(1 + 0.2f * hue, 1.0f, 1 - 0.25f * hue)) * tone * (1 + 0.3f * rough);
        return mixed(mortar * (0.9f + 0.2f * rough), clay, inside);
      }};
}

Pattern concrete(const Colour& colour, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float broad = tiling_fbm(u, v, 2, 2, 5, 0.55f, seed);
                   const float fine = tiling_fbm(u, v, 90, 90, 2, 0.8f, seed + 7);
                   const CellularNoise pore = tiling_cells(u, v, 40, seed + 3);
                   const float hole = pore.id % 7 == 0 ? soft_step(0.16 - pore.nearest, 0.05) : 0.0f;
                   return colour * (1 + 0.28f * broad + 0.14f * fine) * (1 - 0.45f * hole);
                 }};
}

Pattern pebbles(const Colour& colour, int count, std::uint32_t seed) {
  return Pattern{
      512, 512, [=](double u, double v) -> Colour {
        const CellularNoise cell = tiling_cells(u, v, count, seed);
        const float tone = 0.5f + 0.9f * random_at(static_cast<int>(cell.id & 1023u), 1, seed);
        const float warm = random_at(static_cast<int>(cell.id & 1023u), 2, seed) - 0.5f;
        const float inside = soft_step(cell.second_nearest - cell.nearest - 0.09, 0.06);
        const float rough = tiling_fbm(u, v, 8 * count, 8 * count, 2, 0.6f, seed + 3);
        const Colour stone = colour.cwiseProduct(Colour(1 + 0.2f * warm, 1.0f, 1 - 0.2f * warm)) * tone;
        return mixed(colour * 0.35f, stone * (1.1f - 0.35f * cell.nearest), inside) * (1 + 0.22f * rough);
      }};
}

Pattern marble(const Colour& colour, const Colour& vein, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float bend = tiling_fbm(u, v, 3, 3, 5, 0.55f, seed);
                   const float ridge =
                       1 - std::abs(tiling_fbm(u + 0.12 * bend, v + 0.1 * bend, 3, 3, 4, 0.6f, seed + 6)) * 3;
                   const float cloud = tiling_fbm(u, v, 6, 6, 4, 0.6f, seed + 12);
                   return mixed(colour * (1 + 0.2f * cloud), vein, std::clamp(ridge, 0.0f, 1.0f) * 0.85f);
                 }};
}

Pattern checker(const Colour& a, const Colour& b, int count) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const double x = u * count, y = v * count;
                   return (static_cast<int>(x) + static_cast<int>(y)) % 2 == 0 ? a : b;
                 }};
}

Pattern spots(const Colour& ground, const Colour& spot, int count, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float bend = tiling_fbm(u, v, 8, 8, 3, 0.6f, seed + 4);
                   const CellularNoise cell = tiling_cells(u + 0.02 * bend, v, count, seed);
                   const float size = 0.2f + 0.25f * random_at(static_cast<int>(cell.id & 1023u), 1, seed);
                   const float fine = tiling_fbm(u, v, 40, 40, 3, 0.7f, seed + 5);
                   return mixed(ground * (1 + 0.3f * bend), spot, soft_step(size - cell.nearest, 0.05)) *
                          (1 + 0.2f * fine);
                 }};
}

}  // namespace vd::synth
