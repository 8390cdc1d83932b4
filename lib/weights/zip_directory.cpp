// SPDX-License-Identifier: Apache-2.0
#include "weights/zip_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "weights/little_endian.h"
#include "weights/text_of_file.h"

namespace vd {
namespace {

constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t locator64_signature = 0x07064b50;
constexpr std::uint32_t member_signature = 0x02014b50;
constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::size_t end_bytes = 22, locator64_bytes = 20, end64_bytes = 56, member_bytes = 46,
                      local_bytes = 30;
constexpr std::uint32_t in_zip64 = 0xFFFFFFFF;

/// Where the central directory lies.
struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t count = 0;
};

class ZipReader {
 public:
  ZipReader(std::string_view file, const std::string& where) : file_(file), where_(where) {}

  std::vector<ZipEntry> read_all() const {
    const Directory directory = find_directory();
    std::vector<ZipEntry> entries;
    std::size_t at = directory.offset;
    const std::size_t end = directory.offset + directory.size;
    for (std::uint64_t k = 0; k < directory.count; ++k)
      entries.push_back(read_member(at, end, directory.offset));
    if (at != end) fail("its directory is longer than its members");
    refuse_repeated_names(entries);
    refuse_overlaps(entries);
    return entries;
  }

 private:
  template <typename T>
  [[nodiscard]] T at(std::size_t position) const {
    return little_endian_at<T>(file_, position);
  }
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(where_, "damaged ZIP file: " + reason);
  }

  /// The last record of the file. It ends with a comment of any length, so it is looked for from behind.
  [[nodiscard]] std::optional<std::size_t> find_end() const {
    if (file_.size() < end_bytes) return {};
    const std::size_t last = file_.size() - end_bytes;
    const std::size_t farthest = last > 0xFFFF ? last - 0xFFFF : 0;
    for (std::size_t position = last + 1; position-- > farthest;) {
      if (at<std::uint32_t>(position) != end_signature) continue;
      if (position + end_bytes + at<std::uint16_t>(position + 20) == file_.size()) return position;
    }
    return {};
  }

  [[nodiscard]] Directory find_directory() const {
    const auto end = find_end();
    if (!end) throw Error(where_, "truncated: the directory at the end of the ZIP file is missing");
    Directory directory{at<std::uint32_t>(*end + 16), at<std::uint32_t>(*end + 12),
                        at<std::uint16_t>(*end + 10)};
    std::size_t limit = *end;
    const bool has64 =
        *end >= locator64_bytes && at<std::uint32_t>(*end - locator64_bytes) == locator64_signature;
    if (has64) {
      const auto position = at<std::uint64_t>(*end - locator64_bytes + 8);
      limit = *end - locator64_bytes;
      if (position > limit || limit - position < end64_bytes ||
          at<std::uint32_t>(position) != end64_signature) {
        fail("its 64-bit directory is missing");
      }
      directory = {at<std::uint64_t>(position + 48), at<std::uint64_t>(position + 40),
                   at<std::uint64_t>(position + 32)};
      limit = position;
    }
    if (directory.offset > limit || directory.size > limit - directory.offset) {
      throw Error(where_, "truncated: the directory of the ZIP file lies outside it");
    }
    if (directory.count > directory.size / member_bytes)
      fail("it names more members than its directory holds");
    constexpr std::uint64_t most_members = 1 << 18;
    if (directory.count > most_members) fail("it has more members than any checkpoint");
    return directory;
  }

  /// The member whose record begins at `position`, which moves on to the next. Its bytes must end before the
  /// directory begins.
  ZipEntry read_member(std::size_t& position, std::size_t end, std::size_t data_end) const {
    if (end - position < member_bytes || at<std::uint32_t>(position) != member_signature) {
      fail("a member's record is missing");
    }
    const std::size_t record = position;
    const std::size_t name_bytes = at<std::uint16_t>(record + 28);
    const std::size_t extra_bytes = at<std::uint16_t>(record + 30);
    const std::size_t comment_bytes = at<std::uint16_t>(record + 32);
    if (end - record - member_bytes < name_bytes + extra_bytes + comment_bytes)
      fail("a member's record is cut off");
    position = record + member_bytes + name_bytes + extra_bytes + comment_bytes;

    ZipEntry entry;
    entry.name = file_.substr(record + member_bytes, name_bytes);
    entry.crc = at<std::uint32_t>(record + 16);
    std::uint64_t stored = at<std::uint32_t>(record + 20);
    std::uint64_t size = at<std::uint32_t>(record + 24);
    std::uint64_t local = at<std::uint32_t>(record + 42);
    widen_by_zip64(file_.substr(record + member_bytes + name_bytes, extra_bytes), size, stored, local);
    if ((at<std::uint16_t>(record + 8) & 1) != 0) fail(in_quotes(entry.name) + " is encrypted");
    if (at<std::uint16_t>(record + 10) != 0 || stored != size) {
      throw Error(where_, in_quotes(entry.name) +
                              " is compressed, which PyTorch never does; repack it without (zip -0)");
    }
    entry.offset = data_offset(entry.name, local, data_end);
    entry.size = size;
    if (size > data_end - entry.offset) {
      throw Error(where_, fmt::format("truncated: {} states {} bytes, {} are there", in_quotes(entry.name),
                                      size, data_end - entry.offset));
    }
    return entry;
  }

  /// Sizes of 4 GiB and more stand in a field of their own, each only where the short one is full.
  void widen_by_zip64(std::string_view extra, std::uint64_t& size, std::uint64_t& stored,
                      std::uint64_t& local) const {
    while (extra.size() >= 4) {
      const auto id = little_endian_at<std::uint16_t>(extra, 0);
      const std::size_t length = little_endian_at<std::uint16_t>(extra, 2);
      if (length > extra.size() - 4) return;
      std::string_view field = extra.substr(4, length);
      extra.remove_prefix(4 + length);
      if (id != 1) continue;
      for (std::uint64_t* value : {&size, &stored, &local}) {
        if (*value != in_zip64) continue;
        if (field.size() < 8) fail("a 64-bit size is missing");
        *value = little_endian_at<std::uint64_t>(field, 0);
        field.remove_prefix(8);
      }
      return;
    }
  }

  /// The local header repeats name and sizes; only its length is taken from it.
  [[nodiscard]] std::size_t data_offset(const std::string& name, std::uint64_t local,
                                        std::size_t data_end) const {
    if (local > data_end || data_end - local < local_bytes) {
      throw Error(where_, "truncated: " + in_quotes(name) + " lies outside the file");
    }
    if (at<std::uint32_t>(local) != local_signature)
      fail(in_quotes(name) + " is not where the directory says");
    const std::size_t name_bytes = at<std::uint16_t>(local + 26);
    const std::size_t extra_bytes = at<std::uint16_t>(local + 28);
    if (data_end - local - local_bytes < name_bytes + extra_bytes) fail(in_quotes(name) + " is cut off");
    if (file_.substr(local + local_bytes, name_bytes) != name)
      fail(in_quotes(name) + " is not where the directory says");
    return local + local_bytes + name_bytes + extra_bytes;
  }

  void refuse_repeated_names(const std::vector<ZipEntry>& entries) const {
    std::vector<std::string_view> names;
    for (const ZipEntry& entry : entries) names.push_back(entry.name);
    std::sort(names.begin(), names.end());
    const auto repeated = std::adjacent_find(names.begin(), names.end());
    if (repeated != names.end()) fail(in_quotes(*repeated) + " occurs twice");
  }

  /// Members on top of each other would let a small file stand for a large one.
  void refuse_overlaps(const std::vector<ZipEntry>& entries) const {
    std::vector<const ZipEntry*> order;
    for (const ZipEntry& entry : entries) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
    for (std::size_t k = 1; k < order.size(); ++k) {
      if (order[k - 1]->offset + order[k - 1]->size > order[k]->offset) {
        fail(in_quotes(order[k - 1]->name) + " and " + in_quotes(order[k]->name) + " overlap");
      }
    }
  }

  std::string_view file_;
  const std::string& where_;
};

}  // namespace

std::vector<ZipEntry> read_zip_directory(std::string_view file, const std::string& where) {
  return ZipReader(file, where).read_all();
}

}  // namespace vd
