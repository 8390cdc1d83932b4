// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vd {

enum class NpyType { boolean, i8, u8, i16, u16, i32, u32, i64, u64, f16, f32, f64 };

/// An array of any number of dimensions: values in C order and in the byte order of this machine.
struct NpyArray {
  NpyType type = NpyType::f32;
  std::vector<std::size_t> shape;  // empty for a single number
  std::string bytes;               // product of shape x item_size

  [[nodiscard]] std::size_t size() const;
  /// The values as T, converted as a C++ cast does (bool to 0 and 1). T: float, double, std::int32_t,
  /// std::int64_t, std::uint8_t, std::uint16_t.
  template <typename T>
  [[nodiscard]] std::vector<T> as() const;
};

[[nodiscard]] std::size_t item_size(NpyType type);

/// An array that stores T as it is. values.size() must be the product of shape.
template <typename T>
[[nodiscard]] NpyArray make_npy(std::vector<std::size_t> shape, const std::vector<T>& values);

/// NumPy's array files, versions 1 to 3, both byte orders, C and Fortran order. Throws Error on object,
/// complex, text and structured arrays, on sizes that the file does not have, and on damaged headers.
[[nodiscard]] NpyArray read_npy(const std::filesystem::path& path);
[[nodiscard]] NpyArray decode_npy(std::string_view bytes, const std::string& where);

/// What stands before the values of an NPY file.
struct NpyHeader {
  NpyType type = NpyType::f32;
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
  std::size_t bytes = 0;  // of the header: the values begin there
};
/// Of the first bytes of a file, values need not be there. Throws Error as decode_npy does.
[[nodiscard]] NpyHeader decode_npy_header(std::string_view bytes, const std::string& where);

/// Version 1.0, little endian, C order.
void write_npy(const std::filesystem::path& path, const NpyArray& array);
[[nodiscard]] std::string encode_npy(const NpyArray& array);

}  // namespace vd
