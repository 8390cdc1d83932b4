// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "image/map.h"

namespace vd {

enum class ImageFormat { png, jpeg };

/// What the head of an image file says about it.
struct ImageInfo {
  ImageFormat format = ImageFormat::png;
  int width = 0;  // as stored: orientation is not applied
  int height = 0;
  int channels =
      0;         // as stored: 1 grey or palette, 2 grey + alpha, 3 colour, 4 colour + alpha, or CMYK in JPEG
  int bits = 8;  // per channel or palette index
  bool palette = false;
  int orientation = 1;  // EXIF tag 0x0112: 1 upright, 3 half turn, 6 and 8 quarter turns, ... ; 1 without one
  double focal_35mm_mm = 0;  // EXIF tag 0xA405: 35-mm equivalent focal length; 0 without one
};

/// Reads the head of a PNG or JPEG file, told apart by content; nothing is decoded. Throws Error.
[[nodiscard]] ImageInfo read_image_info(const std::filesystem::path& path);
[[nodiscard]] ImageInfo decode_image_info(std::string_view bytes, const std::string& where);

/// Decodes a PNG (1 to 16 bits, grey, palette, colour; alpha is dropped, 16 bits are rounded to 8) or a JPEG
/// (1 or 3 channels) to 8-bit RGB or grey (BT.601 weights), as stored: EXIF orientation is not applied.
/// Throws Error on damaged or truncated files and on CMYK.
[[nodiscard]] RgbImage read_rgb(const std::filesystem::path& path);
[[nodiscard]] RgbImage decode_rgb(std::string_view bytes, const std::string& where);
[[nodiscard]] GreyImage read_grey(const std::filesystem::path& path);

/// Integer values of a one-channel PNG of 1 to 16 bits exactly as stored (indices of a palette PNG), not
/// scaled to any range; for depth, object ids and the like. Throws Error on colour images.
[[nodiscard]] Map<std::uint16_t> read_png16(const std::filesystem::path& path);
[[nodiscard]] Map<std::uint16_t> decode_png16(std::string_view bytes, const std::string& where);
/// The same for a PNG of three 16-bit channels, in the order of the file (red first).
[[nodiscard]] Map<std::uint16_t, 3> decode_png16_rgb(std::string_view bytes, const std::string& where);

/// PNG files of 8 or 16 bits. The bytes depend on the values alone.
void write_png(const std::filesystem::path& path, const RgbImage& image);
void write_png(const std::filesystem::path& path, const GreyImage& image);
void write_png(const std::filesystem::path& path, const Map<std::uint16_t>& image);
void write_png(const std::filesystem::path& path, const Map<std::uint16_t, 3>& image);
[[nodiscard]] std::string encode_png(const RgbImage& image);
[[nodiscard]] std::string encode_png(const GreyImage& image);
[[nodiscard]] std::string encode_png(const Map<std::uint16_t>& image);
[[nodiscard]] std::string encode_png(const Map<std::uint16_t, 3>& image);

/// Baseline JPEG, colour not subsampled; quality from 1 to 100.
void write_jpeg(const std::filesystem::path& path, const RgbImage& image, int quality = 93);
[[nodiscard]] std::string encode_jpeg(const RgbImage& image, int quality);

}  // namespace vd
