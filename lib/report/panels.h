// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/colour_map.h"
#include "image/map.h"

namespace vd {

/// What is known about one frame; maps that do not exist are empty. All have the size of rgb.
struct FrameMaps {
  int frame = 0;
  double time_s = 0;
  RgbImage rgb;
  DepthMap depth;
  ConfidenceMap confidence;
  MaskMap mask;  // 255 = moving
  DepthMap truth_depth;
};

/// One picture of a frame.
enum class Panel { rgb, depth, confidence, mask, truth_depth };

/// How maps become colours: the same for all frames of a shot, unless ranges are wanted per frame.
struct PanelStyle {
  ColourRange depth_range;       // in the unit of depth
  ColourRange truth_range;       // in the unit of the truth
  double confidence_low = 0.01;  // confidence at the dark end
  double confidence_high = 1;    // and at the bright one; logarithmic between
  ColourMap depth_colours = ColourMap::ember;
  ColourMap confidence_colours = ColourMap::ice;
  std::string depth_unit = "relative";  // "m", "relative" or "affine"
  std::string truth_unit = "m";
};

/// "RGB", "depth", "confidence", "moving", "true depth".
[[nodiscard]] std::string panel_name(Panel panel);

/// The panels that at least one of the frames can fill, in the order of the enumeration.
[[nodiscard]] std::vector<Panel> panels_of(const std::vector<FrameMaps>& frames);

/// Picture of one panel at the size of rgb; where the map is empty, stripes throughout. In the mask's picture
/// still pixels are dark and grey, moving ones keep their colour with a warm tint and an outline. Sparse
/// depth (a laser scan) is thickened so that it can be seen.
[[nodiscard]] RgbImage panel_picture(Panel panel, const FrameMaps& maps, const PanelStyle& style);

}  // namespace vd
