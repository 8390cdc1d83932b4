// SPDX-License-Identifier: Apache-2.0
#include "report/colour_bar.h"

#include <algorithm>
#include <cmath>

#include "report/ticks.h"

namespace vd {
namespace {

constexpr double kCapitalHeight = 0.72;

/// Candidates in the order of their roundness.
std::vector<double> round_depths(const ColourRange& range) {
  const double far = std::isfinite(range.far_depth) ? range.far_depth : range.near_depth * 1e3;
  std::vector<double> depths = decade_ticks(range.near_depth, far);
  for (const int wanted : {6, 14, 30}) {
    const std::vector<double> finer = linear_ticks(range.near_depth, far, wanted);
    depths.insert(depths.end(), finer.begin(), finer.end());
  }
  return depths;
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
  struct Accepted {
    double position, depth;
  };
  std::vector<Accepted> accepted;
  for (const double depth : round_depths(range)) {
    if (!(depth > 0)) continue;
    const double position = range.position(depth);
    const bool is_free = std::all_of(accepted.begin(), accepted.end(), [&](const Accepted& other) {
      return std::abs(other.position - position) * length_px >= spacing_px;
    });
    if (is_free) accepted.push_back({position, depth});
  }
  std::sort(accepted.begin(), accepted.end(),
            [](const Accepted& a, const Accepted& b) { return a.position < b.position; });
  std::vector<BarTick> ticks;
  for (const Accepted& tick : accepted) ticks.push_back({tick.position, number_text(tick.depth, 3)});
  return ticks;
}

std::vector<BarTick> scalar_ticks(double low, double high, double length_px, double spacing_px) {
  const int wanted = std::max(1, static_cast<int>(length_px / std::max(1.0, spacing_px)));
  const std::vector<double> values = linear_ticks(low, high, wanted);
  const double step = values.size() > 1 ? values[1] - values[0] : high - low;
  std::vector<BarTick> ticks;
  for (const double value : values) ticks.push_back({(value - low) / (high - low), tick_text(value, step)});
  return ticks;
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
