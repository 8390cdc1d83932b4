// SPDX-License-Identifier: Apache-2.0
#include "io/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>

#include "core/atomic_file.h"
#include "io/bytes.h"

namespace vd {

namespace {

constexpr int max_members = 65536;
// 1 January 1980, the first day of DOS: the bytes of an archive must not depend on when it was written.
constexpr zip_uint16_t dos_date = (0 << 9) | (1 << 5) | 1;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

void add_member(zip_t* archive, const std::string& member_name, const std::string& bytes, bool deflate,
                const std::string& where) {
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  const zip_int64_t index =
      source == nullptr ? -1 : zip_file_add(archive, member_name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    throw Error(where, zip_strerror(archive));
  }
  const auto member = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(archive, member, deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, member, 0, dos_date, 0) != 0) {
    throw Error(where, zip_strerror(archive));
  }
}

/// The bytes of an archive that libzip has written into its memory source.
std::string content_of(zip_source_t* source, const std::string& where) {
  zip_stat_t stat;
  if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) {
    throw Error(where, "cannot make the archive");
  }
  std::string bytes(stat.size, '\0');
  const zip_int64_t got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got != static_cast<zip_int64_t>(bytes.size())) throw Error(where, "cannot make the archive");
  return bytes;
}

}  // namespace

NpzReader::NpzReader(const std::filesystem::path& path) : NpzReader(ZipArchive(path)) {}

NpzReader::NpzReader(std::string bytes, std::string where)
    : NpzReader(ZipArchive(std::move(bytes), std::move(where))) {}

NpzReader::NpzReader(ZipArchive archive) : archive_(std::move(archive)) {
  if (archive_.names().size() > max_members) {
    throw Error(archive_.where(), fmt::format("NPZ of {} members", archive_.names().size()));
  }
  for (const std::string& name : archive_.names()) {
    if (name.size() > 4 && name.substr(name.size() - 4) == ".npy") {
      names_.push_back(name.substr(0, name.size() - 4));
    }
  }
}

bool NpzReader::has(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

NpyArray NpzReader::read(const std::string& name) const {
  if (!has(name)) {
    std::string known;
    for (std::size_t k = 0; k < names_.size() && k < 10; ++k) known += " " + names_[k];
    throw Error(archive_.where(),
                fmt::format("no array {}; there are:{}", name, known.empty() ? " none" : known));
  }
  return decode_npy(archive_.read(name + ".npy"), archive_.where() + ":" + name);
}

std::string encode_npz(const NamedArrays& arrays, bool deflate, const std::string& where) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  if (source == nullptr) throw Error(where, text_of(error));
  // libzip frees the source when it closes the archive; the one kept here is for reading the result.
  zip_source_keep(source);
  const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> kept(source, zip_source_free);
  Archive archive(zip_open_from_source(source, ZIP_TRUNCATE, &error));
  if (!archive) {
    zip_source_free(source);
    throw Error(where, text_of(error));
  }
  std::vector<std::string> members;
  members.reserve(arrays.size());
  for (const auto& [name, array] : arrays) {
    members.push_back(encode_npy(array));
    add_member(archive.get(), name + ".npy", members.back(), deflate, where);
  }
  if (zip_close(archive.get()) != 0) throw Error(where, zip_strerror(archive.get()));
  static_cast<void>(archive.release());
  return content_of(source, where);
}

void write_npz(const std::filesystem::path& path, const NamedArrays& arrays, bool deflate) {
  write_text(path, encode_npz(arrays, deflate, path.string()));
}

}  // namespace vd
