// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/error.h"

namespace vd {

// Every reader of lib/io comes in two forms: decode_FORMAT(bytes, where) works on a file's bytes at hand and
// names `where` in its errors; read_FORMAT(path) reads the file first. Decoders trust nothing: each size
// stated in a file is held against the number of bytes present before memory is taken for it.

/// Whole content of a file in one read; throws Error when it cannot be read or is larger than max_bytes.
[[nodiscard]] std::string read_file(const std::filesystem::path& path,
                                    std::size_t max_bytes = std::size_t{16} << 30);

/// At most the first count bytes of a file.
[[nodiscard]] std::string read_file_start(const std::filesystem::path& path, std::size_t count);

/// Steps through bytes from front to back; every step past the end throws Error "truncated".
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {}

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - position_; }
  [[nodiscard]] const std::string& where() const { return where_; }
  std::string_view take(std::size_t count);
  std::uint8_t u8();
  std::uint16_t u16_little();
  std::uint16_t u16_big();
  std::uint32_t u32_little();
  std::uint32_t u32_big();
  std::int32_t i32_little() { return static_cast<std::int32_t>(u32_little()); }
  std::uint64_t u64_little();
  float f32_little();
  double f64_little();
  /// Bytes up to the terminator, which is taken too; throws Error when there is none within max_length bytes.
  std::string_view until(char terminator, std::size_t max_length);

 private:
  std::string_view bytes_;
  std::string where_;
  std::size_t position_ = 0;
};

/// Throws Error when width or height is not in [1, 1e6] or they describe more than 2^31 pixels.
void expect_sane_size(const std::string& where, std::int64_t width, std::int64_t height);

/// Throws Error when decoded_bytes cannot come out of compressed_bytes with a codec that shrinks at most
/// max_ratio times. Up to 16 MiB pass always: they do no harm, and small constant images have large ratios.
void expect_plausible_ratio(const std::string& where, double decoded_bytes, double compressed_bytes,
                            double max_ratio);

/// Turns count values of size bytes each from the other byte order into this one, in place.
void swap_byte_order(void* values, std::size_t count, std::size_t size);

constexpr bool host_is_little_endian = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

}  // namespace vd
