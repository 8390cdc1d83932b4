// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace vd {

/// Writes a file so that a reader sees the whole of it or nothing: write(temporary) fills a temporary name in
/// the same folder (missing folders are made), which is then renamed to path. When write throws, or the disk
/// is full, the temporary is removed, an older file at path stays as it was, and Error names path.
void write_atomically(const std::filesystem::path& path,
                      const std::function<void(const std::filesystem::path& temporary)>& write);

/// The same for a text or byte string at hand.
void write_text(const std::filesystem::path& path, std::string_view text);

/// Removes what killed processes have left of write_atomically in a folder: temporary files of processes of
/// this machine that have ended, and those of other machines that nobody has touched for a day.
void remove_abandoned_temporaries(const std::filesystem::path& folder);

/// Whole content of a file; throws Error when it cannot be read or is larger than max_bytes.
[[nodiscard]] std::string read_text(const std::filesystem::path& path,
                                    std::size_t max_bytes = std::size_t{1} << 30);

}  // namespace vd
