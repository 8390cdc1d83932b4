// SPDX-License-Identifier: Apache-2.0
#include "core/atomic_file.h"

#include <unistd.h>

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/error.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// The extension is kept, since writers choose the format by it; the leading dot hides the file from folder
/// listings.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format(".{}.{}.{}.tmp{}", path.stem().string(), ::getpid(), counter++,
                                          path.extension().string());
}

}  // namespace

void write_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) throw Error(path.parent_path().string(), "cannot make this folder: " + error.message());
  const fs::path temporary = temporary_beside(path);
  try {
    write(temporary);
    fs::rename(temporary, path);
  } catch (const fs::filesystem_error& failure) {
    fs::remove(temporary, error);
    throw Error(path.string(), "cannot write: " + failure.code().message());
  } catch (...) {
    fs::remove(temporary, error);
    throw;
  }
}

void write_text(const fs::path& path, std::string_view text) {
  write_atomically(path, [&](const fs::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) throw Error(path.string(), std::string("cannot write: ") + std::strerror(errno));
  });
}

std::string read_text(const fs::path& path, std::size_t max_bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), std::strerror(errno));
  if (fs::is_directory(path)) throw Error(path.string(), "is a folder, a file was expected");
  std::string text;
  std::string block(1 << 16, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_bytes) throw Error(path.string(), fmt::format("larger than {} bytes", max_bytes));
  }
  if (file.bad()) throw Error(path.string(), "read error");
  return text;
}

}  // namespace vd
