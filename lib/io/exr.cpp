// SPDX-License-Identifier: Apache-2.0
#include "io/exr.h"

#include <ImfChannelList.h>
#include <ImfCompression.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfInputPart.h>
#include <ImfMultiPartInputFile.h>
#include <ImfMultiPartOutputFile.h>
#include <ImfOutputFile.h>
#include <ImfOutputPart.h>
#include <ImfPartType.h>
#include <ImfStringAttribute.h>
#include <ImfThreading.h>
#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>

#include "core/atomic_file.h"
#include "io/bytes.h"
#include "io/exr_header.h"

namespace vd {

namespace {

/// OpenEXR's own worker threads stay off: vd spreads files, not scan lines, over its threads.
void keep_openexr_serial() {
  static std::once_flag once;
  std::call_once(once, [] { Imf::setGlobalThreadCount(0); });
}

class MemoryInput : public Imf::IStream {
 public:
  explicit MemoryInput(std::string_view bytes) : IStream("memory"), bytes_(bytes) {}
  bool read(char target[], int count) override {
    if (count < 0 || position_ > bytes_.size() ||
        static_cast<std::size_t>(count) > bytes_.size() - position_) {
      throw std::runtime_error("truncated");
    }
    std::memcpy(target, bytes_.data() + position_, static_cast<std::size_t>(count));
    position_ += static_cast<std::size_t>(count);
    return position_ < bytes_.size();
  }
  std::uint64_t tellg() override { return position_; }
  void seekg(std::uint64_t position) override { position_ = position; }

 private:
  std::string_view bytes_;
  std::uint64_t position_ = 0;
};

class MemoryOutput : public Imf::OStream {
 public:
  MemoryOutput() : OStream("memory") {}
  void write(const char source[], int count) override {
    const std::size_t end = position_ + static_cast<std::size_t>(count);
    if (end > bytes.size()) bytes.resize(end);
    std::memcpy(bytes.data() + position_, source, static_cast<std::size_t>(count));
    position_ = end;
  }
  std::uint64_t tellp() override { return position_; }
  void seekp(std::uint64_t position) override { position_ = static_cast<std::size_t>(position); }

  std::string bytes;

 private:
  std::size_t position_ = 0;
};

// --- reading ---

struct Window {
  int left, top, width, height;
};

Window data_window(const Imf::Header& header) {
  const auto& box = header.dataWindow();
  return {box.min.x, box.min.y, box.max.x - box.min.x + 1, box.max.y - box.min.y + 1};
}

/// A slice that lands the pixel (left, top) of the file at values[0]. OpenEXR takes the address of pixel (0,
/// 0), which may lie outside the map; it is formed as a number, since a pointer must not leave its array.
Imf::Slice slice_into(float* values, const Window& window) {
  const std::int64_t row_bytes =
      static_cast<std::int64_t>(window.width) * static_cast<std::int64_t>(sizeof(float));
  const std::int64_t shift = -window.left * static_cast<std::int64_t>(sizeof(float)) -
                             static_cast<std::int64_t>(window.top) * row_bytes;
  auto* base =
      reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(values) + static_cast<std::uintptr_t>(shift));
  return {Imf::FLOAT, base, sizeof(float), static_cast<std::size_t>(row_bytes), 1, 1, 0.0};
}

/// Number of scan lines from the top that can be read. OpenEXR keeps a failure in its buffers, so that the
/// file is opened anew after reading all lines at once has failed.
int readable_lines(std::string_view bytes, int index, const Imf::FrameBuffer& buffer, const Window& window) {
  MemoryInput stream(bytes);
  Imf::MultiPartInputFile file(stream, 0);
  Imf::InputPart part(file, index);
  part.setFrameBuffer(buffer);
  for (int y = 0; y < window.height; ++y) {
    try {
      part.readPixels(window.top + y);
    } catch (const std::exception&) {
      return y;
    }
  }
  return window.height;
}

ExrPart read_part(Imf::MultiPartInputFile& file, int index, std::string_view bytes,
                  const std::string& where) {
  const Imf::Header& header = file.header(index);
  const Window window = data_window(header);
  ExrPart result;
  if (header.hasName()) result.name = header.name();
  for (auto it = header.begin(); it != header.end(); ++it) {
    const auto* text = dynamic_cast<const Imf::StringAttribute*>(&it.attribute());
    const std::string name = it.name();
    if (text != nullptr && name != "name" && name != "type") result.attributes[name] = text->value();
  }
  Imf::FrameBuffer buffer;
  for (auto it = header.channels().begin(); it != header.channels().end(); ++it) {
    result.channels.push_back({it.name(), Map<float>(window.width, window.height)});
  }
  for (ExrChannel& channel : result.channels) {
    buffer.insert(channel.name, slice_into(channel.values.data(), window));
  }
  Imf::InputPart part(file, index);
  part.setFrameBuffer(buffer);
  try {
    part.readPixels(window.top, window.top + window.height - 1);
  } catch (const std::exception&) {
    const int lines = readable_lines(bytes, index, buffer, window);
    throw Error(where, fmt::format("truncated: {} of {} scan lines", lines, window.height));
  }
  return result;
}

// --- writing ---

// The default of OpenEXR, stated so that the bytes do not change with its version.
constexpr int zip_level = 4;

Imf::Compression compression(ExrCodec codec) {
  switch (codec) {
    case ExrCodec::none:
      return Imf::NO_COMPRESSION;
    case ExrCodec::rle:
      return Imf::RLE_COMPRESSION;
    case ExrCodec::zips:
      return Imf::ZIPS_COMPRESSION;
    case ExrCodec::zip:
      return Imf::ZIP_COMPRESSION;
    case ExrCodec::piz:
      return Imf::PIZ_COMPRESSION;
  }
  return Imf::ZIP_COMPRESSION;
}

/// Half keeps NaN and infinity, but turns finite values beyond 65504 into infinity.
bool fits_half(const std::vector<ExrPart>& parts) {
  constexpr float half_max = 65504.0F;
  for (const ExrPart& part : parts) {
    for (const ExrChannel& channel : part.channels) {
      const auto& values = channel.values.values();
      const bool fits = std::all_of(values.begin(), values.end(),
                                    [](float v) { return !(std::abs(v) > half_max) || std::isinf(v); });
      if (!fits) return false;
    }
  }
  return true;
}

Imf::Header make_header(const ExrPart& part, const ExrEncoding& encoding, bool half,
                        const std::string& where) {
  if (part.width() == 0 || part.height() == 0) throw Error(where, "cannot write an EXR part without pixels");
  Imf::Header header(part.width(), part.height());
  header.compression() = compression(encoding.codec);
  header.zipCompressionLevel() = zip_level;
  for (const ExrChannel& channel : part.channels) {
    if (!channel.values.same_size(part.channels[0].values)) {
      throw Error(where,
                  fmt::format("channel {} differs in size from {}", channel.name, part.channels[0].name));
    }
    header.channels().insert(channel.name, Imf::Channel(half ? Imf::HALF : Imf::FLOAT));
  }
  for (const auto& [name, text] : part.attributes) header.insert(name, Imf::StringAttribute(text));
  if (!part.name.empty()) {
    header.setName(part.name);
    header.setType(Imf::SCANLINEIMAGE);
  }
  return header;
}

/// OpenEXR reads from the buffer only; it takes pointers to mutable data for historical reasons.
struct PartSource {
  Imf::FrameBuffer buffer;
  std::vector<std::vector<half>> rounded;
};

PartSource make_source(const ExrPart& part, bool as_half) {
  PartSource source;
  const auto width = static_cast<std::size_t>(part.width());
  for (const ExrChannel& channel : part.channels) {
    if (as_half) {
      const auto& values = channel.values.values();
      source.rounded.emplace_back(values.begin(), values.end());
      auto* base = reinterpret_cast<char*>(source.rounded.back().data());
      source.buffer.insert(channel.name, Imf::Slice(Imf::HALF, base, sizeof(half), width * sizeof(half)));
    } else {
      auto* base = reinterpret_cast<char*>(const_cast<float*>(channel.values.data()));
      source.buffer.insert(channel.name, Imf::Slice(Imf::FLOAT, base, sizeof(float), width * sizeof(float)));
    }
  }
  return source;
}

}  // namespace

const Map<float>* ExrPart::find(const std::string& channel) const {
  for (const ExrChannel& candidate : channels) {
    if (candidate.name == channel) return &candidate.values;
  }
  return nullptr;
}

std::vector<ExrPart> decode_exr(std::string_view bytes, const std::string& where) {
  keep_openexr_serial();
  check_exr_header(bytes, where);
  try {
    MemoryInput stream(bytes);
    Imf::MultiPartInputFile file(stream, 0);
    std::vector<ExrPart> parts;
    for (int index = 0; index < file.parts(); ++index) parts.push_back(read_part(file, index, bytes, where));
    return parts;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    std::string reason = failure.what();
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    throw Error(where, "damaged EXR: " + reason);
  }
}

std::vector<ExrPart> read_exr(const std::filesystem::path& path) {
  return decode_exr(read_file(path), path.string());
}

std::string encode_exr(const std::vector<ExrPart>& parts, const ExrEncoding& encoding,
                       const std::string& where) {
  keep_openexr_serial();
  const bool as_half = encoding.half && fits_half(parts);
  MemoryOutput stream;
  try {
    std::vector<Imf::Header> headers;
    for (const ExrPart& part : parts) {
      headers.push_back(make_header(part, encoding, as_half, where));
      // OpenEXR wants one display window for the whole file.
      headers.back().displayWindow() = headers.front().displayWindow();
    }
    if (headers.size() == 1) {
      const PartSource source = make_source(parts[0], as_half);
      Imf::OutputFile file(stream, headers[0], 0);
      file.setFrameBuffer(source.buffer);
      file.writePixels(parts[0].height());
    } else {
      Imf::MultiPartOutputFile file(stream, headers.data(), static_cast<int>(headers.size()), false, 0);
      for (std::size_t k = 0; k < parts.size(); ++k) {
        const PartSource source = make_source(parts[k], as_half);
        Imf::OutputPart part(file, static_cast<int>(k));
        part.setFrameBuffer(source.buffer);
        part.writePixels(parts[k].height());
      }
    }
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    throw Error(where, std::string("cannot make an EXR: ") + failure.what());
  }
  return std::move(stream.bytes);
}

void write_exr(const std::filesystem::path& path, const std::vector<ExrPart>& parts,
               const ExrEncoding& encoding) {
  write_text(path, encode_exr(parts, encoding, path.string()));
}

}  // namespace vd
