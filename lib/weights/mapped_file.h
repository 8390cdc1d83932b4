// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace vd {

/// The bytes of a file, mapped into memory: nothing is read before it is looked at, and the system may drop
/// what it needs room for. The file must not be cut off while it is mapped; replacing it (renaming another
/// one over it) does no harm.
class MappedFile {
 public:
  /// Throws Error when the file cannot be read.
  [[nodiscard]] static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
  /// Bytes at hand instead of a file; errors name `where`.
  [[nodiscard]] static std::shared_ptr<const MappedFile> of_bytes(std::string bytes, std::string where);

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] std::string_view bytes() const { return {data_, size_}; }
  [[nodiscard]] const std::string& where() const { return where_; }
  /// Says that this part has been read and will not be needed soon, so that it stops counting as memory of
  /// the process. It stays readable.
  void release(const void* begin, std::size_t count) const;

 private:
  MappedFile() = default;

  std::string where_;
  std::string held_;  // of_bytes
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  bool mapped_ = false;
};

}  // namespace vd
