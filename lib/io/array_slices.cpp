// SPDX-License-Identifier: Apache-2.0
#include "io/array_slices.h"

#include <fmt/format.h>

#include <fstream>
#include <optional>

#include "io/bytes.h"
#include "io/zip_archive.h"

namespace vd {

/// From front to back, out of a file or of a member of an archive.
struct ArraySlices::Bytes {
  std::ifstream file;
  std::size_t left = 0;  // of the file
  std::optional<ZipMember> member;

  [[nodiscard]] std::size_t size() const { return member ? member->size() : left; }
  std::string take(std::size_t count, const std::string& where) {
    if (member) return member->take(count);
    if (count > left) throw Error(where, fmt::format("truncated: {} of {} bytes", left, count));
    std::string bytes(count, '\0');
    if (!file.read(bytes.data(), static_cast<std::streamsize>(count))) throw Error(where, "cannot be read");
    left -= count;
    return bytes;
  }
};

ArraySlices::ArraySlices(const std::filesystem::path& path, const std::string& name)
    : where_(name.empty() ? path.string() : path.string() + ":" + name), bytes_(std::make_unique<Bytes>()) {
  if (name.empty()) {
    bytes_->file.open(path, std::ios::binary);
    std::error_code problem;
    bytes_->left = std::filesystem::file_size(path, problem);
    if (!bytes_->file || problem) throw Error(where_, "cannot be read");
  } else {
    bytes_->member.emplace(ZipArchive(path).open(name + ".npy"));
  }
  const std::size_t whole = bytes_->size();
  // The fixed part says how long the header is: 2 bytes in version 1, 4 in later ones.
  constexpr std::size_t fixed = 12;
  std::string start = bytes_->take(std::min(fixed, whole), where_);
  if (start.size() < fixed || start.substr(0, 6) != "\x93NUMPY") throw Error(where_, "not an NPY file");
  ByteReader reader(start, where_);
  reader.take(6);
  const int major = reader.u8();
  reader.u8();
  const std::size_t length = major == 1 ? reader.u16_little() + 10U : std::size_t{reader.u32_little()} + 12U;
  if (length > whole || length < fixed) throw Error(where_, "truncated: the header is not all there");
  start += bytes_->take(length - fixed, where_);
  header_ = decode_npy_header(start, where_);
  if (header_.shape.empty() || header_.shape[0] == 0) throw Error(where_, "an array without frames");
  if (header_.fortran_order && header_.shape.size() > 1) {
    throw Error(where_, "is in Fortran order; save it with numpy.ascontiguousarray");
  }
  slice_bytes_ = item_size(header_.type);
  for (std::size_t d = 1; d < header_.shape.size(); ++d) {
    if (__builtin_mul_overflow(slice_bytes_, header_.shape[d], &slice_bytes_)) {
      throw Error(where_, "impossible shape");
    }
  }
  std::size_t needed = 0;
  if (__builtin_mul_overflow(slice_bytes_, header_.shape[0], &needed))
    throw Error(where_, "impossible shape");
  if (needed > whole - length) {
    throw Error(where_, fmt::format("truncated: {} of {} bytes of values", whole - length, needed));
  }
}

ArraySlices::~ArraySlices() = default;
ArraySlices::ArraySlices(ArraySlices&&) noexcept = default;
ArraySlices& ArraySlices::operator=(ArraySlices&&) noexcept = default;

NpyArray ArraySlices::next() {
  if (next_ == header_.shape[0]) throw Error(where_, fmt::format("has {} frames, no more", next_));
  ++next_;
  NpyArray slice{
      header_.type, {header_.shape.begin() + 1, header_.shape.end()}, bytes_->take(slice_bytes_, where_)};
  const std::size_t item = item_size(header_.type);
  if (item > 1 && header_.big_endian == host_is_little_endian) {
    swap_byte_order(slice.bytes.data(), slice.bytes.size() / item, item);
  }
  return slice;
}

}  // namespace vd
