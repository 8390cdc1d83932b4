// SPDX-License-Identifier: Apache-2.0
#include "io/npy.h"

#include <zip.h>

#include "catch.h"
#include "hostile.h"
#include "io/bytes.h"
#include "io/npz.h"
#include "temporary_folder.h"

using vd::test::error_of;

namespace {

std::string npy_file(const std::string& dictionary, const std::string& values, int version = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += static_cast<char>(version);
  bytes += '\0';
  bytes += static_cast<char>(dictionary.size() & 0xFF);
  bytes += static_cast<char>(dictionary.size() >> 8);
  if (version > 1) bytes.append(2, '\0');
  return bytes + dictionary + values;
}

std::vector<double> decoded(const std::string& dictionary, const std::string& values, int version = 1) {
  return vd::decode_npy(npy_file(dictionary, values, version), "a/file").as<double>();
}

std::string npy_error(const std::string& dictionary, const std::string& values) {
  return error_of([&] { (void)decoded(dictionary, values); });
}

}  // namespace

TEST_CASE("arrays survive a round trip in every shape", "[io][npy]") {
  const auto shape = GENERATE(std::vector<std::size_t>{}, std::vector<std::size_t>{1},
                              std::vector<std::size_t>{24}, std::vector<std::size_t>{4, 6},
                              std::vector<std::size_t>{2, 3, 4}, std::vector<std::size_t>{0, 5});
  std::size_t count = 1;
  for (const std::size_t size : shape) count *= size;
  std::vector<double> values(count);
  for (std::size_t k = 0; k < count; ++k) values[k] = 1.0 / (1.0 + static_cast<double>(k));
  const std::string bytes = vd::encode_npy(vd::make_npy(shape, values));
  CHECK((bytes.size() - count * 8) % 64 == 0);
  const vd::NpyArray read = vd::decode_npy(bytes, "a/file");
  CHECK(read.shape == shape);
  CHECK(read.type == vd::NpyType::f64);
  CHECK(read.as<double>() == values);
}

TEST_CASE("the header is written as NumPy writes it", "[io][npy]") {
  const std::string bytes = vd::encode_npy(vd::make_npy<float>({3}, {1, 2, 3}));
  CHECK(bytes.substr(10, 58) == "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } ");
  CHECK(vd::encode_npy(vd::make_npy<std::uint8_t>({1, 2}, {1, 2})).find("'|u1'") != std::string::npos);
}

TEST_CASE("both byte orders, Fortran order, old and new headers", "[io][npy]") {
  CHECK(decoded("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }", {"\x01\x02\xFF\xFE", 4}) ==
        std::vector<double>{258, -2});
  CHECK(decoded("{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }", {"\x01\x00\x00\x80", 4}, 2) ==
        std::vector<double>{2147483649.0});
  CHECK(decoded("{\"shape\": (2,), \"fortran_order\": False, \"descr\": \"|b1\"}", {"\x00\x05", 2}) ==
        std::vector<double>{0, 1});
  CHECK(decoded("{'descr': '<f2', 'fortran_order': False, 'shape': (2L,), }", {"\x00\x3C\x00\xC0", 4}, 3) ==
        std::vector<double>{1, -2});
  CHECK(decoded("{'descr': '>f8', 'fortran_order': False, 'shape': ()}", {"\x3F\xF8\0\0\0\0\0\0", 8}) ==
        std::vector<double>{1.5});
  // Columns first: (0,0) (1,0) (0,1) (1,1) (0,2) (1,2).
  CHECK(decoded("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
                {"\x01\x02\x03\x04\x05\x06", 6}) == std::vector<double>{1, 3, 5, 2, 4, 6});
  CHECK(decoded("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 2, 2), }", {"\0\1\2\3\4\5\6\7", 8}) ==
        std::vector<double>{0, 4, 2, 6, 1, 5, 3, 7});
}

TEST_CASE("hostile NPY files are refused before memory is taken", "[io][npy][hostile]") {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
  CHECK(npy_error(good + "(1099511627776,)}", "") == "a/file: truncated: 0 of 4398046511104 bytes of values");
  CHECK(npy_error(good + "(4294967296, 4294967296)}", "").find("impossible shape") != std::string::npos);
  CHECK(npy_error(good + "(4611686018427387904,)}", "").find("impossible shape") != std::string::npos);
  CHECK(npy_error(good + "(-1,)}", "").find("shape") != std::string::npos);
  CHECK(npy_error(good + "(99999999999999999999999,)}", "").find("shape") != std::string::npos);
  CHECK(npy_error(good + "(3", "").find("shape") != std::string::npos);
  CHECK(npy_error("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "12345678").find("'|O'") !=
        std::string::npos);
  CHECK(npy_error("{'descr': '<c16', 'fortran_order': False, 'shape': (1,)}", "").find("'<c16'") !=
        std::string::npos);
  CHECK(npy_error("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}", "1234")
            .find("structured") != std::string::npos);
  CHECK(npy_error("{'descr': '<f4'}", "").find("fortran_order") != std::string::npos);
  CHECK(error_of([] {
          (void)vd::decode_npy(std::string("\x93NUMPY\x09\0", 8), "a/file");
        }).find("version 9") != std::string::npos);
  const std::string bytes = vd::encode_npy(vd::make_npy<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  vd::test::refuses_every_prefix(bytes, bytes.size() - 1,
                                 [](std::string_view b) { (void)vd::decode_npy(b, "a/file"); });
  vd::test::survives_damage(bytes, 2000, [](std::string_view b) { (void)vd::decode_npy(b, "a/file"); });
}

TEST_CASE("an archive holds arrays by name", "[io][npz]") {
  const bool deflate = GENERATE(false, true);
  const vd::test::TemporaryFolder folder;
  const std::vector<float> ramp(4096, 1.5F);
  const vd::NamedArrays arrays = {{"xy", vd::make_npy({2, 2048}, ramp)},
                                  {"first_frame", vd::make_npy<std::int64_t>({2}, {5, -7})}};
  vd::write_npz(folder / "tracks.npz", arrays, deflate);
  CHECK(std::filesystem::file_size(folder / "tracks.npz") < (deflate ? 1200U : 17200U));
  CHECK(vd::encode_npz(arrays, deflate, "f") == vd::read_file(folder / "tracks.npz"));
  const vd::NpzReader npz(folder / "tracks.npz");
  CHECK(npz.names() == std::vector<std::string>{"xy", "first_frame"});
  CHECK(npz.read("xy").as<float>() == ramp);
  CHECK(npz.read("first_frame").as<std::int64_t>() == std::vector<std::int64_t>{5, -7});
  CHECK(error_of([&] { (void)npz.read("vis"); }).find("no array vis; there are: xy first_frame") !=
        std::string::npos);
}

TEST_CASE("hostile archives are refused", "[io][npz][hostile]") {
  const std::vector<float> zeros(16384);
  const std::string bytes = vd::encode_npz({{"x", vd::make_npy({16384}, zeros)}}, true, "f");
  const auto read = [](std::string_view b) {
    const vd::NpzReader npz(std::string(b), "a/file");
    for (const std::string& name : npz.names()) (void)npz.read(name);
  };
  vd::test::refuses_every_prefix(bytes, bytes.size() - 1, read);
  vd::test::survives_damage(bytes, 2000, read);
  // A directory entry that promises 2 GB from a hundred bytes.
  const std::size_t entry = bytes.find("PK\1\2");
  REQUIRE(entry != std::string::npos);
  CHECK(error_of([&] { read(vd::test::patched(bytes, entry + 24, 0x7FFFFFFF)); }).find("cannot hold") !=
        std::string::npos);
  // One that promises less than there is.
  CHECK(error_of([&] { read(vd::test::patched(bytes, entry + 24, 1000)); }) != "");
  CHECK(error_of([&] { read(vd::test::patched(bytes, entry + 16, 12345)); }) != "");
  CHECK(error_of([&] { read("not an archive"); }).find("not an NPZ file") != std::string::npos);
}
