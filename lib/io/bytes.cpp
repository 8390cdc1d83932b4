// SPDX-License-Identifier: Apache-2.0
#include "io/bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/atomic_file.h"

namespace vd {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  std::error_code error;
  // Pipes and devices have no length to ask for.
  if (!fs::is_regular_file(path, error)) return read_text(path, max_bytes);
  const auto length = fs::file_size(path, error);
  if (error) throw Error(path.string(), error.message());
  if (length > max_bytes) throw Error(path.string(), fmt::format("larger than {} bytes", max_bytes));
  return read_file_start(path, static_cast<std::size_t>(length));
}

std::string read_file_start(const fs::path& path, std::size_t count) {
  std::error_code error;
  if (fs::is_directory(path, error)) throw Error(path.string(), "is a folder, a file was expected");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), std::strerror(errno));
  std::string bytes(count, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(count));
  if (file.bad()) throw Error(path.string(), "read error");
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

std::string_view ByteReader::take(std::size_t count) {
  if (count > left()) {
    throw Error(where_, fmt::format("truncated: {} of {} bytes", bytes_.size(), position_ + count));
  }
  const std::string_view taken = bytes_.substr(position_, count);
  position_ += count;
  return taken;
}

std::uint8_t ByteReader::u8() { return static_cast<std::uint8_t>(take(1)[0]); }

std::uint16_t ByteReader::u16_little() {
  const auto low = u8();
  return static_cast<std::uint16_t>(low | u8() << 8);
}

std::uint16_t ByteReader::u16_big() {
  const auto high = u8();
  return static_cast<std::uint16_t>(high << 8 | u8());
}

std::uint32_t ByteReader::u32_little() {
  const std::uint32_t low = u16_little();
  return low | static_cast<std::uint32_t>(u16_little()) << 16;
}

std::uint32_t ByteReader::u32_big() {
  const std::uint32_t high = u16_big();
  return high << 16 | u16_big();
}

std::uint64_t ByteReader::u64_little() {
  const std::uint64_t low = u32_little();
  return low | static_cast<std::uint64_t>(u32_little()) << 32;
}

float ByteReader::f32_little() {
  const std::uint32_t bits = u32_little();
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

double ByteReader::f64_little() {
  const std::uint64_t bits = u64_little();
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

std::string_view ByteReader::until(char terminator, std::size_t max_length) {
  const std::size_t end = bytes_.substr(position_, max_length + 1).find(terminator);
  if (end == std::string_view::npos) {
    throw Error(where_, left() <= max_length ? "truncated inside its header" : "damaged header");
  }
  const std::string_view text = take(end);
  take(1);
  return text;
}

void expect_sane_size(const std::string& where, std::int64_t width, std::int64_t height) {
  constexpr std::int64_t max_side = 1000000;
  if (width < 1 || height < 1 || width > max_side || height > max_side ||
      width * height > (std::int64_t{1} << 31)) {
    throw Error(where, fmt::format("impossible size {} x {}", width, height));
  }
}

void expect_plausible_ratio(const std::string& where, double decoded_bytes, double compressed_bytes,
                            double max_ratio) {
  constexpr double harmless_bytes = 16 << 20;
  if (decoded_bytes <= std::max(harmless_bytes, compressed_bytes * max_ratio)) return;
  throw Error(
      where,
      fmt::format("its header asks for {:.0f} MB, which {:.0f} bytes cannot hold: truncated or damaged",
                  decoded_bytes / 1e6, compressed_bytes));
}

void swap_byte_order(void* values, std::size_t count, std::size_t size) {
  auto* bytes = static_cast<char*>(values);
  for (std::size_t i = 0; i < count; ++i, bytes += size) std::reverse(bytes, bytes + size);
}

}  // namespace vd
