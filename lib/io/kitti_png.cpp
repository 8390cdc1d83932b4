// SPDX-License-Identifier: Apache-2.0
#include "io/kitti_png.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/image.h"

namespace vd {

namespace {

constexpr float steps_per_px = 64;
constexpr float zero_level = 32768;

std::uint16_t coded(float component_px) {
  return static_cast<std::uint16_t>(
      std::clamp(std::round(component_px * steps_per_px + zero_level), 0.0F, 65535.0F));
}

}  // namespace

FlowMap decode_kitti_flow(std::string_view bytes, const std::string& where) {
  const Map<std::uint16_t, 3> stored = decode_png16_rgb(bytes, where);
  FlowMap flow(stored.width(), stored.height(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t k = 0; k < stored.pixels(); ++k) {
    const std::uint16_t* rgb = stored.data() + 3 * k;
    if (rgb[2] == 0) continue;
    for (int c = 0; c < 2; ++c) {
      flow.data()[2 * k + c] = (static_cast<float>(rgb[c]) - zero_level) / steps_per_px;
    }
  }
  return flow;
}

std::string encode_kitti_flow(const FlowMap& flow) {
  Map<std::uint16_t, 3> stored(flow.width(), flow.height());
  for (std::size_t k = 0; k < flow.pixels(); ++k) {
    const float* uv = flow.data() + 2 * k;
    if (!std::isfinite(uv[0]) || !std::isfinite(uv[1])) continue;
    std::uint16_t* rgb = stored.data() + 3 * k;
    rgb[0] = coded(uv[0]);
    rgb[1] = coded(uv[1]);
    rgb[2] = 1;
  }
  return encode_png(stored);
}

}  // namespace vd
