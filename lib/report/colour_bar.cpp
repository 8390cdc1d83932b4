// SPDX-License-Identifier: Apache-2.0
#include "report/colour_bar.h"

#include <algorithm>
#include <cmath>

#include "report/ticks.h"

namespace vd {
namespace {

constexpr double kCapitalHeight = 0.72;

/// Candidates in the order of their roundness.
std::vector<double> round_numbers(double low, double high) {
  std::vector<double> numbers = decade_ticks(low, high);
  for (const int wanted : {6, 14, 30}) {
    const std::vector<double> finer = linear_ticks(low, high, wanted);
    numbers.insert(numbers.end(), finer.begin(), finer.end());
  }
  return numbers;
}

/// The candidates that leave enough room to those before them, in the order of position.
template <typename PositionOf>
std::vector<BarTick> spaced_ticks(const std::vector<double>& numbers, double length_px, double spacing_px,
                                  const PositionOf& position_of) {
  std::vector<BarTick> ticks;
  for (const double number : numbers) {
    if (!(number > 0)) continue;
    const double position = position_of(number);
    const bool is_free = std::all_of(ticks.begin(), ticks.end(), [&](const BarTick& other) {
      return std::abs(other.position - position) * length_px >= spacing_px;
    });
    if (is_free) ticks.push_back({position, number_text(number, 3)});
  }
  std::sort(ticks.begin(), ticks.end(),
            [](const BarTick& a, const BarTick& b) { return a.position < b.position; });
  return ticks;
}

void fill_column_or_row(RgbImage& picture, int x, int y, int width, int height, ColourMap map, bool upright) {
  const int length = upright ? height : width;
  for (int k = 0; k < length; ++k) {
    const double position = length > 1 ? 1 - k / (length - 1.0) : 1;
    const Colour colour = colour_at(map, position);
    if (upright)
      fill_rectangle(picture, x, y + k, width, 1, colour);
    else
      fill_rectangle(picture, x + k, y, 1, height, colour);
  }
}

}  // namespace

std::vector<BarTick> depth_ticks(const ColourRange& range, double length_px, double spacing_px) {
  const double far = std::isfinite(range.far_depth) ? range.far_depth : range.near_depth * 1e3;
  return spaced_ticks(round_numbers(range.near_depth, far), length_px, spacing_px,
                      [&](double depth) { return range.position(depth); });
}

std::vector<BarTick> weight_ticks(double low, double high, double length_px, double spacing_px) {
  return spaced_ticks(round_numbers(low, high), length_px, spacing_px,
                      [&](double weight) { return std::log(weight / low) / std::log(high / low); });
}

void draw_upright_bar(RgbImage& picture, int x, int y, int width, int height, ColourMap map,
                      const std::vector<BarTick>& ticks, const TextStyle& style) {
  fill_column_or_row(picture, x, y, width, height, map, true);
  for (const BarTick& tick : ticks) {
    const double centre = y + (1 - tick.position) * (height - 1);
    fill_rectangle(picture, x + width, static_cast<int>(std::lround(centre)), 4, 1, style.colour);
    // Numbers at the ends move inside, so that they stay within the height of the bar.
    const double half = kCapitalHeight * style.size_px / 2;
    const double baseline = std::clamp(centre + half, y + 2 * half, y + height - 0.0);
    draw_text(picture, x + width + 8, baseline, tick.text, style);
  }
}

void draw_lying_bar(RgbImage& picture, int x, int y, int width, int height, ColourMap map,
                    const std::vector<BarTick>& ticks, const TextStyle& style) {
  fill_column_or_row(picture, x, y, width, height, map, false);
  TextStyle middle = style;
  middle.anchor = Anchor::middle;
  for (const BarTick& tick : ticks) {
    const double centre = x + (1 - tick.position) * (width - 1);
    fill_rectangle(picture, static_cast<int>(std::lround(centre)), y + height, 1, 4, style.colour);
    const double half = text_width(tick.text, style) / 2;
    draw_text(picture, std::clamp(centre, x + half, std::max(x + half, x + width - half)),
              y + height + 6 + kCapitalHeight * style.size_px, tick.text, middle);
  }
}

}  // namespace vd
