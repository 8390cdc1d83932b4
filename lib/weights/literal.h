// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vd {

/// A value as JSON and Python's literals have it. Integers stay integers; a fraction, an exponent or an
/// infinity makes a real number.
struct Literal {
  enum class Kind { none, boolean, integer, real, text, list, object };
  Kind kind = Kind::none;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Literal> items;                            // of a list; tuples are lists
  std::vector<std::pair<std::string, Literal>> members;  // of an object, in the order of the file

  [[nodiscard]] const Literal* find(std::string_view name) const;
  /// "a list", for messages.
  [[nodiscard]] const char* kind_word() const;
};

/// JSON of a file made by others, with the bare words Infinity, -Infinity and NaN that Python's encoder
/// writes. Throws Error of one line on damage, names that occur twice, nesting deeper than 64, more than
/// max_values values, and on anything after the end.
[[nodiscard]] Literal parse_json_literal(std::string_view text, const std::string& where,
                                         std::size_t max_values = std::size_t{1} << 20);

/// A Python call with keyword arguments, read as data: NAME(key=literal, ...). Literals are strings without
/// escapes, numbers (also inf, -inf, nan, float('inf')), True, False, None, tuples and lists. Throws Error on
/// everything else, on arguments without or with a repeated name, and on more than 4096 bytes.
struct PythonCall {
  std::string name;
  Literal arguments;  // an object
};
[[nodiscard]] PythonCall parse_python_call(std::string_view text, const std::string& where);

/// Text on one line, with Infinity, -Infinity and NaN as above.
[[nodiscard]] std::string json_text(const Literal& value);

}  // namespace vd
