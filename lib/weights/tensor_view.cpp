// SPDX-License-Identifier: Apache-2.0
#include "weights/tensor_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace vd {
namespace {

struct TypeFacts {
  StoredType type;
  const char* word;
  const char* safetensors;
  std::size_t bytes;
};

constexpr std::array<TypeFacts, 13> all_types = {{{StoredType::f64, "float64", "F64", 8},
                                                  {StoredType::f32, "float32", "F32", 4},
                                                  {StoredType::f16, "float16", "F16", 2},
                                                  {StoredType::bf16, "bfloat16", "BF16", 2},
                                                  {StoredType::i64, "int64", "I64", 8},
                                                  {StoredType::i32, "int32", "I32", 4},
                                                  {StoredType::i16, "int16", "I16", 2},
                                                  {StoredType::i8, "int8", "I8", 1},
                                                  {StoredType::u64, "uint64", "U64", 8},
                                                  {StoredType::u32, "uint32", "U32", 4},
                                                  {StoredType::u16, "uint16", "U16", 2},
                                                  {StoredType::u8, "uint8", "U8", 1},
                                                  {StoredType::boolean, "bool", "BOOL", 1}}};

const TypeFacts& facts(StoredType type) { return all_types[static_cast<std::size_t>(type)]; }

constexpr std::size_t block_bytes = 4 << 20;

float float_of_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

double double_of_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1F;
  const int fraction = bits & 0x3FF;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) {
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

/// Stored is how an item lies in the file, convert its meaning.
template <typename Stored, typename Out, typename Convert>
void append_as(const std::byte* bytes, std::size_t count, std::vector<Out>& values, Convert convert) {
  for (std::size_t k = 0; k + sizeof(Stored) <= count; k += sizeof(Stored)) {
    Stored item;
    std::memcpy(&item, bytes + k, sizeof(item));
    values.push_back(static_cast<Out>(convert(item)));
  }
}

template <typename Out>
std::vector<Out> values_of(const TensorView& tensor) {
  std::vector<Out> values;
  values.reserve(element_count(tensor));
  const auto same = [](auto item) { return item; };
  visit_packed(tensor, [&](const std::byte* bytes, std::size_t count) {
    switch (tensor.type) {
      case StoredType::f64:
        return append_as<double>(bytes, count, values, same);
      case StoredType::f32:
        return append_as<float>(bytes, count, values, same);
      case StoredType::f16:
        return append_as<std::uint16_t>(bytes, count, values, double_of_half);
      case StoredType::bf16:
        return append_as<std::uint16_t>(bytes, count, values, [](std::uint16_t bits) {
          return float_of_bits(static_cast<std::uint32_t>(bits) << 16);
        });
      case StoredType::i64:
        return append_as<std::int64_t>(bytes, count, values, same);
      case StoredType::i32:
        return append_as<std::int32_t>(bytes, count, values, same);
      case StoredType::i16:
        return append_as<std::int16_t>(bytes, count, values, same);
      case StoredType::i8:
        return append_as<std::int8_t>(bytes, count, values, same);
      case StoredType::u64:
        return append_as<std::uint64_t>(bytes, count, values, same);
      case StoredType::u32:
        return append_as<std::uint32_t>(bytes, count, values, same);
      case StoredType::u16:
        return append_as<std::uint16_t>(bytes, count, values, same);
      case StoredType::u8:
        return append_as<std::uint8_t>(bytes, count, values, same);
      case StoredType::boolean:
        return append_as<std::uint8_t>(bytes, count, values, [](std::uint8_t item) { return item != 0; });
    }
  });
  return values;
}

/// Elements of any strides, gathered into a block that is handed on whenever it is full.
void visit_strided(const TensorView& tensor,
                   const std::function<void(const std::byte* bytes, std::size_t count)>& take) {
  const std::size_t item = item_size(tensor.type);
  const std::size_t count = element_count(tensor);
  const std::size_t rank = tensor.shape.size();
  std::vector<std::byte> block(std::min(block_bytes, count * item));
  std::vector<std::int64_t> index(rank, 0);
  std::int64_t offset = 0;
  std::size_t filled = 0;
  for (std::size_t k = 0; k < count; ++k) {
    std::memcpy(block.data() + filled, tensor.data + static_cast<std::size_t>(offset) * item, item);
    filled += item;
    if (filled == block.size()) {
      take(block.data(), filled);
      filled = 0;
    }
    for (std::size_t axis = rank; axis-- > 0;) {
      if (tensor.shape[axis] == 1) continue;  // its stride is never taken, and may be anything
      offset += tensor.strides[axis];
      if (++index[axis] < tensor.shape[axis]) break;
      offset -= tensor.shape[axis] * tensor.strides[axis];
      index[axis] = 0;
    }
  }
  if (filled > 0) take(block.data(), filled);
}

}  // namespace

std::size_t item_size(StoredType type) { return facts(type).bytes; }
const char* type_word(StoredType type) { return facts(type).word; }
const char* safetensors_word(StoredType type) { return facts(type).safetensors; }

std::optional<StoredType> type_of_safetensors_word(std::string_view word) {
  for (const TypeFacts& type : all_types) {
    if (word == type.safetensors) return type.type;
  }
  return {};
}

std::size_t element_count(const TensorView& tensor) {
  std::size_t count = 1;
  for (const std::int64_t size : tensor.shape) count *= static_cast<std::size_t>(size);
  return count;
}

std::size_t byte_count(const TensorView& tensor) { return element_count(tensor) * item_size(tensor.type); }

std::size_t extent_bytes(const TensorView& tensor) {
  if (element_count(tensor) == 0) return 0;
  std::int64_t last = 0;
  for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    last += (tensor.shape[axis] - 1) * tensor.strides[axis];
  }
  return static_cast<std::size_t>(last + 1) * item_size(tensor.type);
}

std::vector<std::int64_t> c_order_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * std::max<std::int64_t>(shape[axis], 1);
  }
  return strides;
}

bool is_contiguous(const TensorView& tensor) {
  if (element_count(tensor) == 0) return true;
  std::int64_t expected = 1;
  for (std::size_t axis = tensor.shape.size(); axis-- > 0;) {
    // The stride of an axis of length one is never taken.
    if (tensor.shape[axis] != 1 && tensor.strides[axis] != expected) return false;
    expected *= tensor.shape[axis];
  }
  return true;
}

bool is_usable_in_place(const TensorView& tensor) {
  return is_contiguous(tensor) && reinterpret_cast<std::uintptr_t>(tensor.data) % item_size(tensor.type) == 0;
}

void visit_packed(const TensorView& tensor,
                  const std::function<void(const std::byte* bytes, std::size_t count)>& take) {
  if (!is_contiguous(tensor)) return visit_strided(tensor, take);
  const std::size_t bytes = byte_count(tensor);
  for (std::size_t done = 0; done < bytes; done += block_bytes) {
    take(tensor.data + done, std::min(block_bytes, bytes - done));
  }
}

TensorView packed(const TensorView& tensor) {
  if (is_usable_in_place(tensor)) return tensor;
  // 64-bit words align every type.
  const auto copy = std::make_shared<std::vector<std::uint64_t>>((byte_count(tensor) + 7) / 8);
  auto* const bytes = reinterpret_cast<std::byte*>(copy->data());
  std::size_t filled = 0;
  visit_packed(tensor, [&](const std::byte* block, std::size_t count) {
    std::memcpy(bytes + filled, block, count);
    filled += count;
  });
  return {tensor.name, tensor.type, tensor.shape, c_order_strides(tensor.shape), bytes, copy};
}

std::vector<float> as_floats(const TensorView& tensor) { return values_of<float>(tensor); }
std::vector<double> as_doubles(const TensorView& tensor) { return values_of<double>(tensor); }

}  // namespace vd
