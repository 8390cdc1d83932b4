// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/random.h"
#include "scene/texture.h"

namespace vd::synth {

// Pictures of materials, one tile each, that repeat without a seam (those marked "whole" are meant to be
// shown once). Their finest detail is a texel wide, so that a Texture made of them never aliases. Same seed,
// same picture.

// walls and floors
[[nodiscard]] Pattern plaster(const Colour& colour, float contrast, std::uint32_t seed);
[[nodiscard]] Pattern wallpaper(const Colour& ground, const Colour& figure, std::uint32_t seed);
[[nodiscard]] Pattern planks(const Colour& colour, int rows, std::uint32_t seed);
[[nodiscard]] Pattern tiles(const Colour& a, const Colour& b, const Colour& joint, int count,
                            std::uint32_t seed);
[[nodiscard]] Pattern bricks(const Colour& brick, const Colour& mortar, int rows, std::uint32_t seed);
[[nodiscard]] Pattern concrete(const Colour& colour, std::uint32_t seed);
[[nodiscard]] Pattern pebbles(const Colour& colour, int count, std::uint32_t seed);

// things
[[nodiscard]] Pattern wood(const Colour& colour, std::uint32_t seed);
[[nodiscard]] Pattern fabric(const Colour& a, const Colour& b, int threads, std::uint32_t seed);
[[nodiscard]] Pattern rug(const Colour& ground, const Colour& figure, const Colour& border,
                          std::uint32_t seed);                                                        // whole
[[nodiscard]] Pattern painting(std::uint32_t seed);                                                   // whole
[[nodiscard]] Pattern bookshelf(int shelves, std::uint32_t seed);                                     // whole
[[nodiscard]] Pattern crate(const Colour& colour, std::uint32_t seed);                                // whole
[[nodiscard]] Pattern cardboard(std::uint32_t seed);                                                  // whole
[[nodiscard]] Pattern door(const Colour& colour, std::uint32_t seed);                                 // whole
[[nodiscard]] Pattern beach_ball(const Colour& a, const Colour& b, int sectors, std::uint32_t seed);  // globe
[[nodiscard]] Pattern spots(const Colour& ground, const Colour& spot, int count, std::uint32_t seed);
[[nodiscard]] Pattern marble(const Colour& colour, const Colour& vein, std::uint32_t seed);
[[nodiscard]] Pattern checker(const Colour& a, const Colour& b, int count);

// outdoors
[[nodiscard]] Pattern grass(const Colour& colour, std::uint32_t seed);
[[nodiscard]] Pattern foliage(const Colour& colour, std::uint32_t seed);
[[nodiscard]] Pattern bark(const Colour& colour, std::uint32_t seed);
[[nodiscard]] Pattern asphalt(float brightness, std::uint32_t seed);
[[nodiscard]] Pattern terrain(const Colour& a, const Colour& b, std::uint32_t seed);
[[nodiscard]] Pattern roof(const Colour& colour, std::uint32_t seed);
[[nodiscard]] Pattern clouds(std::uint32_t seed);

/// One lane each way of a road, along u: asphalt, a broken middle line (one dash a tile), edge lines.
[[nodiscard]] Pattern road(std::uint32_t seed);

/// Front of a house with rows of windows; repeats to the side.
struct Facade {
  Colour wall;
  Colour trim;
  int floors = 4;
  int bays = 5;
  bool brick = false;
  bool shop = false;  // large windows and a sign on the ground floor
};
[[nodiscard]] Pattern facade(const Facade& facade, std::uint32_t seed);

/// Hue of things people make, in [0, 1): warm and blue more often than green and violet.
[[nodiscard]] double natural_hue(Random& random);

/// A colour of the given hue (turns), saturation and value of its sRGB levels, all in [0, 1].
[[nodiscard]] Colour colour_from_hsv(double hue, double saturation, double value);

}  // namespace vd::synth
