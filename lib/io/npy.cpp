// SPDX-License-Identifier: Apache-2.0
#include "io/npy.h"

#include <fmt/format.h>
#include <half.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>

#include "core/atomic_file.h"
#include "io/bytes.h"

namespace vd {

namespace {

struct TypeName {
  NpyType type;
  const char* code;
  std::size_t size;
};
constexpr TypeName type_names[] = {
    {NpyType::boolean, "b1", 1}, {NpyType::i8, "i1", 1},  {NpyType::u8, "u1", 1},  {NpyType::i16, "i2", 2},
    {NpyType::u16, "u2", 2},     {NpyType::i32, "i4", 4}, {NpyType::u32, "u4", 4}, {NpyType::i64, "i8", 8},
    {NpyType::u64, "u8", 8},     {NpyType::f16, "f2", 2}, {NpyType::f32, "f4", 4}, {NpyType::f64, "f8", 8}};

const TypeName& facts(NpyType type) { return type_names[static_cast<std::size_t>(type)]; }

/// What follows 'key': in the header, a Python dictionary of literals.
std::string_view value_of(std::string_view header, const char* key, const std::string& where) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = fmt::format("{}{}{}", quote, key, quote);
    std::size_t at = header.find(quoted);
    if (at == std::string_view::npos) continue;
    at = header.find_first_not_of(" \t", at + quoted.size());
    if (at == std::string_view::npos || header[at] != ':') break;
    at = header.find_first_not_of(" \t", at + 1);
    if (at != std::string_view::npos) return header.substr(at);
  }
  throw Error(where, fmt::format("damaged NPY header: no '{}'", key));
}

void parse_descr(std::string_view value, const std::string& where, NpyHeader& header) {
  const char quote = value[0];
  const std::size_t end = value.find(quote, 1);
  if ((quote != '\'' && quote != '"') || end == std::string_view::npos || end < 3) {
    throw Error(where, "NPY of a structured type: plain numbers were expected");
  }
  const char order = value[1];
  const std::string code(value.substr(2, end - 2));
  const bool known_order = order == '<' || order == '>' || order == '|' || order == '=';
  for (const TypeName& name : type_names) {
    if (!known_order || code != name.code) continue;
    header.type = name.type;
    header.big_endian = order == '>' || (order == '=' && !host_is_little_endian);
    return;
  }
  throw Error(where, fmt::format("NPY of the type '{}': numbers of 1 to 8 bytes were expected",
                                 std::string(value.substr(1, std::min<std::size_t>(end - 1, 20)))));
}

void parse_shape(std::string_view value, const std::string& where, NpyHeader& header) {
  constexpr std::size_t max_dimensions = 32;
  const std::size_t end = value.find(')');
  if (value[0] != '(' || end == std::string_view::npos) throw Error(where, "damaged NPY header: shape");
  std::string_view list = value.substr(1, end - 1);
  while (true) {
    const std::size_t begin = list.find_first_not_of(" ,L");
    if (begin == std::string_view::npos) return;
    list.remove_prefix(begin);
    std::size_t size = 0;
    const auto [stop, error] = std::from_chars(list.data(), list.data() + list.size(), size);
    if (error != std::errc()) throw Error(where, "damaged NPY header: shape");
    list.remove_prefix(static_cast<std::size_t>(stop - list.data()));
    header.shape.push_back(size);
    if (header.shape.size() > max_dimensions) throw Error(where, "damaged NPY header: too many dimensions");
  }
}

NpyHeader parse_header(ByteReader& reader) {
  const std::string& where = reader.where();
  const int major = reader.u8();
  reader.u8();
  if (major < 1 || major > 3) throw Error(where, fmt::format("NPY of the unknown version {}", major));
  const std::size_t length = major == 1 ? reader.u16_little() : reader.u32_little();
  const std::string_view text = reader.take(length);
  NpyHeader header;
  parse_descr(value_of(text, "descr", where), where, header);
  header.fortran_order = value_of(text, "fortran_order", where).substr(0, 4) == "True";
  parse_shape(value_of(text, "shape", where), where, header);
  return header;
}

/// Bytes of the values; throws when they overflow or are not all there.
std::size_t checked_bytes(const NpyHeader& header, std::size_t available, const std::string& where) {
  std::size_t count = 1;
  for (const std::size_t size : header.shape) {
    if (__builtin_mul_overflow(count, size, &count)) throw Error(where, "impossible shape");
  }
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, facts(header.type).size, &bytes)) throw Error(where, "impossible shape");
  if (bytes > available) {
    throw Error(where, fmt::format("truncated: {} of {} bytes of values", available, bytes));
  }
  return bytes;
}

/// Values from Fortran to C order: walks the target in C order, the source by its strides.
std::string reordered(std::string_view source, const std::vector<std::size_t>& shape, std::size_t item) {
  std::vector<std::size_t> stride(shape.size(), item);
  for (std::size_t d = 1; d < shape.size(); ++d) stride[d] = stride[d - 1] * shape[d - 1];
  std::string target(source.size(), '\0');
  std::vector<std::size_t> index(shape.size(), 0);
  std::size_t from = 0;
  for (std::size_t to = 0; to < source.size(); to += item) {
    std::memcpy(&target[to], &source[from], item);
    for (std::size_t d = shape.size(); d-- > 0;) {
      from += stride[d];
      if (++index[d] < shape[d]) break;
      from -= stride[d] * shape[d];
      index[d] = 0;
    }
  }
  return target;
}

template <typename S, typename T>
void convert(const std::string& bytes, std::vector<T>& target) {
  for (std::size_t i = 0; i < target.size(); ++i) {
    S value;
    std::memcpy(&value, bytes.data() + i * sizeof(S), sizeof(S));
    target[i] = static_cast<T>(value);
  }
}

template <typename T>
constexpr NpyType type_of() {
  if constexpr (std::is_same_v<T, float>) return NpyType::f32;
  if constexpr (std::is_same_v<T, double>) return NpyType::f64;
  if constexpr (std::is_same_v<T, std::int32_t>) return NpyType::i32;
  if constexpr (std::is_same_v<T, std::int64_t>) return NpyType::i64;
  if constexpr (std::is_same_v<T, std::uint16_t>) return NpyType::u16;
  return NpyType::u8;
}

}  // namespace

std::size_t item_size(NpyType type) { return facts(type).size; }

std::size_t NpyArray::size() const { return bytes.size() / item_size(type); }

template <typename T>
std::vector<T> NpyArray::as() const {
  std::vector<T> values(size());
  switch (type) {
    case NpyType::boolean:
      std::transform(bytes.begin(), bytes.end(), values.begin(),
                     [](char b) { return static_cast<T>(b != 0); });
      break;
    case NpyType::i8:
      convert<std::int8_t>(bytes, values);
      break;
    case NpyType::u8:
      convert<std::uint8_t>(bytes, values);
      break;
    case NpyType::i16:
      convert<std::int16_t>(bytes, values);
      break;
    case NpyType::u16:
      convert<std::uint16_t>(bytes, values);
      break;
    case NpyType::i32:
      convert<std::int32_t>(bytes, values);
      break;
    case NpyType::u32:
      convert<std::uint32_t>(bytes, values);
      break;
    case NpyType::i64:
      convert<std::int64_t>(bytes, values);
      break;
    case NpyType::u64:
      convert<std::uint64_t>(bytes, values);
      break;
    case NpyType::f16:
      convert<half>(bytes, values);
      break;
    case NpyType::f32:
      convert<float>(bytes, values);
      break;
    case NpyType::f64:
      convert<double>(bytes, values);
      break;
  }
  return values;
}

template <typename T>
NpyArray make_npy(std::vector<std::size_t> shape, const std::vector<T>& values) {
  NpyArray array{type_of<T>(), std::move(shape), std::string(values.size() * sizeof(T), '\0')};
  std::size_t count = 1;
  for (const std::size_t size : array.shape) count *= size;
  if (count != values.size()) {
    throw Error("", fmt::format("{} values for a shape of {}", values.size(), count));
  }
  if (count > 0) std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

#define VD_NPY_TYPE(T)                             \
  template std::vector<T> NpyArray::as<T>() const; \
  template NpyArray make_npy<T>(std::vector<std::size_t>, const std::vector<T>&);
VD_NPY_TYPE(float)
VD_NPY_TYPE(double)
VD_NPY_TYPE(std::int32_t)
VD_NPY_TYPE(std::int64_t)
VD_NPY_TYPE(std::uint8_t)
VD_NPY_TYPE(std::uint16_t)
#undef VD_NPY_TYPE

NpyHeader decode_npy_header(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  if (bytes.substr(0, 6) != "\x93NUMPY") throw Error(where, "not an NPY file");
  ByteReader reader(bytes, where);
  reader.take(6);
  NpyHeader header = parse_header(reader);
  header.bytes = reader.position();
  return header;
}

NpyArray decode_npy(std::string_view bytes, const std::string& where) {
  const NpyHeader header = decode_npy_header(bytes, where);
  const std::size_t item = facts(header.type).size;
  const std::string_view after = bytes.substr(header.bytes);
  const std::string_view values = after.substr(0, checked_bytes(header, after.size(), where));
  NpyArray array{header.type, header.shape, {}};
  array.bytes = header.fortran_order && header.shape.size() > 1 ? reordered(values, header.shape, item)
                                                                : std::string(values);
  if (item > 1 && header.big_endian == host_is_little_endian) {
    swap_byte_order(array.bytes.data(), array.bytes.size() / item, item);
  }
  return array;
}

NpyArray read_npy(const std::filesystem::path& path) { return decode_npy(read_file(path), path.string()); }

std::string encode_npy(const NpyArray& array) {
  std::string shape;
  for (const std::size_t size : array.shape) shape += fmt::format("{}, ", size);
  // As NumPy writes it: (3,) for one dimension, (3, 4) for more.
  if (array.shape.size() == 1) shape.pop_back();
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  const std::size_t item = item_size(array.type);
  std::string header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}), }}",
                                   item == 1 ? '|' : '<', facts(array.type).code, shape);
  // Magic, version, length, text and the final line break fill whole blocks of 64 bytes.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  const std::size_t begin = bytes.size();
  bytes += array.bytes;
  if (!host_is_little_endian) swap_byte_order(bytes.data() + begin, array.bytes.size() / item, item);
  return bytes;
}

void write_npy(const std::filesystem::path& path, const NpyArray& array) {
  write_text(path, encode_npy(array));
}

}  // namespace vd
