// SPDX-License-Identifier: Apache-2.0
#include "io/pfm.h"

#include <fmt/format.h>

#include <cstring>

#include "io/bytes.h"
#include "io/text_table.h"

namespace vd {

namespace {

/// The next word of the header and the one white space behind it.
std::string_view word(ByteReader& reader) {
  constexpr std::size_t longest = 64;
  std::size_t length = 0;
  ByteReader ahead = reader;
  for (char c = ahead.take(1)[0]; c != ' ' && c != '\n' && c != '\t' && c != '\r'; c = ahead.take(1)[0]) {
    if (++length > longest) throw Error(reader.where(), "damaged PFM header");
  }
  const std::string_view text = reader.take(length);
  reader.take(1);
  return text;
}

template <int C>
Map<float, C> decode(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  ByteReader reader(bytes, where);
  const std::string_view magic = word(reader);
  if (magic != "Pf" && magic != "PF") throw Error(where, "not a PFM file");
  const int channels = magic == "PF" ? 3 : 1;
  if (channels != C) throw Error(where, fmt::format("PFM of {} channels, expected {}", channels, C));
  const TextRow head{where, {word(reader), word(reader), word(reader)}};
  const auto width = static_cast<int>(head.integer(0, 1, 1000000));
  const auto height = static_cast<int>(head.integer(1, 1, 1000000));
  const double scale = head.number(2);
  if (scale == 0) throw Error(where, "damaged PFM header: scale 0");
  const std::size_t row_bytes = static_cast<std::size_t>(width) * C * sizeof(float);
  if (reader.left() / row_bytes < static_cast<std::size_t>(height)) {
    throw Error(where, fmt::format("truncated: {} of {} rows", reader.left() / row_bytes, height));
  }
  Map<float, C> map(width, height);
  for (int y = height - 1; y >= 0; --y) std::memcpy(map.row(y), reader.take(row_bytes).data(), row_bytes);
  if ((scale < 0) != host_is_little_endian) swap_byte_order(map.data(), map.values().size(), sizeof(float));
  return map;
}

template <int C>
std::string encode(const Map<float, C>& map) {
  const std::size_t row_bytes = static_cast<std::size_t>(map.width()) * C * sizeof(float);
  std::string bytes = fmt::format("{}\n{} {}\n{}\n", C == 3 ? "PF" : "Pf", map.width(), map.height(),
                                  host_is_little_endian ? "-1.0" : "1.0");
  for (int y = map.height() - 1; y >= 0; --y) {
    bytes.append(reinterpret_cast<const char*>(map.row(y)), row_bytes);
  }
  return bytes;
}

}  // namespace

Map<float> decode_pfm(std::string_view bytes, const std::string& where) { return decode<1>(bytes, where); }
Map<float, 3> decode_pfm_colour(std::string_view bytes, const std::string& where) {
  return decode<3>(bytes, where);
}
std::string encode_pfm(const Map<float>& map) { return encode<1>(map); }
std::string encode_pfm(const Map<float, 3>& map) { return encode<3>(map); }

}  // namespace vd
