// SPDX-License-Identifier: Apache-2.0
#include "io/image.h"

#include <cstdio>
// jpeglib.h needs FILE declared before it.
#include <jpeglib.h>

#include <cmath>
#include <cstdlib>

#include "catch.h"
#include "hostile.h"
#include "image/convert.h"
#include "png_maker.h"
#include "temporary_folder.h"

using vd::test::error_of;
using vd::test::make_png;

namespace {

vd::RgbImage photograph(int width, int height) {
  vd::RgbImage image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image(x, y, 0) = static_cast<std::uint8_t>(2 * x);
      image(x, y, 1) = static_cast<std::uint8_t>(128 + 60 * std::sin(0.2 * x) * std::cos(0.1 * y));
      image(x, y, 2) = static_cast<std::uint8_t>(3 * y);
    }
  }
  return image;
}

/// A JPEG of 1 to 4 channels, all 100 but the first, which is a ramp; progressive or not.
std::string make_jpeg(int width, int height, int channels, J_COLOR_SPACE space, bool progressive = false) {
  jpeg_compress_struct codec;
  jpeg_error_mgr errors;
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* buffer = nullptr;
  unsigned long length = 0;
  jpeg_mem_dest(&codec, &buffer, &length);
  codec.image_width = static_cast<JDIMENSION>(width);
  codec.image_height = static_cast<JDIMENSION>(height);
  codec.input_components = channels;
  codec.in_color_space = space;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, 95, TRUE);
  if (progressive) jpeg_simple_progression(&codec);
  jpeg_start_compress(&codec, TRUE);
  std::vector<JSAMPLE> row(static_cast<std::size_t>(width * channels), 100);
  for (int x = 0; x < width; ++x) row[static_cast<std::size_t>(x * channels)] = static_cast<JSAMPLE>(x);
  for (int y = 0; y < height; ++y) {
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&codec, &rows, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string bytes(reinterpret_cast<char*>(buffer), length);
  std::free(buffer);
  return bytes;
}

std::string with_exif(const std::string& jpeg, bool big, int orientation) {
  const auto value = static_cast<char>(orientation);
  std::string tiff = big ? std::string("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + value +
                               std::string(6, '\0')
                         : std::string("II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + value +
                               std::string(7, '\0');
  const std::string body = std::string("Exif\0\0", 6) + tiff;
  const auto length = static_cast<std::uint32_t>(body.size() + 2);
  return jpeg.substr(0, 2) + "\xFF\xE1" + vd::test::big_endian(length).substr(2) + body + jpeg.substr(2);
}

std::vector<int> pixel(const vd::RgbImage& image, int x, int y) {
  return {image(x, y, 0), image(x, y, 1), image(x, y, 2)};
}

std::string rgb_error(const std::string& bytes) {
  return error_of([&] { (void)vd::decode_rgb(bytes, "a/file"); });
}

}  // namespace

TEST_CASE("PNG keeps every value of 8 and 16 bits", "[io][png]") {
  const vd::test::TemporaryFolder folder;
  const vd::RgbImage image = photograph(61, 43);
  vd::write_png(folder / "rgb.png", image);
  CHECK(vd::read_rgb(folder / "rgb.png").values() == image.values());
  vd::Map<std::uint16_t> depth(256, 256);
  for (std::size_t k = 0; k < depth.pixels(); ++k) depth.data()[k] = static_cast<std::uint16_t>(k);
  vd::write_png(folder / "depth.png", depth);
  CHECK(vd::read_png16(folder / "depth.png").values() == depth.values());
  const vd::GreyImage grey = vd::to_grey(image);
  vd::write_png(folder / "grey.png", grey);
  CHECK(vd::read_grey(folder / "grey.png").values() == grey.values());
  CHECK(vd::read_png16(folder / "grey.png")(60, 42) == grey(60, 42));
  vd::Map<std::uint16_t, 3> coded(5, 4);
  for (std::size_t k = 0; k < coded.values().size(); ++k) {
    coded.data()[k] = static_cast<std::uint16_t>(1000 * k + 7);
  }
  CHECK(vd::decode_png16_rgb(vd::encode_png(coded), "f").values() == coded.values());
  CHECK(vd::encode_png(coded) == vd::encode_png(coded));
}

TEST_CASE("every kind of PNG becomes RGB", "[io][png]") {
  SECTION("1-bit grey") {
    CHECK(pixel(vd::decode_rgb(make_png(9, 1, 1, 0, {"\x80\x80"}), "f"), 8, 0) ==
          std::vector<int>{255, 255, 255});
    CHECK(vd::decode_png16(make_png(9, 1, 1, 0, {"\x80\x80"}), "f").values() ==
          std::vector<std::uint16_t>{1, 0, 0, 0, 0, 0, 0, 0, 1});
  }
  SECTION("palette of 2 bits") {
    const std::string palette = vd::test::png_chunk("PLTE", "\x0A\x14\x1E\x28\x32\x3C\x46\x50\x5A");
    const std::string bytes = make_png(4, 1, 2, 3, {"\x18"}, palette);
    CHECK(pixel(vd::decode_rgb(bytes, "f"), 1, 0) == std::vector<int>{40, 50, 60});
    CHECK(vd::decode_png16(bytes, "f").values() == std::vector<std::uint16_t>{0, 1, 2, 0});
    CHECK(vd::decode_image_info(bytes, "f").palette);
  }
  SECTION("grey with alpha, RGB with alpha, 16 bits") {
    CHECK(pixel(vd::decode_rgb(make_png(1, 1, 8, 4, {std::string("\x42\x00", 2)}), "f"), 0, 0) ==
          std::vector<int>{66, 66, 66});
    CHECK(pixel(vd::decode_rgb(make_png(1, 1, 8, 6, {"\x01\x02\x03\x80"}), "f"), 0, 0) ==
          std::vector<int>{1, 2, 3});
    const std::string deep = make_png(1, 1, 16, 2, {std::string("\xFF\xFF\x80\x7F\x00\x80", 6)});
    CHECK(pixel(vd::decode_rgb(deep, "f"), 0, 0) == std::vector<int>{255, 128, 0});
    CHECK(vd::decode_image_info(deep, "f").bits == 16);
    CHECK(error_of([&] { (void)vd::decode_png16(deep, "f"); }) == "f: PNG of 3 channels, expected 1");
  }
  SECTION("transparent colour") {
    const std::string bytes =
        make_png(2, 1, 8, 0, {"\x05\x07"}, vd::test::png_chunk("tRNS", std::string("\0\x05", 2)));
    CHECK(pixel(vd::decode_rgb(bytes, "f"), 0, 0) == std::vector<int>{5, 5, 5});
  }
}

TEST_CASE("JPEG comes close, in grey and colour, baseline and progressive", "[io][jpeg]") {
  const vd::RgbImage image = photograph(80, 60);
  const vd::RgbImage read = vd::decode_rgb(vd::encode_jpeg(image, 95), "f");
  REQUIRE(read.same_size(image));
  double sum = 0;
  for (std::size_t k = 0; k < image.values().size(); ++k) sum += std::abs(image.data()[k] - read.data()[k]);
  CHECK(sum / static_cast<double>(image.values().size()) < 2.0);
  CHECK(error_of([&] { (void)vd::encode_jpeg(vd::RgbImage(), 90); }) != "");
  for (const bool progressive : {false, true}) {
    const vd::RgbImage grey = vd::decode_rgb(make_jpeg(100, 20, 1, JCS_GRAYSCALE, progressive), "f");
    CHECK(std::abs(grey(77, 9, 0) - 77) <= 2);
    CHECK(grey(77, 9, 0) == grey(77, 9, 2));
  }
  CHECK(rgb_error(make_jpeg(16, 16, 4, JCS_CMYK)) == "a/file: CMYK JPEG: convert it to RGB first");
}

TEST_CASE("the head of an image tells its size and orientation", "[io][image]") {
  const std::string jpeg = make_jpeg(123, 45, 1, JCS_GRAYSCALE);
  const int orientation = GENERATE(1, 3, 6, 8);
  const bool big = GENERATE(false, true);
  const vd::ImageInfo info = vd::decode_image_info(with_exif(jpeg, big, orientation), "f");
  CHECK(info.width == 123);
  CHECK(info.height == 45);
  CHECK(info.channels == 1);
  CHECK(info.orientation == orientation);
  CHECK(vd::decode_image_info(with_exif(jpeg, big, 9), "f").orientation == 1);
  CHECK(vd::decode_image_info(jpeg, "f").orientation == 1);
  CHECK(vd::decode_rgb(with_exif(jpeg, big, orientation), "f").width() == 123);
  // A file whose metadata exceed the part that is read first.
  const vd::test::TemporaryFolder folder;
  std::string thumbnails;
  for (int k = 0; k < 3; ++k) thumbnails += std::string("\xFF\xE2\xFF\xFF", 4) + std::string(65533, '\x11');
  std::FILE* file = std::fopen((folder / "big.jpg").c_str(), "wb");
  const std::string bytes = jpeg.substr(0, 2) + thumbnails + jpeg.substr(2);
  REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
  std::fclose(file);
  CHECK(vd::read_image_info(folder / "big.jpg").width == 123);
  CHECK(vd::decode_image_info(make_png(7, 9, 8, 6, {}), "f").channels == 4);
}

TEST_CASE("truncated images say how much is there", "[io][image][hostile]") {
  const auto decode = [](std::string_view b) { (void)vd::decode_rgb(b, "a/file"); };
  const std::string png = vd::encode_png(photograph(24, 50));
  CHECK(rgb_error(png.substr(0, png.size() / 2)).find("a/file: truncated: ") == 0);
  CHECK(rgb_error(png.substr(0, png.size() / 2)).find(" of 50 scan lines") != std::string::npos);
  vd::test::refuses_every_prefix(png, png.size() - 1, decode);
  const std::string jpeg = vd::encode_jpeg(photograph(24, 50), 90);
  CHECK(rgb_error(jpeg.substr(0, jpeg.size() / 2)).find("of 50 scan lines") != std::string::npos);
  // All scan lines may be there before the last few bytes are.
  vd::test::refuses_every_prefix(jpeg, jpeg.size() - 8, decode);
  const std::string progressive = make_jpeg(40, 30, 3, JCS_RGB, true);
  vd::test::refuses_every_prefix(progressive, progressive.size() - 8, decode);
  vd::test::survives_damage(png, 1500, decode);
  vd::test::survives_damage(jpeg, 1500, decode);
  vd::test::survives_damage(progressive, 500, decode);
}

TEST_CASE("an image header cannot make the reader take memory", "[io][image][hostile]") {
  CHECK(rgb_error(make_png(60000, 30000, 8, 2, {"abc"})).find("cannot hold") != std::string::npos);
  CHECK(rgb_error(make_png(0, 5, 8, 2, {"abc"})).find("impossible size 0 x 5") != std::string::npos);
  CHECK(rgb_error(make_png(0xFFFFFFFF, 1, 8, 2, {"abc"})).find("impossible size") != std::string::npos);
  CHECK(rgb_error(make_png(1, 1, 8, 5, {"abc"})).find("colour type") != std::string::npos);
  std::string jpeg = make_jpeg(16, 16, 1, JCS_GRAYSCALE);
  const std::size_t frame = jpeg.find("\xFF\xC0");
  jpeg.replace(frame + 5, 4, "\x75\x30\x75\x30");
  CHECK(rgb_error(jpeg).find("cannot hold") != std::string::npos);
  jpeg.replace(frame + 5, 4, std::string(4, '\0'));
  CHECK(rgb_error(jpeg).find("impossible size 0 x 0") != std::string::npos);
  CHECK(rgb_error("") == "a/file: empty file");
  CHECK(rgb_error("<html>404</html>") == "a/file: neither a PNG nor a JPEG image");
  CHECK(error_of([] {
          (void)vd::read_rgb("/nonexistent/folder/x.png");
        }).find("/nonexistent/folder/x.png: ") == 0);
  CHECK(error_of([] { (void)vd::read_rgb("/"); }) != "");
}
