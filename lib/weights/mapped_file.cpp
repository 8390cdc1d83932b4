// SPDX-License-Identifier: Apache-2.0
#include "weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/error.h"

namespace vd {
namespace {

/// An open file that closes itself.
class FileHandle {
 public:
  explicit FileHandle(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (number_ < 0) throw Error(path.string(), std::strerror(errno));
  }
  ~FileHandle() { ::close(number_); }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  // Before the file is opened: opening a pipe waits for a writer.
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw Error(path.string(), std::strerror(errno));
  if (S_ISDIR(status.st_mode)) throw Error(path.string(), "is a folder, a file was expected");
  if (!S_ISREG(status.st_mode)) throw Error(path.string(), "is no plain file");
  const FileHandle handle(path);
  if (::fstat(handle.number(), &status) != 0) throw Error(path.string(), std::strerror(errno));
  std::shared_ptr<MappedFile> file(new MappedFile);
  file->where_ = path.string();
  file->size_ = static_cast<std::size_t>(status.st_size);
  if (file->size_ == 0) return file;
  void* const address = ::mmap(nullptr, file->size_, PROT_READ, MAP_PRIVATE, handle.number(), 0);
  if (address == MAP_FAILED) throw Error(path.string(), std::string("cannot map: ") + std::strerror(errno));
  file->data_ = static_cast<const char*>(address);
  file->mapped_ = true;
  return file;
}

std::shared_ptr<const MappedFile> MappedFile::of_bytes(std::string bytes, std::string where) {
  std::shared_ptr<MappedFile> file(new MappedFile);
  file->where_ = std::move(where);
  file->held_ = std::move(bytes);
  file->data_ = file->held_.data();
  file->size_ = file->held_.size();
  return file;
}

MappedFile::~MappedFile() {
  if (mapped_) ::munmap(const_cast<char*>(data_), size_);
}

void MappedFile::release(const void* begin, std::size_t count) const {
  if (!mapped_) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(begin) / page * page;
  const auto last = (reinterpret_cast<std::uintptr_t>(begin) + count) / page * page;
  // Advice only: the pages come back from the file when they are looked at again.
  if (last > first) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace vd
