// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/npy.h"
#include "io/zip_archive.h"

namespace vd {

/// NumPy's archive of named arrays (a ZIP file, members stored or deflated). Arrays are decoded when asked
/// for, so that members of types vd does not know do no harm. Throws Error on damaged archives and on members
/// whose stated size their compressed bytes cannot hold.
class NpzReader {
 public:
  explicit NpzReader(const std::filesystem::path& path);
  NpzReader(std::string bytes, std::string where);
  explicit NpzReader(ZipArchive archive);

  /// Names without ".npy", in the order of the file; other members are left out.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] bool has(const std::string& name) const;
  /// Throws Error, naming the arrays there are, when there is none of that name.
  [[nodiscard]] NpyArray read(const std::string& name) const;

 private:
  ZipArchive archive_;
  std::vector<std::string> names_;
};

using NamedArrays = std::vector<std::pair<std::string, NpyArray>>;

/// The bytes depend on the arrays alone (no time stamps). deflate: smaller and slower; stored otherwise.
void write_npz(const std::filesystem::path& path, const NamedArrays& arrays, bool deflate = true);
[[nodiscard]] std::string encode_npz(const NamedArrays& arrays, bool deflate, const std::string& where);

}  // namespace vd
