// SPDX-License-Identifier: Apache-2.0
#include "report/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "report/colour_bar.h"
#include "report/text.h"

namespace vd {
namespace {

constexpr int kMargin = 22;
constexpr int kTitle = 58;      // title and subtitle
constexpr int kHeader = 24;     // frame numbers
constexpr int kRowLabel = 26;   // names of the rows
constexpr int kGap = 6;         // between cells
constexpr int kBarColumn = 88;  // colour scale and its numbers
constexpr int kBarWidth = 14;

struct Layout {
  int cell_width, cell_height;
  [[nodiscard]] int column_x(int column) const { return kMargin + kRowLabel + column * (cell_width + kGap); }
  [[nodiscard]] int row_y(int row) const { return kMargin + kTitle + kHeader + row * (cell_height + kGap); }
};

Layout layout_of(Size frame_size, const ContactSheetOptions& options) {
  const double aspect = static_cast<double>(frame_size.height) / frame_size.width;
  return {options.cell_width, std::max(1, static_cast<int>(std::lround(options.cell_width * aspect)))};
}

RgbImage cell_picture(const RgbImage& picture, const Layout& layout) {
  const bool shrinks = picture.width() >= layout.cell_width;
  return resize(picture, layout.cell_width, layout.cell_height,
                shrinks ? Resampling::area : Resampling::cubic);
}

void draw_scale(RgbImage& sheet, Panel panel, const PanelStyle& style, int x, int y, int height) {
  TextStyle numbers;
  numbers.size_px = 13;
  numbers.colour = palette::kInk;
  const auto draw = [&](ColourMap map, std::vector<BarTick> ticks, const std::string& unit) {
    if (!unit.empty() && !ticks.empty()) ticks.back().text += " " + unit;  // topmost number carries the unit
    draw_upright_bar(sheet, x, y, kBarWidth, height, map, ticks, numbers);
  };
  const auto metres = [](const std::string& unit) { return unit == "m" ? unit : std::string(); };
  if (panel == Panel::depth) {
    draw(style.depth_colours, depth_ticks(style.depth_range, height, 22), metres(style.depth_unit));
  } else if (panel == Panel::truth_depth) {
    draw(style.depth_colours, depth_ticks(style.truth_range, height, 22), metres(style.truth_unit));
  } else if (panel == Panel::confidence) {
    draw(style.confidence_colours, weight_ticks(style.confidence_low, style.confidence_high, height, 22), "");
  }
}

void draw_headings(RgbImage& sheet, const std::vector<FrameMaps>& frames, const Layout& layout,
                   const ContactSheetOptions& options) {
  TextStyle title, subtitle, header;
  title.size_px = 24;
  title.bold = true;
  subtitle.size_px = 15;
  subtitle.colour = palette::kFaintInk;
  draw_text(sheet, kMargin, kMargin + 19, options.title, title);
  draw_text(sheet, kMargin, kMargin + 42, options.subtitle, subtitle);
  header.size_px = 14;
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const int x = layout.column_x(static_cast<int>(k));
    const int baseline = layout.row_y(0) - 8;
    const std::string name = fmt::format("frame {}", frames[k].frame);
    header.colour = palette::kInk;
    draw_text(sheet, x, baseline, name, header);
    const double after = x + text_width(name, header) + header.size_px;
    header.colour = palette::kFaintInk;
    draw_text(sheet, after, baseline, fmt::format("{:.2f} s", frames[k].time_s), header);
  }
}

}  // namespace

Size contact_sheet_size(int frames, int panels, Size frame_size, const ContactSheetOptions& options) {
  const Layout layout = layout_of(frame_size, options);
  return {layout.column_x(frames) - kGap + kBarColumn + kMargin, layout.row_y(panels) - kGap + kMargin};
}

RgbImage contact_sheet(const std::vector<FrameMaps>& frames, const PanelStyle& style,
                       const ContactSheetOptions& options) {
  if (frames.empty() || frames.front().rgb.empty()) throw Error("contact sheet", "no frames");
  for (const FrameMaps& maps : frames) {
    if (!maps.rgb.same_size(frames.front().rgb)) throw Error("contact sheet", "frames differ in size");
  }
  const std::vector<Panel> panels = panels_of(frames);
  const Size frame_size = {frames.front().rgb.width(), frames.front().rgb.height()};
  const Layout layout = layout_of(frame_size, options);
  const Size size = contact_sheet_size(static_cast<int>(frames.size()), static_cast<int>(panels.size()),
                                       frame_size, options);
  RgbImage sheet = blank_picture(size.width, size.height, palette::kPaper);
  draw_headings(sheet, frames, layout, options);
  for (std::size_t row = 0; row < panels.size(); ++row) {
    const int y = layout.row_y(static_cast<int>(row));
    TextStyle label;
    label.size_px = 15;
    draw_text_upwards(sheet, kMargin + 8, y + layout.cell_height / 2.0, panel_name(panels[row]), label);
    for (std::size_t k = 0; k < frames.size(); ++k) {
      paste(sheet, layout.column_x(static_cast<int>(k)), y,
            cell_picture(panel_picture(panels[row], frames[k], style), layout));
    }
    draw_scale(sheet, panels[row], style, layout.column_x(static_cast<int>(frames.size())) + 6, y,
               layout.cell_height);
  }
  return sheet;
}

std::vector<int> spread_frames(int count, int wanted) {
  std::vector<int> frames;
  const int columns = std::min(count, wanted);
  for (int k = 0; k < columns; ++k) {
    frames.push_back(columns == 1 ? 0 : static_cast<int>(std::lround(k * (count - 1.0) / (columns - 1.0))));
  }
  return frames;
}

}  // namespace vd
