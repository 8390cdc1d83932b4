// SPDX-License-Identifier: Apache-2.0
#include "report/panels.h"

#include <algorithm>
#include <cmath>

#include "image/convert.h"
#include "report/text.h"

namespace vd {
namespace {

bool has(Panel panel, const FrameMaps& maps) {
  switch (panel) {
    case Panel::rgb:
      return !maps.rgb.empty();
    case Panel::depth:
      return !maps.depth.empty();
    case Panel::confidence:
      return !maps.confidence.empty();
    case Panel::mask:
      return !maps.mask.empty();
    case Panel::truth_depth:
      return !maps.truth_depth.empty();
  }
  return false;
}

RgbImage striped(int width, int height) { return colour_depth(DepthMap(width, height), {1, 2}); }

/// True where a moving pixel has a still one within radius: the outline of the moving objects, on their
/// inside.
bool is_outline(const MaskMap& mask, int x, int y, int radius) {
  for (const auto& [dx, dy] : {std::pair{radius, 0}, {-radius, 0}, {0, radius}, {0, -radius}}) {
    if (mask.contains(x + dx, y + dy) && mask(x + dx, y + dy) == 0) return true;
  }
  return false;
}

RgbImage mask_picture(const RgbImage& rgb, const MaskMap& mask) {
  RgbImage picture = to_rgb(to_grey(rgb));
  const int outline = std::max(1, rgb.width() / 400);
  const Colour tint = palette::kMoving;
  for (int y = 0; y < rgb.height(); ++y) {
    for (int x = 0; x < rgb.width(); ++x) {
      std::uint8_t* pixel = picture.pixel(x, y);
      const std::uint8_t* original = rgb.pixel(x, y);
      if (mask(x, y) == 0) {
        for (int c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(20 + pixel[c] * 2 / 5);
        continue;
      }
      const int weight = is_outline(mask, x, y, outline) ? 100 : 32;  // percent of tint
      const int target[3] = {tint.red, tint.green, tint.blue};
      for (int c = 0; c < 3; ++c) {
        pixel[c] = static_cast<std::uint8_t>((original[c] * (100 - weight) + target[c] * weight) / 100);
      }
    }
  }
  return picture;
}

/// Spreads each value over its neighbourhood, nearest surface first, when less than a fifth of the pixels are
/// valid.
DepthMap thickened(const DepthMap& depth) {
  const auto valid =
      std::count_if(depth.values().begin(), depth.values().end(), [](float d) { return d > 0; });
  if (static_cast<double>(valid) >= 0.2 * static_cast<double>(depth.pixels())) return depth;
  DepthMap spread = depth;
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      const float value = depth(x, y);
      if (!(value > 0) || !std::isfinite(value)) continue;
      for (int v = std::max(0, y - 1); v <= std::min(depth.height() - 1, y + 1); ++v) {
        for (int u = std::max(0, x - 1); u <= std::min(depth.width() - 1, x + 1); ++u) {
          if (!(spread(u, v) > 0) || spread(u, v) > value) spread(u, v) = value;
        }
      }
    }
  }
  return spread;
}

}  // namespace

std::string panel_name(Panel panel) {
  switch (panel) {
    case Panel::rgb:
      return "RGB";
    case Panel::depth:
      return "depth";
    case Panel::confidence:
      return "confidence";
    case Panel::mask:
      return "moving";
    case Panel::truth_depth:
      return "true depth";
  }
  return "";
}

std::vector<Panel> panels_of(const std::vector<FrameMaps>& frames) {
  std::vector<Panel> panels;
  for (const Panel panel : {Panel::rgb, Panel::depth, Panel::confidence, Panel::mask, Panel::truth_depth}) {
    const auto can_fill = [panel](const FrameMaps& maps) { return has(panel, maps); };
    if (std::any_of(frames.begin(), frames.end(), can_fill)) panels.push_back(panel);
  }
  return panels;
}

RgbImage panel_picture(Panel panel, const FrameMaps& maps, const PanelStyle& style) {
  if (!has(panel, maps)) return striped(maps.rgb.width(), maps.rgb.height());
  switch (panel) {
    case Panel::rgb:
      return maps.rgb;
    case Panel::depth:
      return colour_depth(thickened(maps.depth), style.depth_range, style.depth_colours);
    case Panel::confidence:
      return colour_weights(maps.confidence, style.confidence_low, style.confidence_high,
                            style.confidence_colours);
    case Panel::mask:
      return mask_picture(maps.rgb, maps.mask);
    case Panel::truth_depth:
      return colour_depth(thickened(maps.truth_depth), style.truth_range, style.depth_colours);
  }
  return {};
}

}  // namespace vd
