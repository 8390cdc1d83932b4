// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vd {

/// How the numbers of a tensor are stored in a file.
enum class StoredType { f64, f32, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, boolean };

[[nodiscard]] std::size_t item_size(StoredType type);
/// "float32", the word that PyTorch and NumPy use.
[[nodiscard]] const char* type_word(StoredType type);
/// "F32", as safetensors files state it, and back; nothing for types that vd does not know.
[[nodiscard]] const char* safetensors_word(StoredType type);
[[nodiscard]] std::optional<StoredType> type_of_safetensors_word(std::string_view word);

/// One tensor of a weight file: a view of the file's bytes, which stay mapped as long as a view is there.
/// Readers of lib/weights hand out only views whose elements all lie within those bytes.
struct TensorView {
  std::string name;
  StoredType type = StoredType::f32;
  std::vector<std::int64_t> shape;    // empty for a single number
  std::vector<std::int64_t> strides;  // in elements, one an axis; 0 repeats, and elements may overlap
  const std::byte* data = nullptr;    // the first element, little endian; it may be unaligned
  std::shared_ptr<const void> owner;  // keeps data alive
};

[[nodiscard]] std::size_t element_count(const TensorView& tensor);
/// Of all elements side by side; and from the first to the end of the last where they lie now.
[[nodiscard]] std::size_t byte_count(const TensorView& tensor);
[[nodiscard]] std::size_t extent_bytes(const TensorView& tensor);
/// True when the elements lie in C order without gaps.
[[nodiscard]] bool is_contiguous(const TensorView& tensor);
/// True when data can be used in place as a C array of the type: contiguous, and aligned to its elements.
[[nodiscard]] bool is_usable_in_place(const TensorView& tensor);

/// Strides of a C-ordered array of this shape.
[[nodiscard]] std::vector<std::int64_t> c_order_strides(const std::vector<std::int64_t>& shape);

/// Hands the elements to `take` in C order, in blocks of at most 4 MiB; contiguous tensors are not copied.
void visit_packed(const TensorView& tensor,
                  const std::function<void(const std::byte* bytes, std::size_t count)>& take);

/// The tensor itself where it is usable in place, else a copy that is.
[[nodiscard]] TensorView packed(const TensorView& tensor);

/// All values in C order, widened or converted: float16 and bfloat16 exactly, 64-bit types by rounding.
[[nodiscard]] std::vector<float> as_floats(const TensorView& tensor);
[[nodiscard]] std::vector<double> as_doubles(const TensorView& tensor);

}  // namespace vd
