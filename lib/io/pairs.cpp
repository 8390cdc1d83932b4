// SPDX-License-Identifier: Apache-2.0
#include "io/pairs.h"

#include <fmt/format.h>

#include "core/atomic_file.h"
#include "io/bytes.h"
#include "io/text_table.h"

namespace vd {

PairList decode_pairs(std::string_view text, const std::string& where) {
  PairList pairs;
  for (const TextRow& row : text_rows(text, where)) {
    if (row.fields.size() != 2) {
      throw Error(row.where, fmt::format("{} fields, expected i j", row.fields.size()));
    }
    constexpr std::int64_t max_frame = 1 << 30;
    pairs.emplace_back(static_cast<int>(row.integer(0, 0, max_frame)),
                       static_cast<int>(row.integer(1, 0, max_frame)));
  }
  return pairs;
}

PairList read_pairs(const std::filesystem::path& path) {
  return decode_pairs(read_file(path), path.string());
}

std::string encode_pairs(const PairList& pairs, const std::string& comment) {
  std::string text = comment.empty() ? "" : "# " + comment + "\n";
  for (const auto& [i, j] : pairs) text += fmt::format("{} {}\n", i, j);
  return text;
}

void write_pairs(const std::filesystem::path& path, const PairList& pairs, const std::string& comment) {
  write_text(path, encode_pairs(pairs, comment));
}

}  // namespace vd
