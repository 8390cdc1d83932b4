// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "geometry/vec.h"
#include "image/map.h"

namespace vd::synth {

/// Linear light in the primaries of sRGB; 1 = the white of the display.
using Colour = Eigen::Vector3f;

/// Linear light of an 8-bit sRGB colour, and back (values outside [0, 1] are clipped).
[[nodiscard]] Colour colour_from_srgb(int red, int green, int blue);
[[nodiscard]] float linear_from_srgb(float level);  // level in [0, 255]
[[nodiscard]] float srgb_from_linear(float light);  // result in [0, 255], not rounded

/// A picture that tiles the plane, sampled without aliasing: a pyramid of box-filtered levels, trilinear, with several
/// probes along the longer axis of a slanted footprint (as graphics hardware does, Heckbert 1989).
class Texture {
 public:
  /// Any size; kept at the next power of two of each side, at most 4096.
  explicit Texture(const RgbImage& image);

  /// Mean colour around (u, v), measured in tiles: u to the right, v up, the tile covers [0, 1] x [0, 1].
  /// du, dv  how (u, v) changes from a pixel to its right and lower neighbour: {d/dx, d/dy}
  [[nodiscard]] Colour sample(const Vec2& uv, const Vec2& du, const Vec2& dv) const;

 private:
  struct Level {
    int width_log2;
    int height_log2;
    std::vector<std::uint32_t> texels;  // sRGB bytes 0x00BBGGRR
  };
  [[nodiscard]] Colour bilinear(const Level& level, double u, double v) const;

  std::vector<Level> levels_;
};

}  // namespace vd::synth
