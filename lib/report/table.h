// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vd {

/// How a table is written: aligned columns for a terminal, a Markdown table, or comma-separated values (RFC
/// 4180).
enum class TableFormat { text, markdown, csv };

/// Rows of cells below a heading. The first column is aligned to the left, the others (numbers) to the right.
struct Table {
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;  // each as long as the heading; shorter ones are filled up
};

/// The table as text, with a line break after each row.
[[nodiscard]] std::string format_table(const Table& table, TableFormat format);

}  // namespace vd
