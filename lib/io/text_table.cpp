// SPDX-License-Identifier: Apache-2.0
#include "io/text_table.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/error.h"

namespace vd {

namespace {

/// A field as it may be shown in an error: short, and without control characters.
std::string shown(std::string_view field) {
  std::string text(field.substr(0, 40));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126) c = '?';
  }
  return text;
}

/// from_chars does not know a leading plus.
std::string_view without_plus(std::string_view field) {
  if (field.size() > 1 && field[0] == '+' && field[1] != '-') field.remove_prefix(1);
  return field;
}

std::vector<std::string_view> split(std::string_view line) {
  constexpr std::string_view separators = " \t\r,\v\f";
  std::vector<std::string_view> fields;
  for (std::size_t end = 0;;) {
    const std::size_t begin = line.find_first_not_of(separators, end);
    if (begin == std::string_view::npos) return fields;
    end = std::min(line.find_first_of(separators, begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
  }
}

}  // namespace

double TextRow::number(std::size_t k) const {
  const std::string_view field = without_plus(fields.at(k));
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value)) {
    throw Error(where, fmt::format("'{}' is not a finite number", shown(fields[k])));
  }
  return value;
}

std::int64_t TextRow::integer(std::size_t k, std::int64_t low, std::int64_t high) const {
  const std::string_view field = without_plus(fields.at(k));
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || value < low || value > high) {
    throw Error(where, fmt::format("'{}' is not an integer from {} to {}", shown(fields[k]), low, high));
  }
  return value;
}

std::vector<TextRow> text_rows(std::string_view text, const std::string& where) {
  if (text.find('\0') != std::string_view::npos) throw Error(where, "not a text file");
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  std::vector<TextRow> rows;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::vector<std::string_view> fields = split(line.substr(0, line.find('#')));
    if (!fields.empty()) rows.push_back({fmt::format("{}:{}", where, number), std::move(fields)});
  }
  return rows;
}

}  // namespace vd
