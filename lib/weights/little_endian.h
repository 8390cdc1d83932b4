// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vd {

/// The number of type T at this place, little endian; the caller has checked that the bytes are there.
template <typename T>
[[nodiscard]] T little_endian_at(std::string_view bytes, std::size_t position) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
                "weights are used in place, which needs their order");
  T value;
  std::memcpy(&value, bytes.data() + position, sizeof(value));
  return value;
}

}  // namespace vd
