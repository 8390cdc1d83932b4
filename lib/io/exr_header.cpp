// SPDX-License-Identifier: Apache-2.0
#include "io/exr_header.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "io/bytes.h"

namespace vd {

namespace {

constexpr std::uint32_t exr_magic = 20000630;
constexpr std::uint32_t flag_deep = 0x800;
constexpr std::uint32_t flag_multipart = 0x1000;
constexpr std::size_t max_name_length = 255;
constexpr int max_parts = 64;

struct PartFacts {
  std::int64_t width = 0;
  std::int64_t height = 0;
  int compression = 0;
  int bytes_per_pixel = 0;
  int channel_count = 0;
  double tile_pixels = 0;
};

/// Largest factor by which a codec shrinks: run lengths 127 to 2 bytes; deflate 1032; piz, pxr24, b44 and dwa
/// wrap deflate or Huffman codes with runs, and a constant block of any size may end in a few dozen bytes.
double max_ratio(int compression) {
  switch (compression) {
    case 0:
      return 1;
    case 1:
      return 64;
    case 2:
    case 3:
      return 1032;
    default:
      return 8192;
  }
}

void read_channels(ByteReader reader, PartFacts& facts) {
  while (true) {
    if (reader.until('\0', max_name_length).empty()) break;
    const std::uint32_t type = reader.u32_little();
    reader.take(4);
    const std::uint32_t x_sampling = reader.u32_little();
    const std::uint32_t y_sampling = reader.u32_little();
    if (type > 2) throw Error(reader.where(), "damaged EXR: unknown channel type");
    if (x_sampling != 1 || y_sampling != 1) throw Error(reader.where(), "EXR with subsampled channels");
    facts.bytes_per_pixel += type == 1 ? 2 : 4;
    ++facts.channel_count;
  }
  if (facts.channel_count == 0) throw Error(reader.where(), "EXR without channels");
}

void read_data_window(ByteReader reader, PartFacts& facts) {
  const std::int64_t left = reader.i32_little();
  const std::int64_t top = reader.i32_little();
  facts.width = reader.i32_little() - left + 1;
  facts.height = reader.i32_little() - top + 1;
  expect_sane_size(reader.where(), facts.width, facts.height);
  if (left < -1000000 || left > 1000000 || top < -1000000 || top > 1000000) {
    throw Error(reader.where(), "EXR with its data window far from the origin");
  }
}

void read_tiles(ByteReader reader, PartFacts& facts) {
  const double width = reader.u32_little();
  const double height = reader.u32_little();
  facts.tile_pixels = width * height;
  if ((reader.u8() & 0xF) != 0) throw Error(reader.where(), "EXR with several levels of resolution");
}

/// Length of the values of a type; 0 for types of any length.
std::size_t fixed_length(std::string_view type) {
  constexpr std::pair<std::size_t, std::string_view> types_by_length[] = {
      {1, " compression deepImageState envmap lineOrder "},
      {4, " float int "},
      {8, " double rational timecode v2f v2i "},
      {9, " tiledesc "},
      {12, " v3f v3i "},
      {16, " box2f box2i v2d "},
      {24, " v3d "},
      {28, " keycode "},
      {32, " chromaticities "},
      {36, " m33f "},
      {64, " m44f "},
      {72, " m33d "},
      {128, " m44d "}};
  const std::string word = fmt::format(" {} ", type);
  for (const auto& [length, types] : types_by_length) {
    if (types.find(word) != std::string_view::npos) return length;
  }
  return 0;
}

/// Throws unless a value has the length its type asks for: OpenEXR goes by the type and would read on at
/// another place than this walk, with whatever lengths it finds there.
void check_length(std::string_view type, ByteReader value) {
  const std::size_t length = value.left();
  const std::size_t fixed = fixed_length(type);
  bool fits = fixed == 0 || length == fixed;
  if (type == "chlist") {
    while (!value.until('\0', max_name_length).empty()) value.take(16);
    fits = value.left() == 0;
  }
  if (type == "preview") {
    const double width = value.u32_little();
    const double height = value.u32_little();
    fits = static_cast<double>(length) == 8 + 4 * width * height;
  }
  if (type == "stringvector") {
    while (value.left() > 0) value.take(value.u32_little());
  }
  if (!fits) throw Error(value.where(), "damaged EXR: an attribute whose length does not fit its type");
}

void read_attribute(std::string_view name, std::string_view value, const std::string& where,
                    PartFacts& facts) {
  ByteReader reader(value, where);
  if (name == "channels") read_channels(reader, facts);
  if (name == "dataWindow") read_data_window(reader, facts);
  if (name == "compression") facts.compression = reader.u8();
  if (name == "tiles") read_tiles(reader, facts);
  if (name == "type" && value.substr(0, 4) == "deep") throw Error(where, "EXR with deep data");
}

/// total  bytes of the parts before this one, which share the file, and then of this one too
void check_part(const PartFacts& facts, const std::string& where, std::size_t file_bytes, double& total) {
  if (facts.width == 0 || facts.channel_count == 0) {
    throw Error(where, "damaged EXR: no data window or channels");
  }
  const double pixels = static_cast<double>(facts.width) * static_cast<double>(facts.height);
  const auto compressed = static_cast<double>(file_bytes);
  expect_plausible_ratio(where, pixels * facts.bytes_per_pixel, compressed, max_ratio(facts.compression));
  expect_plausible_ratio(where, facts.tile_pixels * facts.bytes_per_pixel, compressed,
                         max_ratio(facts.compression));
  // Half values grow into float, and each channel of the result is an array of its own.
  total += pixels * 4 * facts.channel_count;
  expect_plausible_ratio(where, total, compressed, 2 * max_ratio(facts.compression));
}

}  // namespace

void check_exr_header(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  ByteReader reader(bytes, where);
  if (bytes.size() < 8 || reader.u32_little() != exr_magic) throw Error(where, "not an EXR file");
  const std::uint32_t version = reader.u32_little();
  if ((version & flag_deep) != 0) throw Error(where, "EXR with deep data");
  double decoded_bytes = 0;
  for (int part = 0; part < max_parts; ++part) {
    PartFacts facts;
    bool any = false;
    while (true) {
      const std::string_view name = reader.until('\0', max_name_length);
      if (name.empty()) break;
      any = true;
      const std::string_view type = reader.until('\0', max_name_length);
      const std::string_view value = reader.take(reader.u32_little());
      check_length(type, {value, where});
      read_attribute(name, value, where, facts);
    }
    // An empty header ends the list of a multi-part file.
    if (!any && part > 0) return;
    check_part(facts, where, bytes.size(), decoded_bytes);
    if ((version & flag_multipart) == 0) return;
  }
  throw Error(where, fmt::format("EXR of more than {} parts", max_parts));
}

}  // namespace vd
