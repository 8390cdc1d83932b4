// SPDX-License-Identifier: Apache-2.0
#include "weights/number_text.h"

#include <cctype>
#include <charconv>
#include <limits>

namespace vd {
namespace {

std::size_t digits_at(std::string_view text, std::size_t position) {
  std::size_t count = 0;
  while (position + count < text.size() && std::isdigit(static_cast<unsigned char>(text[position + count]))) {
    ++count;
  }
  return count;
}

/// -?digits(.digits)?([eE][+-]?digits)?; whether it has a fraction or an exponent.
std::optional<bool> is_real_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0) return {};
  at += whole;
  bool is_real = false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, ++at);
    if (fraction == 0) return {};
    at += fraction;
    is_real = true;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return {};
    at += exponent;
    is_real = true;
  }
  if (at != text.size()) return {};
  return is_real;
}

}  // namespace

std::optional<Literal> parse_number(std::string_view text) {
  const std::optional<bool> is_real = is_real_number(text);
  if (!is_real) return {};
  Literal value;
  const char* const end = text.data() + text.size();
  if (!*is_real && std::from_chars(text.data(), end, value.integer).ec == std::errc()) {
    value.kind = Literal::Kind::integer;
    return value;
  }
  value.kind = Literal::Kind::real;
  if (std::from_chars(text.data(), end, value.real).ec == std::errc::result_out_of_range) {
    const bool is_tiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
    value.real = is_tiny ? 0.0 : std::numeric_limits<double>::infinity();
    if (text[0] == '-') value.real = -value.real;
  }
  return value;
}

}  // namespace vd
