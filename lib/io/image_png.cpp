// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include <fmt/format.h>

#include "io/bytes.h"
#include "io/exif.h"
#include "io/image_codecs.h"

namespace vd {

namespace {

constexpr char png_magic[] = "\x89PNG\r\n\x1a\n";
// Deflate shrinks at most 1032 times.
constexpr double max_deflate_ratio = 1032;
constexpr png_alloc_size_t max_chunk_bytes = 1 << 20;
// Frames of video: 18 and 10 ms for 640x480 and 512x288 pixels; level 4 takes 1.8 times as long for -7 and
// +14 % of the bytes, level 6 four times as long.
constexpr int deflate_level = 2;

/// libpng leaves its calls by longjmp, which skips destructors: each group of calls runs inside guarded(),
/// and nothing with a destructor lives inside such a group.
class PngState {
 public:
  explicit PngState(bool reading) : reading_(reading) {
    png = reading ? png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning)
                  : png_create_write_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png != nullptr) info = png_create_info_struct(png);
  }
  ~PngState() {
    if (reading_)
      png_destroy_read_struct(&png, &info, nullptr);
    else
      png_destroy_write_struct(&png, &info);
  }
  PngState(const PngState&) = delete;
  PngState& operator=(const PngState&) = delete;

  /// False when libpng gave up; message then says why.
  template <typename Step>
  bool guarded(const Step& step) {
    if (info == nullptr) return false;
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    step();
    return true;
  }

  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[100] = "out of memory";
  std::string_view unread;
  bool at_end = false;
  int rows_done = 0;

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
    auto* state = static_cast<PngState*>(png_get_error_ptr(png));
    std::strncpy(state->message, text, sizeof(state->message) - 1);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}

  bool reading_;
};

void read_bytes(png_structp png, png_bytep target, std::size_t count) {
  auto* state = static_cast<PngState*>(png_get_io_ptr(png));
  if (state->unread.size() < count) {
    state->at_end = true;
    png_error(png, "truncated");
  }
  std::memcpy(target, state->unread.data(), count);
  state->unread.remove_prefix(count);
}

void append_bytes(png_structp png, png_bytep source, std::size_t count) {
  auto* target = static_cast<std::string*>(png_get_io_ptr(png));
  bool appended = true;
  try {
    target->append(reinterpret_cast<const char*>(source), count);
  } catch (const std::bad_alloc&) {
    appended = false;
  }
  if (!appended) png_error(png, "out of memory");
}

[[noreturn]] void fail(const PngState& state, const std::string& where, int height) {
  if (state.at_end) {
    if (height == 0) throw Error(where, "truncated inside its header");
    throw Error(where, fmt::format("truncated: {} of {} scan lines", state.rows_done, height));
  }
  throw Error(where, fmt::format("damaged PNG: {}", state.message));
}

void choose_form(PngState& state, PngForm form) {
  if (host_is_little_endian) png_set_swap(state.png);
  if (form == PngForm::as_stored) {
    png_set_packing(state.png);
    return;
  }
  png_set_expand(state.png);
  png_set_scale_16(state.png);
  png_set_strip_alpha(state.png);
  png_set_gray_to_rgb(state.png);
}

std::string encode(const void* values, int width, int height, int channels, int bits) {
  std::string bytes;
  PngState state(false);
  const bool done = state.guarded([&] {
    png_set_write_fn(state.png, &bytes, append_bytes, nullptr);
    png_set_IHDR(state.png, state.info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height),
                 bits, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(state.png, deflate_level);
    png_write_info(state.png, state.info);
    if (host_is_little_endian && bits == 16) png_set_swap(state.png);
    const auto* row = static_cast<const png_byte*>(values);
    const std::size_t stride = static_cast<std::size_t>(width) * channels * (bits / 8);
    for (int y = 0; y < height; ++y, row += stride) png_write_row(state.png, row);
    png_write_end(state.png, nullptr);
  });
  if (!done) {
    throw Error("", fmt::format("cannot make a PNG of {} x {} pixels: {}", width, height, state.message));
  }
  return bytes;
}

/// The EXIF block of the chunk eXIf, which stands anywhere after the header; defaults when there is none in
/// these bytes.
Exif png_exif(std::string_view bytes, std::size_t after_header) {
  for (std::size_t at = after_header; at + 12 <= bytes.size();) {
    ByteReader chunk(bytes.substr(at), "");
    const std::size_t length = chunk.u32_big();
    const std::string_view type = chunk.take(4);
    if (length > chunk.left()) break;
    if (type == "eXIf") return decode_exif(std::string("Exif\0\0", 6) + std::string(chunk.take(length)));
    at += 12 + length;
  }
  return {};
}

}  // namespace

bool is_png(std::string_view bytes) { return bytes.substr(0, 8) == std::string_view(png_magic, 8); }

ImageInfo png_info(std::string_view bytes, const std::string& where) {
  ByteReader reader(bytes, where);
  reader.take(8);
  if (reader.u32_big() != 13 || reader.take(4) != "IHDR") throw Error(where, "damaged PNG: no header");
  const std::uint32_t width = reader.u32_big();
  const std::uint32_t height = reader.u32_big();
  expect_sane_size(where, width, height);
  ImageInfo info;
  info.format = ImageFormat::png;
  info.width = static_cast<int>(width);
  info.height = static_cast<int>(height);
  info.bits = reader.u8();
  const int colour_type = reader.u8();
  const bool known_bits =
      info.bits == 1 || info.bits == 2 || info.bits == 4 || info.bits == 8 || info.bits == 16;
  info.palette = colour_type == PNG_COLOR_TYPE_PALETTE;
  info.channels =
      info.palette ? 1 : 1 + (colour_type & PNG_COLOR_MASK_COLOR) + ((colour_type & 4) != 0 ? 1 : 0);
  const bool known_type = colour_type <= 6 && colour_type != 1 && colour_type != 5;
  if (!known_bits || !known_type) throw Error(where, "damaged PNG: unknown colour type or bit depth");
  // Signature, and the header with its length, name, values and check sum.
  const Exif exif = png_exif(bytes, 8 + 4 + 4 + 13 + 4);
  info.orientation = exif.orientation;
  info.focal_35mm_mm = exif.focal_35mm_mm;
  return info;
}

PngPixels decode_png(std::string_view bytes, const std::string& where, PngForm form) {
  const ImageInfo info = png_info(bytes, where);
  const double stored_bits = static_cast<double>(info.channels) * info.bits;
  const double decoded_bits = form == PngForm::rgb8 ? 24 : std::max(8.0 * info.channels, stored_bits);
  expect_plausible_ratio(where, static_cast<double>(info.width) * info.height * decoded_bits / 8,
                         static_cast<double>(bytes.size()), max_deflate_ratio * decoded_bits / stored_bits);
  PngState state(true);
  state.unread = bytes;
  PngPixels pixels;
  std::size_t row_bytes = 0;
  int passes = 1;
  bool done = state.guarded([&] {
    png_set_read_fn(state.png, &state, read_bytes);
    // Pixels are all that is wanted: other chunks are stepped over, whatever length they state.
    png_set_keep_unknown_chunks(state.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_set_chunk_malloc_max(state.png, max_chunk_bytes);
    png_read_info(state.png, state.info);
    choose_form(state, form);
    passes = png_set_interlace_handling(state.png);
    png_read_update_info(state.png, state.info);
    row_bytes = png_get_rowbytes(state.png, state.info);
  });
  if (!done) fail(state, where, 0);
  pixels.width = info.width;
  pixels.height = info.height;
  pixels.channels = png_get_channels(state.png, state.info);
  pixels.bits = png_get_bit_depth(state.png, state.info);
  pixels.palette = info.palette;
  pixels.bytes.resize(row_bytes * static_cast<std::size_t>(info.height));
  done = state.guarded([&] {
    for (int pass = 0; pass < passes; ++pass) {
      state.rows_done = 0;
      for (png_bytep row = pixels.bytes.data(); state.rows_done < info.height;
           ++state.rows_done, row += row_bytes) {
        png_read_row(state.png, row, nullptr);
      }
    }
    png_read_end(state.png, nullptr);
  });
  if (!done) fail(state, where, info.height);
  return pixels;
}

std::string encode_png(const RgbImage& image) {
  return encode(image.data(), image.width(), image.height(), 3, 8);
}
std::string encode_png(const GreyImage& image) {
  return encode(image.data(), image.width(), image.height(), 1, 8);
}
std::string encode_png(const Map<std::uint16_t>& image) {
  return encode(image.data(), image.width(), image.height(), 1, 16);
}
std::string encode_png(const Map<std::uint16_t, 3>& image) {
  return encode(image.data(), image.width(), image.height(), 3, 16);
}

}  // namespace vd
