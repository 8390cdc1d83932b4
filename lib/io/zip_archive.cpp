// SPDX-License-Identifier: Apache-2.0
#include "io/zip_archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>

#include "io/bytes.h"

namespace vd {

namespace {

constexpr double max_deflate_ratio = 1032;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

/// From the file, or from bytes where there is no path.
Archive open_archive(const std::filesystem::path& path, const std::string& bytes, const std::string& where) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = path.empty() ? zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error)
                                      : zip_source_file_create(path.c_str(), 0, -1, &error);
  if (source == nullptr) throw Error(where, text_of(error));
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive == nullptr) {
    zip_source_free(source);
    throw Error(where, "not an NPZ file or other ZIP archive, or truncated: " + text_of(error));
  }
  zip_error_fini(&error);
  return Archive(archive);
}

}  // namespace

struct ZipMember::State {
  std::string where;
  std::string name;
  Archive archive;
  std::unique_ptr<zip_file_t, CloseMember> file;
  std::size_t size = 0;
  std::size_t taken = 0;
};

ZipMember::ZipMember(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipMember::ZipMember(ZipMember&&) noexcept = default;
ZipMember::~ZipMember() = default;

std::size_t ZipMember::size() const { return state_->size; }

std::string ZipMember::take(std::size_t count) {
  State& state = *state_;
  if (count > state.size - state.taken) {
    throw Error(state.where,
                fmt::format("{} is truncated: {} of {} bytes", state.name, state.size - state.taken, count));
  }
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const zip_int64_t got = zip_fread(state.file.get(), bytes.data() + filled, count - filled);
    if (got < 0) {
      throw Error(state.where,
                  fmt::format("{} is damaged: {}", state.name, zip_file_strerror(state.file.get())));
    }
    if (got == 0) {
      throw Error(state.where, fmt::format("{} is truncated: {} of {} bytes", state.name,
                                           state.taken + filled, state.size));
    }
    filled += static_cast<std::size_t>(got);
  }
  state.taken += count;
  if (state.taken < state.size) return bytes;
  // libzip compares the check sum when it meets the end.
  char beyond = 0;
  if (zip_fread(state.file.get(), &beyond, 1) != 0) {
    throw Error(state.where, state.name + " is damaged: its check sum or its size is wrong");
  }
  return bytes;
}

ZipArchive::ZipArchive(const std::filesystem::path& path) : path_(path), where_(path.string()) {
  std::error_code problem;
  archive_bytes_ = std::filesystem::file_size(path, problem);
  if (problem) throw Error(where_, problem.message());
  read_names();
}

ZipArchive::ZipArchive(std::string bytes, std::string where)
    : bytes_(std::move(bytes)), where_(std::move(where)) {
  archive_bytes_ = bytes_.size();
  read_names();
}

void ZipArchive::read_names() {
  if (archive_bytes_ == 0) throw Error(where_, "empty file");
  const Archive archive = open_archive(path_, bytes_, where_);
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t k = 0; k < count; ++k) {
    const char* name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(k), 0);
    if (name != nullptr) names_.emplace_back(name);
  }
}

ZipMember ZipArchive::open(const std::string& member) const {
  auto state = std::make_unique<ZipMember::State>();
  state->where = where_;
  state->name = member;
  state->archive = open_archive(path_, bytes_, where_);
  zip_stat_t stat;
  if (zip_stat(state->archive.get(), member.c_str(), 0, &stat) != 0) {
    throw Error(where_, member + ": " + zip_strerror(state->archive.get()));
  }
  const zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((stat.valid & needed) != needed) throw Error(where_, "damaged archive: no sizes for " + member);
  if (stat.encryption_method != ZIP_EM_NONE) throw Error(where_, member + " is encrypted");
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    throw Error(where_, member + " is neither stored nor deflated");
  }
  const auto compressed = static_cast<double>(std::min<zip_uint64_t>(stat.comp_size, archive_bytes_));
  expect_plausible_ratio(where_, static_cast<double>(stat.size), compressed, max_deflate_ratio);
  state->file.reset(zip_fopen(state->archive.get(), member.c_str(), 0));
  if (!state->file) throw Error(where_, zip_strerror(state->archive.get()));
  state->size = stat.size;
  return ZipMember(std::move(state));
}

std::string ZipArchive::read(const std::string& member) const {
  ZipMember file = open(member);
  return file.take(file.size());
}

}  // namespace vd
