// SPDX-License-Identifier: Apache-2.0
#include "io/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/atomic_file.h"
#include "image/convert.h"
#include "io/bytes.h"
#include "io/image_codecs.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_unknown(std::string_view bytes, const std::string& where) {
  throw Error(where, bytes.empty() ? "empty file" : "neither a PNG nor a JPEG image");
}

}  // namespace

ImageInfo decode_image_info(std::string_view bytes, const std::string& where) {
  if (is_png(bytes)) return png_info(bytes, where);
  if (is_jpeg(bytes)) return jpeg_info(bytes, where);
  fail_unknown(bytes, where);
}

ImageInfo read_image_info(const fs::path& path) {
  // The head of nearly every file lies in its first 64 KiB; only JPEG files with large metadata need the
  // rest.
  constexpr std::size_t head = 1 << 16;
  const std::string bytes = read_file_start(path, head);
  if (bytes.size() < head) return decode_image_info(bytes, path.string());
  try {
    return decode_image_info(bytes, path.string());
  } catch (const Error&) {
    return decode_image_info(read_file(path), path.string());
  }
}

RgbImage decode_rgb(std::string_view bytes, const std::string& where) {
  if (is_jpeg(bytes)) return decode_jpeg(bytes, where);
  if (!is_png(bytes)) fail_unknown(bytes, where);
  const PngPixels pixels = decode_png(bytes, where, PngForm::rgb8);
  RgbImage image(pixels.width, pixels.height);
  if (pixels.bytes.size() != image.values().size()) throw Error(where, "damaged PNG: unexpected row length");
  std::memcpy(image.data(), pixels.bytes.data(), pixels.bytes.size());
  return image;
}

RgbImage read_rgb(const fs::path& path) { return decode_rgb(read_file(path), path.string()); }

GreyImage read_grey(const fs::path& path) { return to_grey(read_rgb(path)); }

Map<std::uint16_t> decode_png16(std::string_view bytes, const std::string& where) {
  if (!is_png(bytes)) throw Error(where, bytes.empty() ? "empty file" : "not a PNG image");
  const PngPixels pixels = decode_png(bytes, where, PngForm::as_stored);
  if (pixels.channels != 1) {
    throw Error(where, fmt::format("PNG of {} channels, expected 1", pixels.channels));
  }
  Map<std::uint16_t> map(pixels.width, pixels.height);
  if (pixels.bits == 16)
    std::memcpy(map.data(), pixels.bytes.data(), pixels.bytes.size());
  else
    std::copy(pixels.bytes.begin(), pixels.bytes.end(), map.values().begin());
  return map;
}

Map<std::uint16_t> read_png16(const fs::path& path) { return decode_png16(read_file(path), path.string()); }

Map<std::uint16_t, 3> decode_png16_rgb(std::string_view bytes, const std::string& where) {
  if (!is_png(bytes)) throw Error(where, bytes.empty() ? "empty file" : "not a PNG image");
  const PngPixels pixels = decode_png(bytes, where, PngForm::as_stored);
  if (pixels.channels != 3 || pixels.bits != 16) {
    throw Error(where,
                fmt::format("PNG of {} channels of {} bits, expected 3 of 16", pixels.channels, pixels.bits));
  }
  Map<std::uint16_t, 3> map(pixels.width, pixels.height);
  std::memcpy(map.data(), pixels.bytes.data(), pixels.bytes.size());
  return map;
}

void write_png(const fs::path& path, const RgbImage& image) { write_text(path, encode_png(image)); }
void write_png(const fs::path& path, const GreyImage& image) { write_text(path, encode_png(image)); }
void write_png(const fs::path& path, const Map<std::uint16_t>& image) { write_text(path, encode_png(image)); }
void write_png(const fs::path& path, const Map<std::uint16_t, 3>& image) {
  write_text(path, encode_png(image));
}

void write_jpeg(const fs::path& path, const RgbImage& image, int quality) {
  write_text(path, encode_jpeg(image, quality));
}

}  // namespace vd
