// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "scene/noise.h"
#include "scene/pattern_tools.h"
#include "scene/patterns.h"

namespace vd::synth {
namespace {

/// A bright, dark or strong colour for a figure.
Colour figure_colour(Random& random) {
  const double hue = natural_hue(random), saturation = random.uniform(0.15, 0.85),
               value = random.uniform(0.15, 0.95);
  return colour_from_hsv(hue, saturation, value);
}

}  // namespace

Pattern wood(const Colour& colour, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float bend = tiling_fbm(u, v, 2, 3, 3, 0.5f, seed);
                   const double ring = fraction(v * 7 + 1.6 * bend);
                   const auto wave = static_cast<float>(ring < 0.8 ? ring / 0.8 : (1 - ring) / 0.2);
                   const float grain = tiling_fbm(u, v, 10, 120, 3, 0.7f, seed + 4);
                   return colour * (0.78f + 0.35f * wave) * (1 + 0.25f * grain);
                 }};
}

Pattern fabric(const Colour& a, const Colour& b, int threads, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const double x = u * threads, y = v * threads;
                   const bool over = (static_cast<int>(x) + static_cast<int>(y)) % 2 == 0;
                   const double across = over ? fraction(y) - 0.5 : fraction(x) - 0.5;
                   const float broad = tiling_fbm(u, v, 5, 5, 4, 0.6f, seed);
                   const float stripe = soft_step(std::sin(6.2831853 * 4 * u) - 0.3, 0.15);
                   const Colour yarn = mixed(a, b, stripe) * (1 + 0.2f * broad);
                   return yarn * static_cast<float>(1 - 1.4 * across * across) *
                          (0.9f + 0.2f * random_at(static_cast<int>(x), static_cast<int>(y), seed));
                 }};
}

Pattern rug(const Colour& ground, const Colour& figure, const Colour& border, std::uint32_t seed) {
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const double x = std::abs(u - 0.5), y = std::abs(v - 0.5), rim = 0.5 - std::max(x, y);
                   const double diamond = fraction((x + y) * 7), cross = fraction((x - y) * 7);
                   const float lattice = std::max(soft_step(0.12 - std::abs(diamond - 0.5), 0.05),
                                                  soft_step(0.12 - std::abs(cross - 0.5), 0.05));
                   const double bloom_x = fraction(u * 7) - 0.5, bloom_y = fraction(v * 7) - 0.5;
                   const double bloom = 0.22 + 0.07 * std::cos(5 * std::atan2(bloom_y, bloom_x)) -
                                        std::hypot(bloom_x, bloom_y);
                   Colour colour =
                       mixed(mixed(ground, figure, lattice * 0.8f), border, soft_step(bloom, 0.04));
                   const float zigzag = soft_step(std::abs(fraction((u + v) * 16) - 0.5) - 0.25, 0.08);
                   if (rim < 0.11) colour = mixed(border, figure, zigzag);
                   if (rim < 0.03 || (rim > 0.105 && rim < 0.125)) colour = ground * 0.4f;
                   const float pile = tiling_fbm(u, v, 90, 90, 2, 0.8f, seed);
                   return colour * (1 + 0.3f * pile);
                 }};
}

Pattern painting(std::uint32_t seed) {
  // A landscape of noise under a sky, or bold figures over a wash, in a frame.
  Random random(seed, 11);
  struct Figure {
    double x, y, radius, aspect, angle;
    int kind;
    Colour colour;
  };
  std::vector<Figure> figures;
  const bool landscape = random.below(2) == 0;
  const int count = landscape ? 3 : 9;
  for (int k = 0; k < count; ++k) {
    figures.push_back({random.uniform(0.1, 0.9), random.uniform(0.1, 0.9), random.uniform(0.05, 0.25),
                       random.uniform(0.3, 1.0), random.uniform(0, 3.1), static_cast<int>(random.below(3)),
                       figure_colour(random)});
  }
  const Colour low = figure_colour(random), high = figure_colour(random),
               frame = colour_from_hsv(0.1, 0.5, random.uniform(0.1, 0.6));
  return Pattern{
      256, 256, [=](double u, double v) -> Colour {
        const float wash = tiling_fbm(u, v, 5, 5, 5, 0.6f, seed + 1);
        const float stroke = tiling_fbm(u, v, 10, 40, 3, 0.7f, seed + 2);
        Colour colour = mixed(low, high, std::clamp(static_cast<float>(v) + 0.3f * wash, 0.0f, 1.0f));
        if (landscape) {
          for (int k = 0; k < 4; ++k) {
            const double ridge =
                0.65 - 0.16 * k + 0.13 * gradient_noise(u * (3 + k), 7.3 * k, 0, 0, seed + 3) + 0.02 * stroke;
            colour = mixed(
                colour,
                mixed(high, low, 0.3f * static_cast<float>(k)) * (0.75f - 0.17f * static_cast<float>(k)),
                soft_step(ridge - v, 0.01));
          }
        }
        for (const Figure& f : figures) {
          const double c = std::cos(f.angle), s = std::sin(f.angle), x = c * (u - f.x) + s * (v - f.y),
                       y = (c * (v - f.y) - s * (u - f.x)) / f.aspect;
          const double inside = f.kind == 0   ? f.radius - std::hypot(x, y)
                                : f.kind == 1 ? f.radius - std::max(std::abs(x), std::abs(y))
                                              : 0.02 - std::abs(std::hypot(x, y) - f.radius);
          colour = mixed(colour, f.colour, soft_step(inside, 0.012));
        }
        colour *= 1 + 0.25f * stroke;
        const double rim = std::min({u, v, 1 - u, 1 - v});
        if (rim < 0.045) colour = frame * static_cast<float>(0.6 + 14 * std::min(rim, 0.03));
        return colour;
      }};
}

Pattern bookshelf(int shelves, std::uint32_t seed) {
  Random random(seed, 12);
  struct Book {
    double left, right, height, band;
    Colour cover, label;
  };
  std::vector<std::vector<Book>> rows(static_cast<std::size_t>(shelves));
  for (auto& row : rows) {
    double x = 0.04;
    while (x < 0.95) {
      const double width = random.uniform(0.015, 0.045);
      const bool gap = random.below(12) == 0;
      const double height = gap ? 0 : random.uniform(0.62, 0.95), band = random.uniform(0.2, 0.7);
      const Colour cover = figure_colour(random), label = figure_colour(random);
      row.push_back({x, std::min(x + width, 0.96), height, band, cover, label});
      x += width;
    }
  }
  const Colour board = colour_from_hsv(0.08, 0.5, random.uniform(0.3, 0.7));
  return Pattern{512, 512, [=](double u, double v) -> Colour {
                   const float grain = tiling_fbm(u, v, 60, 12, 3, 0.7f, seed);
                   const double y = v * shelves, in_row = fraction(y);
                   Colour colour = board * 0.18f;
                   for (const Book& book : rows[static_cast<std::size_t>(y)]) {
                     if (u < book.left || u >= book.right) continue;
                     const double across = (u - book.left) / (book.right - book.left) - 0.5;
                     const Colour spine = std::abs(in_row - book.band) < 0.07 ? book.label : book.cover;
                     const auto round = static_cast<float>(1 - 2.2 * across * across);
                     colour = mixed(colour, spine * round, soft_step(book.height - in_row, 0.01));
                   }
                   const float shelf = std::max({soft_step(0.09 - in_row, 0.01), soft_step(0.03 - u, 0.004),
                                                 soft_step(u - 0.97, 0.004), soft_step(v - 0.985, 0.004)});
                   return mixed(colour, board * (1 + 0.25f * grain), shelf) * (1 + 0.08f * grain);
                 }};
}

Pattern crate(const Colour& colour, std::uint32_t seed) {
  return Pattern{
      256, 256, [=](double u, double v) -> Colour {
        const double rim = std::min({u, v, 1 - u, 1 - v});
        const bool frame = rim < 0.12, brace = std::abs(u - v) < 0.075;
        const double across = frame ? (std::min(u, 1 - u) < std::min(v, 1 - v) ? u : v) : v,
                     along = across == u ? v : u;
        const float grain = tiling_fbm(along, across, 4, 50, 3, 0.7f, seed);
        const double board = fraction(v * 5);
        const float gap = frame || brace ? 1.0f : soft_step(std::min(board, 1 - board) - 0.03, 0.03);
        const float tone = frame   ? 1.1f
                           : brace ? 0.95f
                                   : 0.7f + 0.35f * random_at(static_cast<int>(v * 5), 3, seed);
        const float edge = std::min(soft_step(std::abs(rim - 0.12) - 0.006, 0.008),
                                    brace || frame ? 1.0f : soft_step(std::abs(u - v) - 0.085, 0.012));
        const float nail =
            soft_step(0.012 - std::hypot(std::abs(u - 0.5) - 0.44, std::abs(v - 0.5) - 0.44), 0.006);
        return colour * tone * (1 + 0.3f * grain) * (0.3f + 0.7f * gap) * (0.4f + 0.6f * edge) *
               (1 - 0.7f * nail);
      }};
}

Pattern cardboard(std::uint32_t seed) {
  Random random(seed, 13);
  const Colour paper = colour_from_srgb(176, 133, 86) * static_cast<float>(random.uniform(0.8, 1.15));
  const Colour print = figure_colour(random);
  const double label_x = random.uniform(0.1, 0.5), label_y = random.uniform(0.1, 0.55);
  return Pattern{256, 256, [=](double u, double v) -> Colour {
                   const float fibre = tiling_fbm(u, v, 30, 60, 3, 0.7f, seed),
                               stain = tiling_fbm(u, v, 3, 3, 3, 0.5f, seed + 5);
                   Colour colour = paper * (1 + 0.1f * fibre + 0.2f * stain);
                   colour = mixed(colour, colour_from_srgb(205, 180, 130),
                                  0.8f * soft_step(0.05 - std::abs(v - 0.5), 0.01));
                   colour = mixed(colour, Colour(0.8f, 0.8f, 0.78f),
                                  in_box(u, v, label_x, label_x + 0.36, label_y, label_y + 0.26, 0.008));
                   for (int line = 0; line < 5; ++line) {
                     const double y = label_y + 0.04 + 0.042 * line,
                                  end = label_x + 0.12 + 0.2 * random_at(line, 1, seed);
                     colour =
                         mixed(colour, print * 0.4f, in_box(u, v, label_x + 0.03, end, y, y + 0.018, 0.008));
                   }
                   const double rim = std::min({u, v, 1 - u, 1 - v});
                   return colour * (0.75f + 0.25f * soft_step(rim - 0.015, 0.03));
                 }};
}

Pattern door(const Colour& colour, std::uint32_t seed) {
  return Pattern{256, 512, [=](double u, double v) -> Colour {
                   const float grain = tiling_fbm(u, v, 40, 6, 3, 0.7f, seed);
                   const double px = std::abs(u - 0.5),
                                py = v > 0.52 ? std::abs(v - 0.74) - 0.18 : std::abs(v - 0.27) - 0.19;
                   const double panel = std::max(std::abs(px - 0.2) - 0.14, py);
                   const float groove = 1 - 0.5f * soft_step(0.012 - std::abs(panel), 0.008);
                   const double rim = std::min({u, 1 - u, 1 - v});
                   const float frame = soft_step(rim - 0.05, 0.006) * 0.5f + 0.5f;
                   const float knob = soft_step(0.028 - std::hypot(u - 0.87, (v - 0.48) * 2), 0.008);
                   Colour paint = colour * (1 + 0.1f * grain) * groove;
                   if (rim < 0.045) paint = colour * 1.25f;
                   return mixed(paint * frame, Colour(0.75f, 0.6f, 0.25f), knob);
                 }};
}

Pattern beach_ball(const Colour& a, const Colour& b, int sectors, std::uint32_t seed) {
  return Pattern{512, 256, [=](double u, double v) -> Colour {
                   const int sector = static_cast<int>(u * sectors);
                   const double edge = std::min(fraction(u * sectors), 1 - fraction(u * sectors));
                   Colour colour = sector % 2 == 0 ? a : b;
                   if (sector % 4 == 3) colour = Colour(0.85f, 0.85f, 0.8f);
                   const double x = fraction(u * sectors) - 0.5, y = (v - 0.5) * sectors / 2;
                   const double star = 0.2 + 0.1 * std::cos(5 * std::atan2(y, x)) - std::hypot(x, y);
                   colour = mixed(colour, sector % 2 == 0 ? b : a, soft_step(star, 0.03));
                   colour = mixed(Colour(0.04f, 0.04f, 0.04f), colour, soft_step(edge - 0.02, 0.02));
                   if (std::abs(v - 0.5) > 0.44) colour = Colour(0.85f, 0.85f, 0.8f);
                   return colour * (1 + 0.15f * tiling_fbm(u, v, 24, 12, 4, 0.7f, seed));
                 }};
}

}  // namespace vd::synth
