// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "geometry/vec.h"
#include "image/colour_map.h"
#include "image/map.h"
#include "report/text.h"

namespace vd {

// A drawing is a list of shapes, painted in their order, in pixels with x to the right and y down. It has two
// back ends, SVG text and a picture, so that what a paper prints and what a terminal shows are the same
// figure.

/// Straight lines through points; filled where fill is set.
struct Polyline {
  std::vector<Vec2> points;
  Colour colour;
  double width_px = 1;
  double opacity = 1;
  bool closed = false;
  bool dashed = false;  // only of open lines
  std::optional<Colour> fill = {};
};

struct Disc {
  Vec2 centre;
  double radius_px = 3;
  Colour fill;
  Colour outline;
  double outline_px = 0;
};

/// One line of text with its base line at `at`; turned by 90 degrees (read from below) it is centred on `at`.
struct Label {
  Vec2 at;
  std::string text;
  TextStyle style;
  bool upwards = false;
};

struct Drawing {
  double width = 0;
  double height = 0;
  Colour background;
  std::vector<std::variant<Polyline, Disc, Label>> shapes;
};

/// The drawing as one stand-alone SVG 1.1 document; coordinates have two decimals.
[[nodiscard]] std::string to_svg(const Drawing& drawing);

/// The drawing as a picture of width x height pixels, smoothed by drawing it three times as large.
[[nodiscard]] RgbImage to_picture(const Drawing& drawing);

}  // namespace vd
