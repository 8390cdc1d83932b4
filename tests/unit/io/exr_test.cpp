// SPDX-License-Identifier: Apache-2.0
#include "io/exr.h"

#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfOutputFile.h>
#include <ImfTiledOutputFile.h>

#include <cmath>
#include <limits>

#include "catch.h"
#include "hostile.h"
#include "io/bytes.h"
#include "temporary_folder.h"

using vd::test::error_of;

namespace {

/// A smooth surface with a few holes, as depth maps are.
vd::Map<float> surface(int width, int height, float offset) {
  vd::Map<float> map(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) map(x, y) = offset + 0.01F * x + 0.003F * y * x + std::sin(0.3F * y);
  }
  return map;
}

bool same_values(const vd::Map<float>& a, const vd::Map<float>& b) {
  if (!a.same_size(b)) return false;
  for (std::size_t k = 0; k < a.pixels(); ++k) {
    const float x = a.data()[k];
    const float y = b.data()[k];
    if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
  }
  return true;
}

std::vector<vd::ExrPart> example() {
  vd::Map<float> holes = surface(37, 29, 2);
  holes(3, 4) = std::numeric_limits<float>::quiet_NaN();
  holes(5, 6) = -std::numeric_limits<float>::infinity();
  return {{"", {{"Z", surface(37, 29, 1)}, {"conf", holes}}, {{"vd:method", "geometric"}}}};
}

}  // namespace

TEST_CASE("every codec brings the same values back", "[io][exr]") {
  using vd::ExrCodec;
  const auto codec = GENERATE(ExrCodec::none, ExrCodec::rle, ExrCodec::zips, ExrCodec::zip, ExrCodec::piz);
  const std::vector<vd::ExrPart> parts = example();
  const std::string bytes = vd::encode_exr(parts, {codec, false}, "a/file");
  CHECK(bytes == vd::encode_exr(parts, {codec, false}, "a/file"));
  const std::vector<vd::ExrPart> read = vd::decode_exr(bytes, "a/file");
  REQUIRE(read.size() == 1);
  CHECK(read[0].width() == 37);
  CHECK(read[0].height() == 29);
  REQUIRE(read[0].channels.size() == 2);
  CHECK(same_values(*read[0].find("Z"), *parts[0].find("Z")));
  CHECK(same_values(*read[0].find("conf"), *parts[0].find("conf")));
  CHECK(read[0].find("D") == nullptr);
  CHECK(read[0].attributes.at("vd:method") == "geometric");
}

TEST_CASE("half keeps eleven bits, and gives way to float where values exceed it", "[io][exr]") {
  std::vector<vd::ExrPart> parts = {{"", {{"Z", surface(64, 48, 3)}}, {}}};
  const vd::Map<float> stored =
      *vd::decode_exr(vd::encode_exr(parts, {vd::ExrCodec::zip, true}, "f"), "f")[0].find("Z");
  double largest = 0;
  for (std::size_t k = 0; k < stored.pixels(); ++k) {
    const double truth = parts[0].channels[0].values.data()[k];
    largest = std::max(largest, std::abs(stored.data()[k] - truth) / truth);
  }
  CHECK(largest <= 1.0 / 2048);
  CHECK(largest > 1e-5);
  parts[0].channels[0].values(1, 1) = 70000;
  CHECK(same_values(*vd::decode_exr(vd::encode_exr(parts, {vd::ExrCodec::zip, true}, "f"), "f")[0].find("Z"),
                    parts[0].channels[0].values));
  // Infinity is not such a value: half has it.
  parts[0].channels[0].values(1, 1) = std::numeric_limits<float>::infinity();
  const std::string bytes = vd::encode_exr(parts, {vd::ExrCodec::none, true}, "f");
  CHECK(bytes.size() < 64 * 48 * 3);
}

TEST_CASE("parts of different sizes share a file", "[io][exr]") {
  const vd::test::TemporaryFolder folder;
  const std::vector<vd::ExrPart> parts = {{"a", {{"a.X", surface(20, 10, 1)}}, {}},
                                          {"b", {{"b.X", surface(7, 33, 2)}}, {}}};
  vd::write_exr(folder / "deep/pair.exr", parts, vd::intermediate_encoding);
  const std::vector<vd::ExrPart> read = vd::read_exr(folder / "deep/pair.exr");
  REQUIRE(read.size() == 2);
  CHECK(read[0].name == "a");
  CHECK(read[1].name == "b");
  CHECK(read[1].width() == 7);
  CHECK(read[1].find("b.X")->operator()(6, 32) == Approx(parts[1].channels[0].values(6, 32)).epsilon(1e-3));
}

TEST_CASE("files of other programs: tiles, integers, a shifted data window", "[io][exr]") {
  const vd::test::TemporaryFolder folder;
  const std::string file = (folder / "other.exr").string();
  std::vector<unsigned> ids(30 * 20);
  for (std::size_t k = 0; k < ids.size(); ++k) ids[k] = static_cast<unsigned>(3 * k);
  const Imath::Box2i display({0, 0}, {99, 99});
  const Imath::Box2i window({40, 50}, {69, 69});
  Imf::Header header(display, window);
  header.channels().insert("id", Imf::Channel(Imf::UINT));
  Imf::FrameBuffer buffer;
  auto* base = reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(ids.data()) - 4 * (40 + 50 * 30));
  buffer.insert("id", Imf::Slice(Imf::UINT, base, 4, 4 * 30));
  const bool tiled = GENERATE(false, true);
  if (tiled) {
    header.setTileDescription(Imf::TileDescription(16, 8, Imf::ONE_LEVEL));
    Imf::TiledOutputFile output(file.c_str(), header);
    output.setFrameBuffer(buffer);
    output.writeTiles(0, output.numXTiles() - 1, 0, output.numYTiles() - 1);
  } else {
    Imf::OutputFile output(file.c_str(), header);
    output.setFrameBuffer(buffer);
    output.writePixels(20);
  }
  const std::vector<vd::ExrPart> read = vd::read_exr(file);
  REQUIRE(read.at(0).width() == 30);
  REQUIRE(read.at(0).height() == 20);
  CHECK(read[0].channels[0].values(0, 0) == 0);
  CHECK(read[0].channels[0].values(29, 19) == 3 * 599);
}

TEST_CASE("a truncated file says how much of it is there", "[io][exr][hostile]") {
  const std::string bytes = vd::encode_exr(example(), {vd::ExrCodec::zips, false}, "a/file");
  const std::string message =
      error_of([&] { (void)vd::decode_exr(bytes.substr(0, bytes.size() / 2), "a/file"); });
  CHECK(message.find("a/file: truncated: ") == 0);
  CHECK(message.find(" of 29 scan lines") != std::string::npos);
  CHECK(message.find(" 0 of 29") == std::string::npos);
  vd::test::refuses_every_prefix(bytes, bytes.size() - 1,
                                 [](std::string_view b) { (void)vd::decode_exr(b, "a/file"); });
}

TEST_CASE("an EXR header cannot make the reader take memory", "[io][exr][hostile]") {
  const std::string bytes = vd::encode_exr(example(), {vd::ExrCodec::zip, false}, "a/file");
  const std::size_t window = bytes.find("dataWindow") + 11 + 6 + 4;
  const auto message = [](const std::string& damaged) {
    return error_of([&] { (void)vd::decode_exr(damaged, "a/file"); });
  };
  const std::string wide = vd::test::patched(vd::test::patched(bytes, window + 8, 39999), window + 12, 39999);
  CHECK(message(wide).find("cannot hold") != std::string::npos);
  CHECK(message(vd::test::patched(bytes, window + 8, 0x7FFFFFFF)).find("impossible size") !=
        std::string::npos);
  CHECK(message(vd::test::patched(bytes, window + 12, 0x80000000)).find("impossible size") !=
        std::string::npos);
  // The text attribute claims 2 GB.
  const std::size_t attribute = bytes.find("vd:method") + 10 + 7;
  CHECK(message(vd::test::patched(bytes, attribute, 0x7FFFFFF0)).find("truncated") != std::string::npos);
  // A value longer than its type: OpenEXR would look for the next attribute inside it.
  const std::size_t compression = bytes.find("compression", bytes.find("compression") + 1) + 12;
  CHECK(message(vd::test::patched(bytes, compression, 40)).find("length does not fit") != std::string::npos);
  CHECK(message("").find("empty file") != std::string::npos);
  CHECK(message("GIF89a, not an EXR") == "a/file: not an EXR file");
  vd::test::survives_damage(bytes, 400, [](std::string_view b) { (void)vd::decode_exr(b, "a/file"); });
}

TEST_CASE("what cannot be an EXR file is not written", "[io][exr]") {
  const vd::Map<float> a(4, 3);
  const vd::Map<float> b(3, 4);
  CHECK(error_of([&] {
          (void)vd::encode_exr({{"", {{"u", a}, {"v", b}}, {}}}, {}, "f");
        }) == "f: channel v differs in size from u");
  CHECK(error_of([&] { (void)vd::encode_exr({{"", {}, {}}}, {}, "f"); }) != "");
}
