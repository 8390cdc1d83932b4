// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "image/map.h"

namespace vd {

/// Portable float maps: "Pf" (one channel) or "PF" (three), width and height, a scale whose sign tells the
/// byte order (negative: little endian) and whose size is ignored, rows from bottom to top. Values come as
/// they are stored. Throws Error on the other number of channels, and on damaged and truncated files.
[[nodiscard]] Map<float> decode_pfm(std::string_view bytes, const std::string& where);
[[nodiscard]] Map<float, 3> decode_pfm_colour(std::string_view bytes, const std::string& where);

/// Little endian, scale -1.
[[nodiscard]] std::string encode_pfm(const Map<float>& map);
[[nodiscard]] std::string encode_pfm(const Map<float, 3>& map);

}  // namespace vd
