// SPDX-License-Identifier: Apache-2.0
#include "report/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "report/colour_bar.h"
#include "report/text.h"

namespace vd {
namespace {

constexpr int kGap = 2;
constexpr double kWantedAspect = 16.0 / 9;

/// Type size that can be read when the video is shown at the width of a window.
double type_size(int frame_width) { return std::clamp(frame_width / 64.0, 11.0, 26.0); }

int strip_height(int frame_width) { return static_cast<int>(std::lround(2.9 * type_size(frame_width))); }

int even(int value) { return value + value % 2; }

/// Pixels of the whole for a size of cells.
Size whole(Size cell, int columns, int rows) {
  const int width = columns * cell.width + (columns - 1) * kGap;
  return {even(width), even(rows * cell.height + (rows - 1) * kGap + strip_height(width))};
}

void draw_strip(RgbImage& picture, const FrameMaps& maps, const PanelStyle& style,
                const SideBySideLayout& layout) {
  const double type = type_size(layout.frame.width);
  const int top = layout.rows * layout.cell.height + (layout.rows - 1) * kGap;
  TextStyle text;
  text.size_px = type;
  const double baseline = top + 1.35 * type;
  const std::string name = style.depth_unit == "m" ? "depth [m]" : "depth";
  draw_text(picture, type, baseline, name, text);
  text.anchor = Anchor::right;
  const std::string stamp = fmt::format("frame {}   {:.2f} s", maps.frame, maps.time_s);
  draw_text(picture, layout.frame.width - type, baseline, stamp, text);
  // Fixed places, so that nothing jumps from frame to frame.
  const int left = static_cast<int>(std::lround(2 * type + text_width("depth [m]", text)));
  const int right = layout.frame.width -
                    static_cast<int>(std::lround(2.5 * type + text_width("frame 00000   000.00 s", text)));
  if (right - left < 6 * type || style.depth_range.near_depth <= 0) return;
  TextStyle numbers;
  numbers.size_px = 0.85 * type;
  numbers.colour = palette::kFaintInk;
  draw_lying_bar(picture, left, top + static_cast<int>(std::lround(0.55 * type)), right - left,
                 static_cast<int>(std::lround(0.8 * type)), style.depth_colours,
                 depth_ticks(style.depth_range, right - left, 4.5 * type), numbers);
}

}  // namespace

SideBySideLayout lay_out_side_by_side(const std::vector<Panel>& panels, Size frame_size, int max_side) {
  if (panels.empty() || frame_size.width < 1 || frame_size.height < 1)
    throw Error("side by side", "nothing to show");
  SideBySideLayout layout;
  layout.panels = panels;
  const int count = static_cast<int>(panels.size());
  double best = INFINITY;
  for (int columns = 1; columns <= count; ++columns) {
    const int rows = (count + columns - 1) / columns;
    const double aspect = static_cast<double>(columns * frame_size.width) / (rows * frame_size.height);
    // An empty place in the grid costs as much as a shape twice as far from the wanted one.
    const double cost = std::abs(std::log(aspect / kWantedAspect)) + 0.7 * (columns * rows - count);
    if (cost < best) {
      best = cost;
      layout.columns = columns;
      layout.rows = rows;
    }
  }
  double scale = 1;
  do {
    layout.cell = {std::max(1, static_cast<int>(frame_size.width * scale)),
                   std::max(1, static_cast<int>(frame_size.height * scale))};
    layout.frame = whole(layout.cell, layout.columns, layout.rows);
    scale *= 0.99;
  } while (std::max(layout.frame.width, layout.frame.height) > max_side && layout.cell.width > 16);
  return layout;
}

RgbImage side_by_side(const FrameMaps& maps, const PanelStyle& style, const SideBySideLayout& layout) {
  RgbImage picture = blank_picture(layout.frame.width, layout.frame.height, palette::kPaper);
  TextStyle label;
  label.size_px = type_size(layout.frame.width);
  for (std::size_t k = 0; k < layout.panels.size(); ++k) {
    const int x = (static_cast<int>(k) % layout.columns) * (layout.cell.width + kGap);
    const int y = (static_cast<int>(k) / layout.columns) * (layout.cell.height + kGap);
    const RgbImage panel = panel_picture(layout.panels[k], maps, style);
    const bool same = panel.width() == layout.cell.width && panel.height() == layout.cell.height;
    paste(picture, x, y,
          same ? panel : resize(panel, layout.cell.width, layout.cell.height, Resampling::area));
    const int inset = static_cast<int>(std::lround(0.5 * label.size_px));
    draw_plate(picture, x + inset, y + inset, panel_name(layout.panels[k]), label);
  }
  draw_strip(picture, maps, style, layout);
  return picture;
}

}  // namespace vd
