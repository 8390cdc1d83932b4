// SPDX-License-Identifier: Apache-2.0
#include "io/y4m.h"

#include <sstream>

#include "catch.h"
#include "hostile.h"

using vd::test::error_of;

namespace {

/// Frames of 4 x 2 pixels, 4:2:0: luma 4x2, chroma 2x1 twice.
std::string stream_of(int frames,
                      const std::string& head = "YUV4MPEG2 W4 H2 F30000:1001 Ip A1:1 C420jpeg\n") {
  std::string bytes = head;
  for (int k = 0; k < frames; ++k) {
    bytes += "FRAME\n";
    for (int p = 0; p < 8; ++p) bytes += static_cast<char>(16 + 10 * k + p);
    bytes += "\x80\x80\x80\x80";
  }
  return bytes;
}

int count_frames(const std::string& bytes) {
  std::istringstream stream(bytes);
  vd::Y4mReader reader(stream, "a/file");
  int frames = 0;
  while (reader.next()) ++frames;
  return frames;
}

}  // namespace

TEST_CASE("a y4m stream gives its frames, rate and grey values", "[io][y4m]") {
  const std::string bytes = stream_of(3);
  std::istringstream stream(bytes);
  vd::Y4mReader reader(stream, "y");
  CHECK(reader.width() == 4);
  CHECK(reader.height() == 2);
  CHECK(reader.rate() == Approx(29.97002997));
  const auto first = reader.next();
  REQUIRE(first);
  CHECK((*first)(0, 0, 0) == 0);  // luma 16 is black
  CHECK((*first)(3, 1, 1) == 8);  // 7 * 255 / 219
  (void)reader.next();
  const auto third = reader.next();
  REQUIRE(third);
  CHECK((*third)(0, 0, 2) == 23);
  CHECK_FALSE(reader.next());
}

TEST_CASE("y4m colours follow BT.601 in both ranges", "[io][y4m]") {
  // Pure red of BT.601 in limited range is (81, 90, 240), in full range (76, 85, 255).
  const auto pixel = [](const std::string& head, const std::string& yuv) {
    std::istringstream stream(head + "FRAME\n" + yuv);
    return *vd::Y4mReader(stream, "y").next();
  };
  const vd::RgbImage limited = pixel("YUV4MPEG2 W1 H1 F1:1 C444\n", "\x51\x5A\xF0");
  CHECK(limited(0, 0, 0) >= 253);
  CHECK(limited(0, 0, 1) <= 2);
  CHECK(limited(0, 0, 2) <= 2);
  const vd::RgbImage full = pixel("YUV4MPEG2 W1 H1 F1:1 C444 XCOLORRANGE=FULL\n", "\x4C\x55\xFF");
  CHECK(full(0, 0, 0) >= 253);
  CHECK(full(0, 0, 1) <= 2);
  const vd::RgbImage grey = pixel("YUV4MPEG2 W1 H1 F1:1 Cmono\n", "\xEB");
  CHECK(grey(0, 0, 1) == 255);
}

TEST_CASE("odd sizes have chroma for their last column and row", "[io][y4m]") {
  const std::string head = "YUV4MPEG2 W3 H3 F25:1\n";
  CHECK(count_frames(head + "FRAME\n" + std::string(9 + 2 * 4, '\x50')) == 1);
  CHECK(error_of([&] { (void)count_frames(head + "FRAME\n" + std::string(9 + 2 * 4 - 1, '\x50')); }) != "");
}

TEST_CASE("a cut y4m stream is an error that counts the complete frames", "[io][y4m][hostile]") {
  const std::string bytes = stream_of(2);
  CHECK(count_frames(bytes) == 2);
  const std::size_t head = bytes.find('\n') + 1;
  const std::size_t frame = (bytes.size() - head) / 2;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string message = error_of([&] { (void)count_frames(bytes.substr(0, length)); });
    const bool whole = length == head || length == head + frame;
    CHECK(message.empty() == whole);
    if (!whole) CHECK(message.rfind("a/file: ", 0) == 0);
    if (!whole && length > head + frame) CHECK(message.find("1 complete frames") != std::string::npos);
  }
}

TEST_CASE("what is no y4m stream is named", "[io][y4m][hostile]") {
  const auto refusal = [](const std::string& bytes) { return error_of([&] { (void)count_frames(bytes); }); };
  CHECK(refusal("") == "a/file: empty stream");
  CHECK(refusal("RIFF....AVI \n") == "a/file: not a YUV4MPEG2 stream");
  CHECK(refusal(std::string(5000, 'x')) == "a/file: not a YUV4MPEG2 stream");
  CHECK(refusal("YUV4MPEG2 W4 F25:1\n").find("impossible size") != std::string::npos);
  CHECK(refusal("YUV4MPEG2 W4 H-2 F25:1\n").find("no positive number") != std::string::npos);
  CHECK(refusal("YUV4MPEG2 W999999 H999999 F25:1\n").find("impossible size") != std::string::npos);
  CHECK(refusal("YUV4MPEG2 W4 H2 F0:0\n").find("no positive number") != std::string::npos);
  CHECK(refusal("YUV4MPEG2 W4 H2\n").find("no frame rate") != std::string::npos);
  CHECK(refusal("YUV4MPEG2 W4 H2 F25:1 It\n").find("interlaced") != std::string::npos);
  CHECK(refusal("YUV4MPEG2 W4 H2 F25:1 C420p10\n").find("yuv420p") != std::string::npos);
  CHECK(refusal("YUV4MPEG2 W40000 H40000 F25:1\nFRAME\nabc").find("truncated") != std::string::npos);
  CHECK(refusal(stream_of(1) + "FRAMES\n").find("1 complete frames") != std::string::npos);
}
