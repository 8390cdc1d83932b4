// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "image/map.h"

namespace vd {

/// An sRGB colour.
struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend bool operator==(const Colour& a, const Colour& b) {
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
  }
};

/// Colour scales from position 0 to 1, drawn as smooth curves in OKLab (Ottosson 2020), so that equal steps
/// look equally large. In ember, ice and grey the lightness rises evenly from end to end: they survive a
/// black-and-white print and colour blindness. rainbow shows the most detail, but its lightness rises to the
/// middle and falls again.
enum class ColourMap {
  ember,    // black-violet, magenta, orange, pale yellow: depth
  rainbow,  // violet, blue, cyan, green, yellow, orange, dark red
  ice,      // black-blue, teal, white: confidence
  grey
};

/// Colour at a position, clamped to [0, 1]; NaN gives position 0.
[[nodiscard]] Colour colour_at(ColourMap map, double position);

/// OKLab lightness of a colour: 0 black, 1 white.
[[nodiscard]] double lightness(Colour colour);

/// Depths at the two ends of a colour scale, 0 < near <= far (far may be infinite). Depth is coloured by its
/// inverse, which is what parallax measures: near is the bright end (position 1), far the dark end (position
/// 0).
struct ColourRange {
  double near_depth = 0;
  double far_depth = 0;

  /// Position of a depth, linear in inverse depth, clamped to [0, 1].
  [[nodiscard]] double position(double depth) const;
};

/// Depths of a whole shot, counted frame by frame so that the shot need not be in memory: 32 bins per factor
/// of two from 2^-24 to 2^40 units; values beyond fall into the outermost bins, invalid ones (0, negative,
/// NaN, inf) into none.
class DepthHistogram {
 public:
  DepthHistogram();
  void add(MapView<const float> depth);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Depth below which the given fraction of the values lies, within 2.2 %; nothing when no value was added.
  [[nodiscard]] std::optional<double> quantile(double fraction) const;

 private:
  std::vector<std::uint64_t> bins_;
  std::uint64_t count_ = 0;
};

/// Range of the middle of all depths: from the tail_fraction quantile to the (1 - tail_fraction) quantile,
/// widened to at least a factor of 1.05 about its middle; nothing when no depth is valid.
[[nodiscard]] std::optional<ColourRange> robust_range(const DepthHistogram& histogram,
                                                      double tail_fraction = 0.02);

/// Picture of a depth map. Invalid pixels (0, negative, NaN, inf) get the neutral dark stripes of hatch().
[[nodiscard]] RgbImage colour_depth(MapView<const float> depth, const ColourRange& range,
                                    ColourMap map = ColourMap::ember);

/// Picture of weights that span orders of magnitude, linear in the logarithm from low to high (0 < low <
/// high). Values that are not above 0 (so NaN too) mean "nothing here", as in a confidence map, and get the
/// stripes.
[[nodiscard]] RgbImage colour_weights(MapView<const float> weights, double low, double high,
                                      ColourMap map = ColourMap::ice);

/// The colour of a pixel without a value: dark neutral diagonal stripes, which no colour scale contains.
[[nodiscard]] Colour hatch(int x, int y);

}  // namespace vd
