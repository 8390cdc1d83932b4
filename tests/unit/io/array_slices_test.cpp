// SPDX-License-Identifier: Apache-2.0
#include "io/array_slices.h"

#include <numeric>

#include "catch.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "io/npz.h"
#include "temporary_folder.h"

namespace vd {
namespace {

NpyArray counting(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t size : shape) count *= size;
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.F);
  return make_npy<float>(shape, values);
}

std::vector<float> all_values(ArraySlices slices) {
  std::vector<float> values;
  for (std::size_t k = 0; k < slices.shape()[0]; ++k) {
    const auto slice = slices.next().as<float>();
    values.insert(values.end(), slice.begin(), slice.end());
  }
  CHECK_THROWS_AS(slices.next(), Error);
  return values;
}

}  // namespace

TEST_CASE("slices of an array, one after the other, are the array", "[io]") {
  const test::TemporaryFolder folder;
  const std::vector<std::size_t> shape = GENERATE(
      std::vector<std::size_t>{4, 3, 5}, std::vector<std::size_t>{1, 2}, std::vector<std::size_t>{7});
  const NpyArray array = counting(shape);
  write_npy(folder / "a.npy", array);
  CHECK(all_values(ArraySlices(folder / "a.npy")) == array.as<float>());
  const bool deflated = GENERATE(true, false);
  write_npz(folder / "a.npz", {{"other", counting({2})}, {"depths", array}}, deflated);
  CHECK(all_values(ArraySlices(folder / "a.npz", "depths")) == array.as<float>());
  CHECK(ArraySlices(folder / "a.npz", "depths").shape() == shape);
}

TEST_CASE("slices in the other byte order", "[io]") {
  const test::TemporaryFolder folder;
  std::string bytes = encode_npy(make_npy<std::uint16_t>({2, 1}, {0x0102, 0x0304}));
  bytes.replace(bytes.find("<u2"), 3, ">u2");
  write_text(folder / "a.npy", bytes);
  ArraySlices slices(folder / "a.npy");
  CHECK(slices.next().as<std::uint16_t>() == std::vector<std::uint16_t>{0x0201});
  CHECK(slices.next().as<std::uint16_t>() == std::vector<std::uint16_t>{0x0403});
}

TEST_CASE("every prefix of an array is refused before its first slice", "[io]") {
  const test::TemporaryFolder folder;
  const std::string bytes = encode_npy(counting({3, 2}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_text(folder / "a.npy", bytes.substr(0, size));
    CHECK_THROWS_AS(ArraySlices(folder / "a.npy"), Error);
  }
  CHECK_THROWS_AS(ArraySlices(folder / "none.npy"), Error);
  std::string scattered = bytes;
  scattered.replace(scattered.find("False"), 5, "True ");
  write_text(folder / "a.npy", scattered);
  CHECK_THROWS_AS(ArraySlices(folder / "a.npy"), Error);
  write_npy(folder / "a.npy", make_npy<float>({0, 2}, std::vector<float>()));
  CHECK_THROWS_AS(ArraySlices(folder / "a.npy"), Error);
}

TEST_CASE("a damaged member of an archive is refused with its last slice at the latest", "[io]") {
  const test::TemporaryFolder folder;
  std::string bytes = encode_npz({{"a", counting({8, 64})}}, false, "a");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_text(folder / "a.npz", bytes);
  CHECK_THROWS_AS(all_values(ArraySlices(folder / "a.npz", "a")), Error);
}

}  // namespace vd
