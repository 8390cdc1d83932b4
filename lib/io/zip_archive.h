// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vd {

/// One member of a ZIP file on its way out, from front to back.
class ZipMember {
 public:
  ZipMember(ZipMember&&) noexcept;
  ~ZipMember();
  /// Bytes that the archive states for it.
  [[nodiscard]] std::size_t size() const;
  /// The next count bytes. Throws Error when fewer are left, and, with the last one, when the check sum is
  /// wrong.
  [[nodiscard]] std::string take(std::size_t count);

 private:
  friend class ZipArchive;
  struct State;
  explicit ZipMember(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A ZIP file whose members are stored or deflated; a file on disk is read as far as is asked for. Throws
/// Error on damaged archives, on encrypted members, and on members whose stated size their compressed bytes
/// cannot hold.
class ZipArchive {
 public:
  explicit ZipArchive(const std::filesystem::path& path);
  ZipArchive(std::string bytes, std::string where);

  [[nodiscard]] const std::string& where() const { return where_; }
  /// In the order of the file.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] ZipMember open(const std::string& member) const;
  /// The whole of a member. May be called from several threads.
  [[nodiscard]] std::string read(const std::string& member) const;

 private:
  void read_names();

  std::filesystem::path path_;  // empty: bytes_
  std::string bytes_;
  std::string where_;
  std::size_t archive_bytes_ = 0;
  std::vector<std::string> names_;
};

}  // namespace vd
