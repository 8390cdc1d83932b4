// SPDX-License-Identifier: Apache-2.0
#include "image/colour_map.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"

namespace vd {
namespace {

constexpr double kDegree = 3.14159265358979323846 / 180;
constexpr int kTableSize = 1024;
constexpr int kBinsPerOctave = 32;
constexpr int kLowestOctave = -24;
constexpr int kHighestOctave = 40;

struct Lab {
  double lightness, a, b;
};

/// A point of a colour scale in polar OKLab.
struct Knot {
  double position, lightness, chroma, hue_deg;
};

std::array<double, 3> linear_rgb(const Lab& lab) {
  const double l = std::pow(lab.lightness + 0.3963377774 * lab.a + 0.2158037573 * lab.b, 3);
  const double m = std::pow(lab.lightness - 0.1055613458 * lab.a - 0.0638541728 * lab.b, 3);
  const double s = std::pow(lab.lightness - 0.0894841775 * lab.a - 1.2914855480 * lab.b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

double from_srgb(std::uint8_t byte) {
  const double v = byte / 255.0;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

std::uint8_t to_srgb(double linear) {
  const double v = std::clamp(linear, 0.0, 1.0);
  const double encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(255 * encoded));
}

/// The most colourful displayable colour of the same lightness and hue that is not more colourful than asked.
Colour displayable(Lab lab) {
  const auto fits = [](const std::array<double, 3>& rgb) {
    return std::all_of(rgb.begin(), rgb.end(), [](double v) { return v > -1e-4 && v < 1 + 1e-4; });
  };
  double low = 0, high = 1;
  if (!fits(linear_rgb(lab))) {
    for (int step = 0; step < 20; ++step) {
      const double middle = (low + high) / 2;
      (fits(linear_rgb({lab.lightness, middle * lab.a, middle * lab.b})) ? low : high) = middle;
    }
    lab = {lab.lightness, low * lab.a, low * lab.b};
  }
  const auto rgb = linear_rgb(lab);
  return {to_srgb(rgb[0]), to_srgb(rgb[1]), to_srgb(rgb[2])};
}

/// Lightness piecewise linear (so it rises where its knots rise), a and b by Catmull-Rom splines.
Lab interpolate(const std::vector<Knot>& knots, double position) {
  std::size_t k = 0;
  while (k + 2 < knots.size() && position > knots[k + 1].position) ++k;
  const double t =
      std::clamp((position - knots[k].position) / (knots[k + 1].position - knots[k].position), 0.0, 1.0);
  const auto at = [&](std::ptrdiff_t i) -> Lab {
    const Knot& knot = knots[std::clamp<std::ptrdiff_t>(i, 0, static_cast<std::ptrdiff_t>(knots.size()) - 1)];
    return {knot.lightness, knot.chroma * std::cos(knot.hue_deg * kDegree),
            knot.chroma * std::sin(knot.hue_deg * kDegree)};
  };
  const auto i = static_cast<std::ptrdiff_t>(k);
  const Lab p0 = at(i - 1), p1 = at(i), p2 = at(i + 1), p3 = at(i + 2);
  const auto spline = [t](double q0, double q1, double q2, double q3) {
    return q1 + 0.5 * t * (q2 - q0 + t * (2 * q0 - 5 * q1 + 4 * q2 - q3 + t * (3 * (q1 - q2) + q3 - q0)));
  };
  return {p1.lightness + t * (p2.lightness - p1.lightness), spline(p0.a, p1.a, p2.a, p3.a),
          spline(p0.b, p1.b, p2.b, p3.b)};
}

std::vector<Knot> knots_of(ColourMap map) {
  switch (map) {
    case ColourMap::ember:
      return {{0.0, 0.19, 0.09, 282}, {0.2, 0.34, 0.16, 296}, {0.4, 0.49, 0.19, 342},
              {0.6, 0.64, 0.20, 24},  {0.8, 0.80, 0.16, 66},  {1.0, 0.96, 0.10, 106}};
    case ColourMap::rainbow:
      return {{0.0, 0.24, 0.11, 300},  {0.14, 0.48, 0.21, 270}, {0.3, 0.72, 0.14, 225},
              {0.45, 0.84, 0.19, 158}, {0.58, 0.91, 0.20, 120}, {0.70, 0.86, 0.17, 88},
              {0.85, 0.65, 0.20, 47},  {1.0, 0.38, 0.15, 28}};
    case ColourMap::ice:
      return {{0.0, 0.14, 0.04, 270},
              {0.3, 0.38, 0.10, 250},
              {0.6, 0.62, 0.11, 215},
              {0.85, 0.82, 0.09, 190},
              {1.0, 0.96, 0.03, 170}};
    case ColourMap::grey:
      break;
  }
  return {{0.0, 0.10, 0, 0}, {1.0, 0.98, 0, 0}};
}

using Table = std::array<Colour, kTableSize>;

Table make_table(ColourMap map) {
  const auto knots = knots_of(map);
  Table table;
  for (int k = 0; k < kTableSize; ++k) table[k] = displayable(interpolate(knots, k / (kTableSize - 1.0)));
  return table;
}

const Table& table_of(ColourMap map) {
  static const std::array<Table, 4> tables = {make_table(ColourMap::ember), make_table(ColourMap::rainbow),
                                              make_table(ColourMap::ice), make_table(ColourMap::grey)};
  return tables[static_cast<std::size_t>(map)];
}

Colour look_up(const Table& table, double position) {
  if (!(position > 0)) return table.front();
  return table[static_cast<std::size_t>(std::min(position, 1.0) * (kTableSize - 1) + 0.5)];
}

bool is_valid_depth(float depth) { return depth > 0 && std::isfinite(depth); }

/// position_of(value) is the place on the scale, or a negative number where there is no value.
template <typename PositionOf>
RgbImage coloured(MapView<const float> values, const Table& table, const PositionOf& position_of) {
  RgbImage picture(values.width(), values.height());
  parallel_for(static_cast<std::size_t>(values.height()), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    for (int x = 0; x < values.width(); ++x) {
      const double position = position_of(values(x, y));
      const Colour colour = position < 0 ? hatch(x, y) : look_up(table, position);
      std::uint8_t* pixel = picture.pixel(x, y);
      pixel[0] = colour.red;
      pixel[1] = colour.green;
      pixel[2] = colour.blue;
    }
  });
  return picture;
}

}  // namespace

Colour colour_at(ColourMap map, double position) { return look_up(table_of(map), position); }

double lightness(Colour colour) {
  const double r = from_srgb(colour.red), g = from_srgb(colour.green), b = from_srgb(colour.blue);
  return 0.2104542553 * std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) +
         0.7936177850 * std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) -
         0.0040720468 * std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
}

double ColourRange::position(double depth) const {
  const double span = 1 / near_depth - 1 / far_depth;
  if (!(span > 0)) return 0.5;
  return std::clamp((1 / depth - 1 / far_depth) / span, 0.0, 1.0);
}

DepthHistogram::DepthHistogram()
    : bins_(static_cast<std::size_t>(kHighestOctave - kLowestOctave) * kBinsPerOctave, 0) {}

void DepthHistogram::add(MapView<const float> depth) {
  const auto last = static_cast<double>(bins_.size() - 1);
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      if (!is_valid_depth(depth(x, y))) continue;
      const double bin = (std::log2(depth(x, y)) - kLowestOctave) * kBinsPerOctave;
      ++bins_[static_cast<std::size_t>(std::clamp(bin, 0.0, last))];
      ++count_;
    }
  }
}

std::optional<double> DepthHistogram::quantile(double fraction) const {
  if (count_ == 0) return {};
  const double target = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_);
  double below = 0;
  std::size_t last_filled = 0;
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
    if (bins_[bin] == 0) continue;
    last_filled = bin;
    const auto here = static_cast<double>(bins_[bin]);
    if (below + here >= target) {
      const double inside = std::max(0.0, target - below) / here;
      return std::exp2(kLowestOctave + (static_cast<double>(bin) + inside) / kBinsPerOctave);
    }
    below += here;
  }
  return std::exp2(kLowestOctave + static_cast<double>(last_filled + 1) / kBinsPerOctave);
}

std::optional<ColourRange> robust_range(const DepthHistogram& histogram, double tail_fraction) {
  const auto near = histogram.quantile(tail_fraction);
  const auto far = histogram.quantile(1 - tail_fraction);
  if (!near || !far) return {};
  constexpr double kLeastRatio = 1.05;  // a wall seen face on would otherwise show nothing but noise
  if (*far >= kLeastRatio * *near) return ColourRange{*near, *far};
  const double middle = std::sqrt(*near * *far);
  return ColourRange{middle / std::sqrt(kLeastRatio), middle * std::sqrt(kLeastRatio)};
}

RgbImage colour_depth(MapView<const float> depth, const ColourRange& range, ColourMap map) {
  return coloured(depth, table_of(map),
                  [&](float value) { return is_valid_depth(value) ? range.position(value) : -1.0; });
}

RgbImage colour_weights(MapView<const float> weights, double low, double high, ColourMap map) {
  const double scale = high > low ? 1 / std::log(high / low) : 0;
  return coloured(weights, table_of(map), [&](float value) {
    return value > 0 ? std::clamp(std::log(value / low) * scale, 0.0, 1.0) : -1.0;
  });
}

Colour hatch(int x, int y) {
  constexpr Colour kDark = {34, 35, 37}, kLight = {50, 51, 54};
  return ((x + y) / 5) % 2 == 0 ? kDark : kLight;
}

}  // namespace vd
