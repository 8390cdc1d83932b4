// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
// jpeglib.h needs FILE and size_t declared before it.
#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>

#include <fmt/format.h>

#include "io/bytes.h"
#include "io/exif.h"
#include "io/image_codecs.h"

namespace vd {

namespace {

// A block of 8x8 pixels takes at least one bit.
constexpr double max_jpeg_ratio = 3 * 512;
// Progressive files of a few kilobytes can ask for thousands of passes over a large image.
constexpr int max_scans = 500;

/// libjpeg reports through callbacks and leaves by longjmp, which skips destructors: its calls run inside
/// guarded(), and nothing with a destructor lives inside.
struct JpegErrors {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX] = "";
  bool data_is_short = false;
  bool data_is_damaged = false;

  static JpegErrors& of(j_common_ptr codec) { return *reinterpret_cast<JpegErrors*>(codec->err); }

  void install() {
    jpeg_std_error(&manager);
    manager.error_exit = [](j_common_ptr codec) {
      codec->err->format_message(codec, of(codec).message);
      std::longjmp(of(codec).jump, 1);
    };
    // libjpeg goes on with grey pixels after these warnings.
    manager.emit_message = [](j_common_ptr codec, int level) {
      if (level >= 0) return;
      const int code = codec->err->msg_code;
      of(codec).data_is_short |= code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER;
      of(codec).data_is_damaged |= code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC;
    };
    manager.output_message = [](j_common_ptr) {};
  }

  template <typename Step>
  bool guarded(const Step& step) {
    if (setjmp(jump) != 0) return false;
    step();
    return true;
  }
};

struct JpegDecoder {
  jpeg_decompress_struct codec{};
  JpegErrors errors;
  jpeg_progress_mgr progress{};

  JpegDecoder() {
    errors.install();
    codec.err = &errors.manager;
    progress.progress_monitor = [](j_common_ptr any) {
      const auto* decoder = reinterpret_cast<j_decompress_ptr>(any);
      if (decoder->input_scan_number > max_scans) ERREXIT(any, JERR_NOTIMPL);
    };
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&codec); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
};

}  // namespace

bool is_jpeg(std::string_view bytes) { return bytes.substr(0, 3) == "\xFF\xD8\xFF"; }

ImageInfo jpeg_info(std::string_view bytes, const std::string& where) {
  ImageInfo info;
  info.format = ImageFormat::jpeg;
  ByteReader reader(bytes, where);
  reader.take(2);
  while (true) {
    if (reader.u8() != 0xFF) throw Error(where, "damaged JPEG: no marker where one belongs");
    int marker = reader.u8();
    while (marker == 0xFF) marker = reader.u8();
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) continue;
    if (marker == 0xD9 || marker == 0xDA) throw Error(where, "damaged JPEG: no frame header");
    const std::size_t length = reader.u16_big();
    if (length < 2) throw Error(where, "damaged JPEG: segment of negative length");
    const std::string_view segment = reader.take(length - 2);
    if (marker == 0xE1) {
      const Exif exif = decode_exif(segment);
      if (info.orientation == 1) info.orientation = exif.orientation;
      if (info.focal_35mm_mm == 0) info.focal_35mm_mm = exif.focal_35mm_mm;
    }
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (!frame) continue;
    ByteReader header(segment, where);
    info.bits = header.u8();
    info.height = header.u16_big();
    info.width = header.u16_big();
    info.channels = header.u8();
    expect_sane_size(where, info.width, info.height);
    return info;
  }
}

RgbImage decode_jpeg(std::string_view bytes, const std::string& where) {
  const ImageInfo info = jpeg_info(bytes, where);
  if (info.channels == 4) throw Error(where, "CMYK JPEG: convert it to RGB first");
  if (info.channels != 1 && info.channels != 3) {
    throw Error(where, fmt::format("JPEG of {} channels", info.channels));
  }
  const double pixel_count = static_cast<double>(info.width) * info.height;
  expect_plausible_ratio(where, 3 * pixel_count, static_cast<double>(bytes.size()), max_jpeg_ratio);
  JpegDecoder decoder;
  jpeg_decompress_struct& codec = decoder.codec;
  RgbImage image(info.width, info.height);
  const bool done = decoder.errors.guarded([&] {
    jpeg_create_decompress(&codec);
    codec.progress = &decoder.progress;
    jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&codec, TRUE);
    codec.out_color_space = JCS_RGB;
    jpeg_start_decompress(&codec);
    if (static_cast<int>(codec.output_width) != info.width ||
        static_cast<int>(codec.output_height) != info.height) {
      ERREXIT(&codec, JERR_BAD_LENGTH);
    }
    while (codec.output_scanline < codec.output_height && !decoder.errors.data_is_short) {
      JSAMPROW row = image.row(static_cast<int>(codec.output_scanline));
      jpeg_read_scanlines(&codec, &row, 1);
    }
  });
  if (decoder.errors.data_is_short) {
    throw Error(where,
                fmt::format("truncated: about {} of {} scan lines", codec.output_scanline, info.height));
  }
  if (!done) throw Error(where, fmt::format("damaged JPEG: {}", decoder.errors.message));
  if (decoder.errors.data_is_damaged) throw Error(where, "damaged JPEG: its entropy-coded data is corrupt");
  return image;
}

std::string encode_jpeg(const RgbImage& image, int quality) {
  jpeg_compress_struct codec{};
  JpegErrors errors;
  errors.install();
  codec.err = &errors.manager;
  unsigned char* buffer = nullptr;
  unsigned long length = 0;
  const bool done = errors.guarded([&] {
    jpeg_create_compress(&codec);
    jpeg_mem_dest(&codec, &buffer, &length);
    codec.image_width = static_cast<JDIMENSION>(image.width());
    codec.image_height = static_cast<JDIMENSION>(image.height());
    codec.input_components = 3;
    codec.in_color_space = JCS_RGB;
    jpeg_set_defaults(&codec);
    jpeg_set_quality(&codec, quality, TRUE);
    codec.comp_info[0].h_samp_factor = codec.comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(&codec, TRUE);
    while (codec.next_scanline < codec.image_height) {
      auto* row = const_cast<JSAMPROW>(image.row(static_cast<int>(codec.next_scanline)));
      jpeg_write_scanlines(&codec, &row, 1);
    }
    jpeg_finish_compress(&codec);
  });
  jpeg_destroy_compress(&codec);
  std::string bytes;
  if (done) bytes.assign(reinterpret_cast<const char*>(buffer), length);
  std::free(buffer);
  if (!done) {
    throw Error("", fmt::format("cannot make a JPEG of {} x {} pixels: {}", image.width(), image.height(),
                                errors.message));
  }
  return bytes;
}

}  // namespace vd
