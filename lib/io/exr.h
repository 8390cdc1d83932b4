// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "image/map.h"

namespace vd {

/// Lossless codecs of OpenEXR (dwaa is lossless for every channel name that vd uses).
enum class ExrCodec { none, rle, zips, zip, piz, dwaa };

/// How the values of a file are stored. Values beyond the range of half (65504) make the whole file float.
struct ExrEncoding {
  ExrCodec codec = ExrCodec::zip;
  bool half = false;
};

/// Results (depth, confidence) and intermediates (flow, point maps); the reasons are in tests/bench/io.cpp.
constexpr ExrEncoding result_encoding{ExrCodec::zip, false};
constexpr ExrEncoding intermediate_encoding{ExrCodec::zips, true};

struct ExrChannel {
  std::string name;
  Map<float> values;
};

/// One image of an EXR file: float channels of one size, and text attributes.
struct ExrPart {
  std::string name;  // needed, and different, in files of several parts
  std::vector<ExrChannel> channels;
  std::map<std::string, std::string> attributes;

  [[nodiscard]] int width() const { return channels.empty() ? 0 : channels[0].values.width(); }
  [[nodiscard]] int height() const { return channels.empty() ? 0 : channels[0].values.height(); }
  /// The channel of that name; nullptr when there is none.
  [[nodiscard]] const Map<float>* find(const std::string& channel) const;
};

/// Every part of an EXR file (scan lines or one-level tiles; half, float and integer channels all become
/// float), channels in alphabetical order as EXR keeps them. The data window alone is read, its origin
/// ignored. Throws Error on deep data, subsampled channels, damaged and truncated files ("truncated: 120 of
/// 2048 scan lines").
[[nodiscard]] std::vector<ExrPart> read_exr(const std::filesystem::path& path);
[[nodiscard]] std::vector<ExrPart> decode_exr(std::string_view bytes, const std::string& where);

/// Writes one part or several. Throws Error when channels of a part differ in size or the disk is full. The
/// bytes depend on the arguments alone.
void write_exr(const std::filesystem::path& path, const std::vector<ExrPart>& parts,
               const ExrEncoding& encoding);
[[nodiscard]] std::string encode_exr(const std::vector<ExrPart>& parts, const ExrEncoding& encoding,
                                     const std::string& where);

}  // namespace vd
