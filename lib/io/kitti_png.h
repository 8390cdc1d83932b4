// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "image/map.h"

namespace vd {

/// KITTI's flow coding in a PNG of three 16-bit channels: R = 64 u + 32768, G = 64 v + 32768, B = 1 where
/// known. Unknown pixels become NaN. (KITTI's depth and disparity are read_png16 with the scale 256.)
[[nodiscard]] FlowMap decode_kitti_flow(std::string_view bytes, const std::string& where);

/// Rounded to 1/64 px and clipped to [-512, 512) px; unknown pixels are 0 in all channels.
[[nodiscard]] std::string encode_kitti_flow(const FlowMap& flow);

}  // namespace vd
