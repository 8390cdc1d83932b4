// SPDX-License-Identifier: Apache-2.0
#include "report/table.h"

#include <algorithm>

namespace vd {
namespace {

using Row = std::vector<std::string>;

const std::string& cell(const Row& row, std::size_t column) {
  static const std::string empty;
  return column < row.size() ? row[column] : empty;
}

std::vector<std::size_t> widths_of(const Table& table) {
  std::vector<std::size_t> widths;
  for (const std::string& text : table.heading) widths.push_back(text.size());
  for (const Row& row : table.rows) {
    for (std::size_t k = 0; k < widths.size(); ++k) widths[k] = std::max(widths[k], cell(row, k).size());
  }
  return widths;
}

std::string aligned(const Row& row, const std::vector<std::size_t>& widths, const std::string& before,
                    const std::string& between, const std::string& after) {
  std::string line = before;
  for (std::size_t k = 0; k < widths.size(); ++k) {
    if (k > 0) line += between;
    const std::string padding(widths[k] - cell(row, k).size(), ' ');
    line += k == 0 ? cell(row, k) + padding : padding + cell(row, k);
  }
  line += after;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + "\n";
}

std::string comma_separated(const Row& row, std::size_t columns) {
  std::string line;
  for (std::size_t k = 0; k < columns; ++k) {
    if (k > 0) line += ',';
    const std::string& text = cell(row, k);
    if (text.find_first_of(",\"\n\r") == std::string::npos) {
      line += text;
      continue;
    }
    line += '"';
    for (const char c : text) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + "\n";
}

std::string markdown_rule(const std::vector<std::size_t>& widths) {
  std::string rule = "|";
  for (std::size_t k = 0; k < widths.size(); ++k) {
    rule += std::string(widths[k] + 1, '-') + (k == 0 ? "-|" : ":|");
  }
  return rule + "\n";
}

}  // namespace

std::string format_table(const Table& table, TableFormat format) {
  const auto widths = widths_of(table);
  const auto line = [&](const Row& row) {
    switch (format) {
      case TableFormat::text:
        return aligned(row, widths, "", "  ", "");
      case TableFormat::markdown:
        return aligned(row, widths, "| ", " | ", " |");
      case TableFormat::csv:
        break;
    }
    return comma_separated(row, widths.size());
  };
  std::string text = line(table.heading);
  if (format == TableFormat::markdown) text += markdown_rule(widths);
  for (const Row& row : table.rows) text += line(row);
  return text;
}

}  // namespace vd
