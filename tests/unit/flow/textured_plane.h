// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.h"
#include "image/map.h"

namespace vd::test {

/// A smooth texture without repetition that moves by (u, v) pixels: the pixel p shows the texture at p - (u,
/// v).
inline GreyImage textured_plane(int width, int height, double u, double v) {
  Random random(7);
  struct Wave {
    double kx, ky, phase, amplitude;
  };
  std::vector<Wave> waves;
  for (int k = 0; k < 40; ++k) {
    const double wavelength_px = random.uniform(5, 40);
    const double angle = random.uniform(0, 6.283185307179586);
    const double frequency = 6.283185307179586 / wavelength_px;
    waves.push_back({frequency * std::cos(angle), frequency * std::sin(angle),
                     random.uniform(0, 6.283185307179586), wavelength_px / 3});
  }
  GreyImage image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double value = 128;
      for (const Wave& w : waves) value += w.amplitude * std::sin(w.kx * (x - u) + w.ky * (y - v) + w.phase);
      image(x, y) = static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
    }
  }
  return image;
}

}  // namespace vd::test
