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

constexpr double max_deflate_ratio = 1032;
constexpr int max_members = 65536;
// 1 January 1980, the first day of DOS: the bytes of an archive must not depend on when it was written.
constexpr zip_uint16_t dos_date = (0 << 9) | (1 << 5) | 1;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Member = std::unique_ptr<zip_file_t, CloseMember>;

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

Archive open_archive(const std::string& bytes, const std::string& where) {
  if (bytes.empty()) throw Error(where, "empty file");
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) throw Error(where, text_of(error));
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) {
    zip_source_free(source);
    throw Error(where, "not an NPZ file, or truncated: " + text_of(error));
  }
  zip_error_fini(&error);
  return Archive(archive);
}

/// The bytes of a member, as many as the directory states and not one more.
std::string extract(zip_t* archive, const std::string& member_name, const std::string& where,
                    std::size_t archive_bytes) {
  zip_stat_t stat;
  if (zip_stat(archive, member_name.c_str(), 0, &stat) != 0) throw Error(where, zip_strerror(archive));
  const zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((stat.valid & needed) != needed) throw Error(where, "damaged NPZ: no sizes for " + member_name);
  if (stat.encryption_method != ZIP_EM_NONE) throw Error(where, member_name + " is encrypted");
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    throw Error(where, member_name + " is neither stored nor deflated");
  }
  const auto compressed = static_cast<double>(std::min<zip_uint64_t>(stat.comp_size, archive_bytes));
  expect_plausible_ratio(where, static_cast<double>(stat.size), compressed, max_deflate_ratio);
  const Member member(zip_fopen(archive, member_name.c_str(), 0));
  if (!member) throw Error(where, zip_strerror(archive));
  std::string bytes(stat.size, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const zip_int64_t got = zip_fread(member.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0) {
      throw Error(where, fmt::format("{} is damaged: {}", member_name, zip_file_strerror(member.get())));
    }
    if (got == 0) {
      throw Error(where, fmt::format("{} is truncated: {} of {} bytes", member_name, filled, stat.size));
    }
    filled += static_cast<std::size_t>(got);
  }
  // libzip compares the check sum when it meets the end.
  char beyond = 0;
  const zip_int64_t more = zip_fread(member.get(), &beyond, 1);
  if (more != 0) throw Error(where, member_name + " is damaged: its check sum or its size is wrong");
  return bytes;
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

NpzReader::NpzReader(const std::filesystem::path& path) : NpzReader(read_file(path), path.string()) {}

NpzReader::NpzReader(std::string bytes, std::string where)
    : bytes_(std::move(bytes)), where_(std::move(where)) {
  const Archive archive = open_archive(bytes_, where_);
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count > max_members) throw Error(where_, fmt::format("NPZ of {} members", count));
  for (zip_int64_t k = 0; k < count; ++k) {
    const char* member_name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(k), 0);
    const std::string name = member_name == nullptr ? "" : member_name;
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
    throw Error(where_, fmt::format("no array {}; there are:{}", name, known.empty() ? " none" : known));
  }
  const Archive archive = open_archive(bytes_, where_);
  return decode_npy(extract(archive.get(), name + ".npy", where_, bytes_.size()), where_ + ":" + name);
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
