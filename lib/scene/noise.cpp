// SPDX-License-Identifier: Apache-2.0
#include "scene/noise.h"

#include <algorithm>
#include <cmath>

namespace vd::synth {
namespace {

int wrapped(int value, int period) {
  if (period <= 0) return value;
  while (value < 0) value += period;  // callers stay near the unit square: no division needed
  while (value >= period) value -= period;
  return value;
}

float faded(float t) { return t * t * t * (t * (t * 6 - 15) + 10); }

/// Dot product of a lattice point's gradient (one of 8 directions) with the offset from it.
float gradient_dot(std::uint32_t bits, float dx, float dy) {
  constexpr float diagonal = 0.70710678f;
  switch (bits >> 29) {
    case 0:
      return dx;
    case 1:
      return -dx;
    case 2:
      return dy;
    case 3:
      return -dy;
    case 4:
      return diagonal * (dx + dy);
    case 5:
      return diagonal * (dx - dy);
    case 6:
      return diagonal * (dy - dx);
    default:
      return -diagonal * (dx + dy);
  }
}

}  // namespace

std::uint32_t hash_lattice(int x, int y, std::uint32_t seed) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9E3779B1u ^
                    static_cast<std::uint32_t>(y) * 0x85EBCA77u ^ seed * 0xC2B2AE3Du;
  h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
  h = (h ^ (h >> 12)) * 0x297A2D39u;
  return h ^ (h >> 15);
}

float random_at(int x, int y, std::uint32_t seed) {
  return static_cast<float>(hash_lattice(x, y, seed) >> 8) * (1.0f / 16777216.0f);
}

float gradient_noise(double x, double y, int period_x, int period_y, std::uint32_t seed) {
  const int ix = static_cast<int>(std::floor(x));
  const int iy = static_cast<int>(std::floor(y));
  const auto fx = static_cast<float>(x - ix);
  const auto fy = static_cast<float>(y - iy);
  const int x0 = wrapped(ix, period_x), x1 = wrapped(ix + 1, period_x);
  const int y0 = wrapped(iy, period_y), y1 = wrapped(iy + 1, period_y);
  const float a = gradient_dot(hash_lattice(x0, y0, seed), fx, fy);
  const float b = gradient_dot(hash_lattice(x1, y0, seed), fx - 1, fy);
  const float c = gradient_dot(hash_lattice(x0, y1, seed), fx, fy - 1);
  const float d = gradient_dot(hash_lattice(x1, y1, seed), fx - 1, fy - 1);
  const float sx = faded(fx), sy = faded(fy);
  const float top = a + sx * (b - a), bottom = c + sx * (d - c);
  return 1.4f * (top + sy * (bottom - top));
}

float tiling_fbm(double u, double v, int cells_u, int cells_v, int octaves, float gain, std::uint32_t seed) {
  float sum = 0, weight = 1, total = 0;
  for (int k = 0; k < octaves; ++k) {
    sum += weight *
           gradient_noise(u * cells_u, v * cells_v, cells_u, cells_v, seed + static_cast<std::uint32_t>(k));
    total += weight;
    weight *= gain;
    cells_u *= 2;
    cells_v *= 2;
  }
  return 1.5f * sum / total;
}

CellularNoise tiling_cells(double u, double v, int cells, std::uint32_t seed) {
  const double x = u * cells, y = v * cells;
  const int ix = static_cast<int>(std::floor(x)), iy = static_cast<int>(std::floor(y));
  CellularNoise result{9, 9, 0};
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      const int cx = wrapped(ix + dx, cells), cy = wrapped(iy + dy, cells);
      const auto px = static_cast<float>(ix + dx + 0.1 + 0.8 * random_at(cx, cy, seed) - x);
      const auto py = static_cast<float>(iy + dy + 0.1 + 0.8 * random_at(cx, cy, seed + 1) - y);
      const float distance = std::sqrt(px * px + py * py);
      if (distance < result.nearest) {
        result = {distance, result.nearest, hash_lattice(cx, cy, seed + 2)};
      } else {
        result.second_nearest = std::min(result.second_nearest, distance);
      }
    }
  }
  return result;
}

}  // namespace vd::synth
