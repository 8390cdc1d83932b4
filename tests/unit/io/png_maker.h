// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <string>
#include <vector>

namespace vd::test {

inline std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

inline std::string png_chunk(const std::string& name, const std::string& data) {
  const std::string body = name + data;
  const auto check = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(check));
}

/// A PNG file put together by hand, for the kinds that vd reads but does not write. rows: as packed in the
/// file, without filter bytes. extra: chunks before the pixels.
inline std::string make_png(std::uint32_t width, std::uint32_t height, int bits, int colour_type,
                            const std::vector<std::string>& rows, const std::string& extra = "") {
  std::string raw;
  for (const std::string& row : rows) raw += '\0' + row;
  std::string packed(compressBound(raw.size()), '\0');
  uLongf length = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &length, reinterpret_cast<const Bytef*>(raw.data()),
           raw.size());
  packed.resize(length);
  std::string head = big_endian(width) + big_endian(height);
  head += {static_cast<char>(bits), static_cast<char>(colour_type), 0, 0, 0};
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", head) + extra + png_chunk("IDAT", packed) +
         png_chunk("IEND", "");
}

}  // namespace vd::test
