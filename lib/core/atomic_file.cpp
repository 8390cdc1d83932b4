// SPDX-License-Identifier: Apache-2.0
#include "core/atomic_file.h"

#include <signal.h>
#include <unistd.h>

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "core/digest.h"

#include "core/error.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Eight digits that tell this machine from others which share a disk with it.
const std::string& machine_mark() {
  static const std::string mark = [] {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return digest_of(name).substr(0, 8);
  }();
  return mark;
}

/// The extension is kept, since writers choose the format by it; the leading dot hides the file from folder
/// listings. Machine and process tell later whether anybody still writes to it.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format(".{}.{}.{}.{}.tmp{}", path.stem().string(), machine_mark(),
                                          ::getpid(), counter++, path.extension().string());
}

/// The machine and process in the name of a temporary; nothing when it is none.
std::optional<std::pair<std::string, int>> writer_of(const std::string& name) {
  const auto end = name.rfind(".tmp");
  if (name.empty() || name.front() != '.' || end == std::string::npos) return {};
  std::vector<std::string> parts;
  std::istringstream text(name.substr(0, end));
  for (std::string part; std::getline(text, part, '.');) parts.push_back(part);
  if (parts.size() < 4) return {};
  const auto is_number = [](const std::string& part) {
    return !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == std::string::npos;
  };
  const std::string& process = parts[parts.size() - 2];
  if (!is_number(process) || !is_number(parts.back())) return {};
  return std::make_pair(parts[parts.size() - 3], std::stoi(process));
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

void remove_abandoned_temporaries(const fs::path& folder) {
  std::error_code none;
  std::vector<fs::path> abandoned;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const auto writer = writer_of(entry.path().filename().string());
    if (!writer) continue;
    const bool is_ours = writer->first == machine_mark();
    const bool has_ended = ::kill(writer->second, 0) != 0 && errno == ESRCH;
    const auto age = fs::file_time_type::clock::now() - fs::last_write_time(entry.path(), none);
    if (is_ours ? has_ended : !none && age > std::chrono::hours(24)) abandoned.push_back(entry.path());
  }
  for (const auto& path : abandoned) fs::remove(path, none);
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
