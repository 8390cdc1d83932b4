// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "image/colour_map.h"
#include "image/map.h"

namespace vd {

/// Which point of a text lies at the given x.
enum class Anchor { left, middle, right };

/// size_px is the height of a line as in CSS: capitals are about 0.72 of it.
struct TextStyle {
  double size_px = 14;
  Colour colour = {235, 236, 238};
  bool bold = false;
  Anchor anchor = Anchor::left;
};

/// Colours that all pictures of a report share.
namespace palette {
constexpr Colour kPaper = {22, 24, 28};        // background of sheets and videos
constexpr Colour kInk = {235, 236, 238};       // text on it
constexpr Colour kFaintInk = {150, 154, 162};  // secondary text
constexpr Colour kFrame = {64, 68, 76};        // thin lines
constexpr Colour kMoving = {255, 92, 56};      // moving objects
}  // namespace palette

/// Width of a line of text in pixels. Text is ASCII; other bytes are drawn as '?'.
[[nodiscard]] double text_width(const std::string& text, const TextStyle& style);

/// Draws one line with its base line at y, anchored at x; what falls outside the picture is cut.
void draw_text(RgbImage& picture, double x, double baseline_y, const std::string& text,
               const TextStyle& style);

/// Draws one line turned by 90 degrees, to be read from below: it is centred on (x, y).
void draw_text_upwards(RgbImage& picture, double x, double y, const std::string& text,
                       const TextStyle& style);

/// Draws a line on a translucent dark plate whose upper left corner is at (x, y): readable on any picture.
void draw_plate(RgbImage& picture, int x, int y, const std::string& text, const TextStyle& style);

/// Fills a rectangle, cut at the border of the picture; opacity from 0 to 1.
void fill_rectangle(RgbImage& picture, int x, int y, int width, int height, Colour colour,
                    double opacity = 1);

/// Copies a picture to (x, y) of a larger one; throws Error when it does not fit.
void paste(RgbImage& picture, int x, int y, const RgbImage& part);

/// A picture of one colour.
[[nodiscard]] RgbImage blank_picture(int width, int height, Colour colour);

}  // namespace vd
