// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vd {

/// Text of a file as part of an error message: on one line, in quotes, 60 bytes at most.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// True for text fit to name a tensor: UTF-8 without control characters, 1 to 512 bytes.
[[nodiscard]] bool is_fit_name(std::string_view text);

/// Length of the UTF-8 sequence that begins here, and its code point; 0 when it is malformed.
struct CodePoint {
  std::size_t length = 0;
  std::uint32_t value = 0;
};
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// A code point as UTF-8.
[[nodiscard]] std::string utf8(std::uint32_t code_point);

/// Text as a JSON string, quotes included. Malformed UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace vd
