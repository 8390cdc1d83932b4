// SPDX-License-Identifier: Apache-2.0
#include "image/flow_colour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "image/colour_map.h"

namespace vd {
namespace {

/// The wheel: between neighbours of red, yellow, green, cyan, blue and magenta one channel rises or falls.
std::vector<std::array<double, 3>> make_wheel() {
  struct Arc {
    int steps, held, moving;
    bool rises;
  };
  constexpr std::array<Arc, 6> arcs = {{{15, 0, 1, true},
                                        {6, 1, 0, false},
                                        {4, 1, 2, true},
                                        {11, 2, 1, false},
                                        {13, 2, 0, true},
                                        {6, 0, 2, false}}};
  std::vector<std::array<double, 3>> wheel;
  for (const Arc& arc : arcs) {
    for (int k = 0; k < arc.steps; ++k) {
      std::array<double, 3> colour{};
      const double part = std::floor(255.0 * k / arc.steps);
      colour[arc.held] = 255;
      colour[arc.moving] = arc.rises ? part : 255 - part;
      wheel.push_back(colour);
    }
  }
  return wheel;
}

Colour wheel_colour(const std::vector<std::array<double, 3>>& wheel, double u, double v) {
  const double radius = std::hypot(u, v);
  const double turn = std::atan2(-v, -u) / 3.14159265358979323846;
  const double place = (turn + 1) / 2 * static_cast<double>(wheel.size() - 1);
  const auto k = static_cast<std::size_t>(place);
  const double part = place - static_cast<double>(k);
  std::array<std::uint8_t, 3> rgb{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double hue = ((1 - part) * wheel[k][c] + part * wheel[(k + 1) % wheel.size()][c]) / 255;
    rgb[c] = static_cast<std::uint8_t>(255 * (radius <= 1 ? 1 - radius * (1 - hue) : 0.75 * hue));
  }
  return {rgb[0], rgb[1], rgb[2]};
}

}  // namespace

double longest_flow_px(MapView<const float, 2> flow) {
  double longest = 0;
  for (int y = 0; y < flow.height(); ++y) {
    for (int x = 0; x < flow.width(); ++x) {
      const double length = std::hypot(flow(x, y, 0), flow(x, y, 1));
      if (std::isfinite(length)) longest = std::max(longest, length);
    }
  }
  return longest;
}

RgbImage colour_flow(MapView<const float, 2> flow, double full_px) {
  static const std::vector<std::array<double, 3>> wheel = make_wheel();
  const double scale = 1 / (full_px + 1e-5);
  RgbImage picture(flow.width(), flow.height());
  for (int y = 0; y < flow.height(); ++y) {
    for (int x = 0; x < flow.width(); ++x) {
      const double u = flow(x, y, 0) * scale;
      const double v = flow(x, y, 1) * scale;
      const bool known = std::isfinite(u) && std::isfinite(v);
      const Colour colour = known ? wheel_colour(wheel, u, v) : hatch(x, y);
      picture(x, y, 0) = colour.red;
      picture(x, y, 1) = colour.green;
      picture(x, y, 2) = colour.blue;
    }
  }
  return picture;
}

}  // namespace vd
