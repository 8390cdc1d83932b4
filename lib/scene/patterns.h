// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "core/random.h"
#include "scene/texture.h"

namespace vd::synth {

// Pictures of materials, one tile each, that repeat without a seam (those marked "whole" are meant to be shown once).
// Their finest detail is a texel wide, so that a Texture made of them never aliases. Same seed, same picture.

/// A picture from a colour function of (u, v), u to the right, v up, both in [0, 1).
[[nodiscard]] RgbImage painted(int width, int height, const std::function<Colour(double u, double v)>& colour);

// walls and floors
[[nodiscard]] RgbImage plaster(const Colour& colour, float contrast, std::uint32_t seed);
[[nodiscard]] RgbImage wallpaper(const Colour& ground, const Colour& figure, std::uint32_t seed);
[[nodiscard]] RgbImage planks(const Colour& colour, int rows, std::uint32_t seed);
[[nodiscard]] RgbImage tiles(const Colour& a, const Colour& b, const Colour& joint, int count, std::uint32_t seed);
[[nodiscard]] RgbImage bricks(const Colour& brick, const Colour& mortar, int rows, std::uint32_t seed);
[[nodiscard]] RgbImage concrete(const Colour& colour, std::uint32_t seed);
[[nodiscard]] RgbImage pebbles(const Colour& colour, int count, std::uint32_t seed);

// things
[[nodiscard]] RgbImage wood(const Colour& colour, std::uint32_t seed);
[[nodiscard]] RgbImage fabric(const Colour& a, const Colour& b, int threads, std::uint32_t seed);
[[nodiscard]] RgbImage rug(const Colour& ground, const Colour& figure, const Colour& border, std::uint32_t seed);  // whole
[[nodiscard]] RgbImage painting(std::uint32_t seed);                                                            // whole
[[nodiscard]] RgbImage bookshelf(int shelves, std::uint32_t seed);                                              // whole
[[nodiscard]] RgbImage crate(const Colour& colour, std::uint32_t seed);                                         // whole
[[nodiscard]] RgbImage cardboard(std::uint32_t seed);                                                           // whole
[[nodiscard]] RgbImage door(const Colour& colour, std::uint32_t seed);                                          // whole
[[nodiscard]] RgbImage beach_ball(const Colour& a, const Colour& b, int sectors, std::uint32_t seed);           // globe
[[nodiscard]] RgbImage spots(const Colour& ground, const Colour& spot, int count, std::uint32_t seed);
[[nodiscard]] RgbImage marble(const Colour& colour, const Colour& vein, std::uint32_t seed);
[[nodiscard]] RgbImage checker(const Colour& a, const Colour& b, int count);

// outdoors
[[nodiscard]] RgbImage grass(const Colour& colour, std::uint32_t seed);
[[nodiscard]] RgbImage foliage(const Colour& colour, std::uint32_t seed);
[[nodiscard]] RgbImage bark(const Colour& colour, std::uint32_t seed);
[[nodiscard]] RgbImage asphalt(float brightness, std::uint32_t seed);
[[nodiscard]] RgbImage terrain(const Colour& a, const Colour& b, std::uint32_t seed);
[[nodiscard]] RgbImage roof(const Colour& colour, std::uint32_t seed);
[[nodiscard]] RgbImage clouds(std::uint32_t seed);

/// One lane each way of a road, along u: asphalt, a broken middle line (one dash a tile), edge lines.
[[nodiscard]] RgbImage road(std::uint32_t seed);

/// Front of a house with rows of windows; repeats to the side.
struct Facade {
  Colour wall;
  Colour trim;
  int floors = 4;
  int bays = 5;
  bool brick = false;
  bool shop = false;  // large windows and a sign on the ground floor
};
[[nodiscard]] RgbImage facade(const Facade& facade, std::uint32_t seed);

/// A colour of the given hue (turns), saturation and value of its sRGB levels, all in [0, 1].
[[nodiscard]] Colour colour_from_hsv(double hue, double saturation, double value);

}  // namespace vd::synth
