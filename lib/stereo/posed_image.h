// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geometry/camera.h"
#include "image/map.h"

namespace vd {

/// A frame with a known camera: what dense depth is computed from.
struct PosedImage {
  RgbImage colour;  // guides completion; empty for a grey clip, grey then takes its place
  GreyImage grey;   // what is matched; same size as camera.intrinsics says
  Camera camera;
};

/// Image and camera of a colour frame. Throws Error when the size of the image is not the camera's, or below
/// 16 px.
[[nodiscard]] PosedImage posed_image(RgbImage colour, const Camera& camera);
/// The same for a grey frame.
[[nodiscard]] PosedImage posed_image(GreyImage grey, const Camera& camera);

/// A frame made ready for matching; made once and used by all frames around it.
struct MatchImage {
  Camera camera;
  Map<float, 4> samples;         // per pixel: slightly blurred grey level, its x and y derivative (1/px), 0
  double noise_grey = 0;         // standard deviation of the difference of two such blurred views, from noise
  Camera sweep_camera;           // of the reduced image
  Map<std::int8_t> sweep_image;  // grey level - 128, reduced by an area filter
};

/// Blurs (sigma 0.6 px), differentiates and reduces a frame for matching: a quarter of the size, less where a
/// quarter would leave fewer than 48 px, more for images wider than 1280 px.
[[nodiscard]] MatchImage prepare_for_matching(const PosedImage& image);

}  // namespace vd
