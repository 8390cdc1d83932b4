// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "scene/noise.h"
#include "scene/pattern_tools.h"
#include "scene/patterns.h"

namespace vd::synth {

Pattern grass(const Colour& colour, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float broad = tiling_fbm(u, v, 4, 4, 4, 0.6f, seed);
                   const float blades = tiling_fbm(u, v, 80, 40, 2, 0.8f, seed + 5),
                               tips = tiling_fbm(u + 0.01 * broad, v, 50, 70, 2, 0.7f, seed + 8);
                   const Colour dry = colour.cwiseProduct(Colour(1.7f, 1.15f, 0.8f));
                   return mixed(colour, dry, std::clamp(0.5f + 1.2f * broad, 0.0f, 1.0f)) *
                          std::max(0.15f, 1 + 0.55f * blades + 0.45f * tips);
                 }};
}

Pattern foliage(const Colour& colour, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const CellularNoise leaf = tiling_cells(u, v, 26, seed);
                   const float tone = random_at(static_cast<int>(leaf.id & 1023u), 1, seed);
                   const float clump = tiling_fbm(u, v, 5, 5, 4, 0.65f, seed + 2);
                   const float rim = soft_step(leaf.second_nearest - leaf.nearest - 0.1, 0.15);
                   const Colour young = colour.cwiseProduct(Colour(1.6f, 1.25f, 0.7f));
                   return mixed(colour, young, tone) *
                          std::max(0.12f, (0.45f + 0.75f * rim) * (0.85f + 0.9f * clump));
                 }};
}

Pattern bark(const Colour& colour, std::uint32_t seed) {
  return Pattern{256, 256, [=](double u, double v) -> Colour {
                   const float bend = tiling_fbm(u, v, 4, 2, 3, 0.6f, seed);
                   const float ridge = std::abs(tiling_fbm(u + 0.05 * bend, v, 16, 4, 3, 0.6f, seed + 3));
                   return colour * (0.4f + 1.6f * ridge) *
                          (1 + 0.25f * tiling_fbm(u, v, 40, 40, 2, 0.7f, seed + 6));
                 }};
}

Pattern asphalt(float brightness, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float broad = tiling_fbm(u, v, 3, 3, 4, 0.6f, seed),
                               grit = tiling_fbm(u, v, 100, 100, 2, 0.8f, seed + 4);
                   const float tone = brightness * (1 + 0.3f * broad + 0.45f * grit);
                   return {tone, tone, tone * 1.04f};
                 }};
}

Pattern road(std::uint32_t seed) {
  return Pattern{
      1024, 512, [=](double u, double v) -> Colour {
        const float broad = tiling_fbm(u, v, 6, 4, 4, 0.6f, seed),
                    grit = tiling_fbm(u, v, 240, 140, 2, 0.8f, seed + 6);
        const auto wheel = static_cast<float>(std::cos(v * 4 * 6.2831853));  // tracks polished by wheels
        const float tone = 0.1f * (1 + 0.3f * broad + 0.45f * grit + 0.1f * wheel);
        Colour colour(tone, tone, tone * 1.05f);
        const CellularNoise patch = tiling_cells(u, v, 4, seed + 9);
        if (patch.id % 5 == 0) colour *= 1 - 0.3f * soft_step(0.3 - patch.nearest, 0.02);
        const float crack = soft_step(0.012 - std::abs(tiling_fbm(u, v, 5, 3, 3, 0.6f, seed + 12)), 0.01);
        colour *= 1 - 0.45f * crack * soft_step(broad, 0.2);
        const float worn = std::clamp(0.85f + 0.5f * broad - 0.4f * grit, 0.3f, 1.0f);
        float paint = in_box(u, v, 0.2, 0.6, 0.491, 0.509, 0.004);
        paint = std::max(paint, soft_step(0.009 - std::abs(std::abs(v - 0.5) - 0.465), 0.004));
        return mixed(colour, Colour(0.72f, 0.72f, 0.68f), paint * worn);
      }};
}

Pattern terrain(const Colour& a, const Colour& b, std::uint32_t seed) {
  return Pattern{1024, 1024, [=](double u, double v) -> Colour {
                   const float broad = tiling_fbm(u, v, 5, 5, 5, 0.6f, seed),
                               fine = tiling_fbm(u, v, 60, 60, 3, 0.75f, seed + 7);
                   const CellularNoise bush = tiling_cells(u, v, 60, seed + 3);
                   const float dark =
                       bush.id % 3 == 0 && broad > 0 ? soft_step(0.33 - bush.nearest, 0.15) : 0.0f;
                   const Colour ground = mixed(a, b, soft_step(broad + 0.2 * fine, 0.5));
                   return ground * std::max(0.2f, 1 + 0.5f * fine) * (1 - 0.65f * dark);
                 }};
}

Pattern roof(const Colour& colour, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const double y = v * 14;
                   const int j = static_cast<int>(y);
                   const double x = fraction(u + (j % 2) / 40.0) * 20;
                   const float tone = 0.65f + 0.6f * random_at(static_cast<int>(x), j, seed);
                   const double round = fraction(x) - 0.5, lip = fraction(y) - 1.2 * round * round;
                   const float shade = static_cast<float>(0.45 + 0.65 * std::clamp(1 - lip, 0.0, 1.0));
                   return colour * tone * shade * (1 + 0.2f * tiling_fbm(u, v, 20, 20, 4, 0.7f, seed + 4));
                 }};
}

Pattern clouds(std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float bend = tiling_fbm(u, v, 4, 4, 3, 0.5f, seed + 9);
                   const float cover = 0.5f + 0.6f * tiling_fbm(u + 0.03 * bend, v, 4, 4, 6, 0.55f, seed);
                   return Colour::Constant(std::clamp(cover, 0.0f, 1.0f));
                 }};
}

namespace {

/// One window: sill, frame, glass with curtains and a reflection of the sky.
Colour window_colour(double x, double y, const Facade& facade, float mood, bool arched, double px) {
  const double top = arched ? 1 - 0.25 * (2 * x - 1) * (2 * x - 1) : 1.0;
  const double rim = std::min({x, 1 - x, y, top - y});
  const float sky = static_cast<float>(std::clamp(0.25 + 0.5 * y - 0.3 * x, 0.0, 1.0));
  Colour glass = mixed(Colour(0.02f, 0.03f, 0.04f), Colour(0.3f, 0.38f, 0.48f), sky * (0.4f + 0.6f * mood));
  const double drape = mood > 0.55f ? 0.12 + 0.3 * (mood - 0.55) : 0.0;
  if (std::min(x, 1 - x) < drape)
    glass = Colour(0.5f, 0.47f, 0.42f) * (0.7f + 0.3f * static_cast<float>(std::sin(90 * x)));
  if (mood < 0.2f && y > 0.3 + mood)
    glass = Colour(0.55f, 0.5f, 0.4f) * (0.8f + 0.2f * static_cast<float>(std::sin(70 * y)));
  const double bar = std::min({rim - 0.07, std::abs(x - 0.5) - 0.025, std::abs(y - 0.62) - 0.02});
  return mixed(facade.trim, glass, soft_step(bar, px));
}

}  // namespace

Pattern facade(const Facade& facade, std::uint32_t seed) {
  Random random(seed, 14);
  const double width = random.uniform(0.4, 0.62), sill = random.uniform(0.22, 0.32),
               head = random.uniform(0.78, 0.9);
  const bool arched = random.below(3) == 0, ledges = random.below(2) == 0,
             shutters = random.below(3) == 0 && width < 0.5;
  const Colour sign = colour_from_hsv(random.uniform(), 0.6, 0.6),
               shutter = colour_from_hsv(random.uniform(), 0.4, 0.4);
  const int brick_rows = facade.floors * 30, brick_columns = facade.bays * 10;
  return Pattern{
      512, 512, [=](double u, double v) -> Colour {
        const double x = u * facade.bays, y = v * facade.floors;
        const int bay = static_cast<int>(x), floor = static_cast<int>(y);
        const double px = 0.012, fx = fraction(x), fy = fraction(y);
        const float stain = tiling_fbm(u, v, 5, 3, 4, 0.6f, seed),
                    grit = tiling_fbm(u, v, 150, 150, 1, 0.8f, seed + 7);
        Colour colour = facade.wall * (1 + 0.25f * stain + 0.2f * grit);
        if (facade.brick) {
          const double by = v * brick_rows,
                       bx = fraction(u + (static_cast<int>(by) % 2) * 0.5 / brick_columns) * brick_columns;
          const float tone = 0.7f + 0.6f * random_at(static_cast<int>(bx), static_cast<int>(by), seed + 1);
          const bool joint = fraction(by) < 0.16 || fraction(bx) < 0.06;
          colour = joint ? Colour(0.45f, 0.43f, 0.4f) * (1 + 0.2f * stain) : Colour(colour * tone);
        }
        if (ledges) colour = mixed(colour, facade.trim * 0.8f, in_box(fx, fy, -1, 2, 0.02, 0.08, px));
        colour *= 1 - 0.4f * in_box(fx, fy, -1, 2, -0.03, 0.02, px) * (ledges ? 1.0f : 0.0f);
        const float mood = random_at(bay, floor, seed + 2);
        if (facade.shop && floor == 0) {
          const float glass = in_box(fx, fy, 0.06, 0.94, 0.1, 0.72, px),
                      board = in_box(fx, fy, -1, 2, 0.76, 0.94, px);
          colour = mixed(
              colour,
              window_colour((fx - 0.06) / 0.88, (fy - 0.1) / 0.62, facade, 0.3f + 0.3f * mood, false, 0.02),
              glass);
          const float letters = in_box(fx, fy, 0.15, 0.85, 0.81, 0.89, px) *
                                soft_step(random_at(static_cast<int>(x * 14), 5, seed) - 0.35, 0.1);
          return mixed(colour, mixed(sign, Colour(0.8f, 0.78f, 0.7f), letters), board);
        }
        const double left = 0.5 - width / 2, right = 0.5 + width / 2;
        if (shutters) {
          const double beside = std::abs(fx - 0.5) - width / 2;
          const auto slats = static_cast<float>(0.75 + 0.25 * std::sin(fy * 150));
          colour = mixed(colour, shutter * slats, in_box(beside, fy, 0.01, width / 2 - 0.01, sill, head, px));
        }
        colour = mixed(colour, facade.trim * (1 + 0.2f * stain),
                       in_box(fx, fy, left - 0.05, right + 0.05, sill - 0.06, head + 0.05, px));
        colour =
            mixed(colour,
                  window_colour((fx - left) / width, (fy - sill) / (head - sill), facade, mood, arched, 0.03),
                  in_box(fx, fy, left, right, sill, head, px));
        const float shadow = in_box(fx, fy, left - 0.05, right + 0.05, sill - 0.11, sill - 0.06, 0.04);
        return colour * (1 - 0.35f * shadow);
      }};
}

}  // namespace vd::synth
