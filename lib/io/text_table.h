// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vd {

/// One line of a text table, split at spaces, tabs and commas. Errors name the file and the line.
struct TextRow {
  std::string where;  // "path:line"
  std::vector<std::string_view> fields;

  /// Field k as a finite number; NaN, inf, and anything else that is not a number throw Error.
  [[nodiscard]] double number(std::size_t k) const;
  /// Field k as an integer in [low, high].
  [[nodiscard]] std::int64_t integer(std::size_t k, std::int64_t low, std::int64_t high) const;
};

/// Rows of a text, without empty lines and without what follows a '#'. The rows point into text, which must
/// outlive them. Throws Error on bytes that no text has (NUL).
[[nodiscard]] std::vector<TextRow> text_rows(std::string_view text, const std::string& where);

}  // namespace vd
