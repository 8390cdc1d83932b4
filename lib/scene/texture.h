// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <memory>

#include "geometry/vec.h"
#include "image/map.h"

namespace vd::synth {

/// Linear light in the primaries of sRGB; 1 = the white of the display.
using Colour = Eigen::Vector3f;

/// Linear light of an 8-bit sRGB colour, and back (values outside [0, 1] are clipped).
[[nodiscard]] Colour colour_from_srgb(int red, int green, int blue);
[[nodiscard]] float linear_from_srgb(float level);  // level in [0, 255]
[[nodiscard]] float srgb_from_linear(float light);  // result in [0, 255], not rounded

/// A picture as a function of (u, v), u to the right, v up, both in [0, 1).
struct Pattern {
  int width;
  int height;
  std::function<Colour(double u, double v)> colour;
};
[[nodiscard]] RgbImage painted(const Pattern& pattern);

/// A picture that tiles the plane, sampled without aliasing: a pyramid of box-filtered levels, trilinear,
/// with several probes along the longer axis of a slanted footprint (as graphics hardware does, Heckbert
/// 1989).
class Texture {
 public:
  /// Any size; kept at the next power of two of each side, at most 4096.
  explicit Texture(const RgbImage& image);
  /// Painted when it is first looked at: most of a scene is out of sight, and depth needs no colours.
  explicit Texture(Pattern pattern);

  /// Paints now what would be painted at the first sample; safe to call from several threads.
  void prepare() const;

  /// Mean colour around (u, v), measured in tiles: u to the right, v up, the tile covers [0, 1] x [0, 1].
  /// du, dv  how (u, v) changes from a pixel to its right and lower neighbour: {d/dx, d/dy}
  [[nodiscard]] Colour sample(const Vec2& uv, const Vec2& du, const Vec2& dv) const;

 private:
  struct Level;
  struct Pyramid;
  std::shared_ptr<Pyramid> pyramid_;  // filled once, never changed after
};

}  // namespace vd::synth
