// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vd {

/// Frame indices (i, j) of the pairs of a graph in the order of the file.
using PairList = std::vector<std::pair<int, int>>;

/// Lines `i j`, indices from 0, `#` comments. Throws Error on anything else.
[[nodiscard]] PairList read_pairs(const std::filesystem::path& path);
[[nodiscard]] PairList decode_pairs(std::string_view text, const std::string& where);

/// comment  one line that is put on top as `# comment`; may be empty
void write_pairs(const std::filesystem::path& path, const PairList& pairs, const std::string& comment = {});
[[nodiscard]] std::string encode_pairs(const PairList& pairs, const std::string& comment = {});

}  // namespace vd
