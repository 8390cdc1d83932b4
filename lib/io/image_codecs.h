// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image/map.h"
#include "io/image.h"

namespace vd {

// The codecs behind io/image.h; use that one.

enum class PngForm {
  rgb8,      // three channels of 8 bits whatever the file holds
  as_stored  // the file's channels; 1 to 8 bits become 8, not scaled; palette indices stay indices
};

/// Rows from top to bottom without padding; 16-bit values in the byte order of this machine.
struct PngPixels {
  int width = 0;
  int height = 0;
  int channels = 0;
  int bits = 8;
  bool palette = false;
  std::vector<std::uint8_t> bytes;
};

[[nodiscard]] bool is_png(std::string_view bytes);
[[nodiscard]] bool is_jpeg(std::string_view bytes);
[[nodiscard]] ImageInfo png_info(std::string_view bytes, const std::string& where);
[[nodiscard]] ImageInfo jpeg_info(std::string_view bytes, const std::string& where);
[[nodiscard]] PngPixels decode_png(std::string_view bytes, const std::string& where, PngForm form);
[[nodiscard]] RgbImage decode_jpeg(std::string_view bytes, const std::string& where);

}  // namespace vd
