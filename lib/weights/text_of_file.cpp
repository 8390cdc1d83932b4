// SPDX-License-Identifier: Apache-2.0
#include "weights/text_of_file.h"

#include <fmt/format.h>

namespace vd {
namespace {

bool is_control(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x2028 ||
         code_point == 0x2029;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {1, first};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
  std::uint32_t value = first & (0x7FU >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(k) & 0x3F);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xD800 && value < 0xE000;
  if (value < least[length] || value > 0x10FFFF || is_surrogate) return {};
  return {length, value};
}

std::string utf8(std::uint32_t c) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)),
          byte(0x80 | (c & 0x3F))};
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string shown;
  while (!text.empty() && shown.size() < longest) {
    const CodePoint next = first_code_point(text);
    const bool is_fit = next.length > 0 && !is_control(next.value);
    shown += is_fit ? std::string(text.substr(0, next.length)) : "?";
    text.remove_prefix(next.length > 0 ? next.length : 1);
  }
  return "'" + shown + (text.empty() ? "'" : "...'");
}

bool is_fit_name(std::string_view text) {
  if (text.empty() || text.size() > 512) return false;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    if (next.length == 0 || is_control(next.value)) return false;
    text.remove_prefix(next.length);
  }
  return true;
}

std::string json_string(std::string_view text) {
  std::string quoted_text = "\"";
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    if (next.length == 0) {
      quoted_text += "\\ufffd";
    } else if (next.value == '"' || next.value == '\\') {
      quoted_text += {'\\', static_cast<char>(next.value)};
    } else if (next.value < 0x20 || next.value == 0x7F) {
      quoted_text += fmt::format("\\u{:04x}", next.value);
    } else {
      quoted_text += text.substr(0, next.length);
    }
    text.remove_prefix(next.length > 0 ? next.length : 1);
  }
  return quoted_text + "\"";
}

}  // namespace vd
