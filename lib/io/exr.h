// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "image/map.h"

namespace vd {

/// Lossless codecs of OpenEXR. (Not dwaa: it takes a channel whose name ends in .Y for luminance and loses
/// most of it, and it is the slowest of all.)
enum class ExrCodec { none, rle, zips, zip, piz };

/// How the values of a file are stored. Values beyond the range of half (65504) make the whole file float.
struct ExrEncoding {
  ExrCodec codec = ExrCodec::zip;
  bool half = false;
};

/// Results (depth, confidence): every bit is kept, and ZIP makes them smallest but for piz, which is slower.
constexpr ExrEncoding result_encoding{ExrCodec::zip, false};
/// Intermediates (flow, point maps) must cost less to write than to compute. bench_io, 640x480, one core: a
/// flow takes 34 ms to compute and 90 ms to write as zip float (0.89 of its size), 32 ms as zips half (0.17),
/// 9 ms as rle half (0.25); point maps 163 ms against 192, 75 and 23 ms. Half errs by at most 1/2048 of a
/// value: flow by 0.007 px rms (0.03 at 64 px), points by 0.02 % rms, a hundredth of what their estimates err
/// by.
constexpr ExrEncoding intermediate_encoding{ExrCodec::rle, true};

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
