// SPDX-License-Identifier: Apache-2.0
#include "weights/tensor_view.h"

#include <cmath>
#include <limits>

#include "catch.h"
#include "checkpoint_maker.h"

using namespace vd;
using vd::test::raw_all;

namespace {

/// A tensor over bytes that it keeps alive.
TensorView view_of(const std::string& bytes, StoredType type, std::vector<std::int64_t> shape,
                   std::vector<std::int64_t> strides, std::size_t first = 0) {
  const auto held = std::make_shared<std::string>(bytes);
  TensorView view{"t", type, std::move(shape), std::move(strides)};
  view.data = reinterpret_cast<const std::byte*>(held->data()) + first * item_size(type);
  view.owner = held;
  return view;
}

const std::string counting = raw_all<float>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});

}  // namespace

TEST_CASE("strides decide the order of elements", "[weights]") {
  using Floats = std::vector<float>;
  CHECK(as_floats(view_of(counting, StoredType::f32, {2, 3}, {3, 1})) == Floats{0, 1, 2, 3, 4, 5});
  CHECK(as_floats(view_of(counting, StoredType::f32, {3, 2}, {1, 3})) == Floats{0, 3, 1, 4, 2, 5});
  CHECK(as_floats(view_of(counting, StoredType::f32, {2, 2}, {0, 1}, 4)) == Floats{4, 5, 4, 5});
  CHECK(as_floats(view_of(counting, StoredType::f32, {3, 3}, {1, 1})) == Floats{0, 1, 2, 1, 2, 3, 2, 3, 4});
  CHECK(as_floats(view_of(counting, StoredType::f32, {}, {}, 7)) == Floats{7});
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();  // never taken
  CHECK(as_floats(view_of(counting, StoredType::f32, {2, 1, 2}, {1, huge, 4})) == Floats{0, 4, 1, 5});
  CHECK(as_floats(view_of(counting, StoredType::f32, {0, 4}, {4, 1})).empty());
}

TEST_CASE("a tensor transposed twice is itself", "[weights][property]") {
  const TensorView once = packed(view_of(counting, StoredType::f32, {3, 4}, {1, 3}));
  REQUIRE(once.shape == std::vector<std::int64_t>{3, 4});
  TensorView twice = once;
  twice.shape = {4, 3};
  twice.strides = {1, 4};
  std::vector<float> values(12);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(k);
  CHECK(as_floats(twice) == values);
}

TEST_CASE("contiguity does not care for axes of length one or for no elements", "[weights]") {
  CHECK(is_contiguous(view_of(counting, StoredType::f32, {1, 3}, {77, 1})));
  CHECK(is_contiguous(view_of(counting, StoredType::f32, {0, 3}, {1, 5})));
  CHECK(is_contiguous(view_of(counting, StoredType::f32, {}, {})));
  CHECK_FALSE(is_contiguous(view_of(counting, StoredType::f32, {3, 1}, {2, 1})));
  CHECK_FALSE(is_contiguous(view_of(counting, StoredType::f32, {2, 2}, {0, 1})));
}

TEST_CASE("only unaligned or strided tensors are copied when packed", "[weights]") {
  const TensorView aligned = view_of(counting, StoredType::f32, {4}, {1});
  CHECK(packed(aligned).data == aligned.data);
  TensorView crooked = aligned;
  crooked.data += 1;
  CHECK_FALSE(is_usable_in_place(crooked));
  const TensorView copy = packed(crooked);
  CHECK(is_usable_in_place(copy));
  CHECK(copy.data != crooked.data);
  CHECK(std::memcmp(copy.data, crooked.data, 16) == 0);
}

TEST_CASE("every stored type widens to the number it stands for", "[weights]") {
  const auto value = [](StoredType type, const std::string& bytes) {
    return as_doubles(view_of(bytes, type, {1}, {1})).at(0);
  };
  using vd::test::raw;
  CHECK(value(StoredType::f64, raw(-1.25)) == -1.25);
  CHECK(value(StoredType::i64, raw<std::int64_t>(-5'000'000'000)) == -5e9);
  CHECK(value(StoredType::i32, raw<std::int32_t>(-7)) == -7);
  CHECK(value(StoredType::i16, raw<std::int16_t>(-300)) == -300);
  CHECK(value(StoredType::i8, raw<std::int8_t>(-3)) == -3);
  CHECK(value(StoredType::u64, raw<std::uint64_t>(1ULL << 63)) == std::ldexp(1.0, 63));
  CHECK(value(StoredType::u32, raw<std::uint32_t>(4'000'000'000U)) == 4e9);
  CHECK(value(StoredType::u16, raw<std::uint16_t>(65535)) == 65535);
  CHECK(value(StoredType::u8, raw<std::uint8_t>(200)) == 200);
  CHECK(value(StoredType::boolean, raw<std::uint8_t>(1)) == 1);
  CHECK(value(StoredType::bf16, raw<std::uint16_t>(0x3FC0)) == 1.5);
  CHECK(value(StoredType::bf16, raw<std::uint16_t>(0xFF80)) == -std::numeric_limits<double>::infinity());
  CHECK(value(StoredType::f16, raw<std::uint16_t>(0x3E00)) == 1.5);
  CHECK(value(StoredType::f16, raw<std::uint16_t>(0xC000)) == -2);
  CHECK(value(StoredType::f16, raw<std::uint16_t>(0x7BFF)) == 65504);
  CHECK(value(StoredType::f16, raw<std::uint16_t>(0x0001)) == std::ldexp(1.0, -24));  // the least of all
  CHECK(value(StoredType::f16, raw<std::uint16_t>(0x03FF)) == std::ldexp(1023.0, -24));
  CHECK(value(StoredType::f16, raw<std::uint16_t>(0x7C00)) == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(value(StoredType::f16, raw<std::uint16_t>(0x7E01))));
}

TEST_CASE("a tensor larger than a block is handed over whole and in order", "[weights]") {
  const std::int64_t rows = 1500, columns = 1000;  // 6 MB
  std::vector<float> values(static_cast<std::size_t>(rows * columns));
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(k);
  const std::string bytes = raw_all(values);
  CHECK(as_floats(view_of(bytes, StoredType::f32, {rows, columns}, {columns, 1})) == values);
  const auto turned = as_floats(view_of(bytes, StoredType::f32, {columns, rows}, {1, columns}));
  bool same = true;
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
      same = same && turned[column * static_cast<std::size_t>(rows) + row] ==
                         values[row * static_cast<std::size_t>(columns) + column];
    }
  }
  CHECK(same);
}

TEST_CASE("the words of safetensors and the types are each other's inverse", "[weights]") {
  for (const StoredType type :
       {StoredType::f64, StoredType::f32, StoredType::f16, StoredType::bf16, StoredType::i64, StoredType::i32,
        StoredType::i16, StoredType::i8, StoredType::u64, StoredType::u32, StoredType::u16, StoredType::u8,
        StoredType::boolean}) {
    CHECK(type_of_safetensors_word(safetensors_word(type)) == type);
  }
  CHECK_FALSE(type_of_safetensors_word("F8_E5M2"));
}

TEST_CASE("the check sum is that of ZIP, however the bytes are cut", "[weights]") {
  const std::string bytes = "123456789";
  const auto* const data = reinterpret_cast<const std::byte*>(bytes.data());
  CHECK(crc32(0, data, bytes.size()) == 0xCBF43926);  // the check value of the standard
  std::string longer;
  for (int k = 0; k < 1000; ++k) longer += static_cast<char>(k * k);
  const auto* const begin = reinterpret_cast<const std::byte*>(longer.data());
  const std::uint32_t whole = crc32(0, begin, longer.size());
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{17}, std::size_t{999}}) {
    CHECK(crc32(crc32(0, begin, cut), begin + cut, longer.size() - cut) == whole);
  }
}
