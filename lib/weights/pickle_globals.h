// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "weights/tensor_view.h"

namespace vd {

/// What vd takes a name in a pickle to mean.
enum class GlobalMeaning {
  ordered_dict,
  namespace_object,
  rebuild_tensor,     // storage, offset, size, stride
  rebuild_tensor_v2,  // the same, requires_grad, hooks, and newer ones metadata
  rebuild_parameter,
  storage,  // of one type of number
  untyped_storage,
  other_storage,  // may be mentioned, not used
  size,
  device,
  dtype,
  numpy_scalar,
  numpy_dtype,
  encode,
  path,
  set,
  bytes,
};

struct Global {
  std::string_view module;
  std::string_view name;
  GlobalMeaning meaning;
  StoredType type = StoredType::u8;  // of a storage
};

/// Place of a name in the list of those that may occur; nothing when it is none of them.
[[nodiscard]] std::optional<std::uint32_t> find_global(std::string_view module, std::string_view name);
[[nodiscard]] const Global& global_at(std::uint32_t index);

}  // namespace vd
