// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "weights/crc32.h"
#include "weights/mapped_file.h"
#include "weights/weight_file.h"

namespace vd::test {

/// Bytes of a number, little endian.
template <typename T>
std::string raw(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

template <typename T>
std::string raw_all(const std::vector<T>& values) {
  std::string bytes;
  for (const T value : values) bytes += raw(value);
  return bytes;
}

// Pieces of pickles, as PyTorch writes them with protocol 2.

inline std::string text(const std::string& value) {
  return "X" + raw(static_cast<std::uint32_t>(value.size())) + value;
}

inline std::string integer(std::int64_t value) { return "\x8a\x08" + raw(value); }

inline std::string tuple(const std::vector<std::int64_t>& values) {
  std::string pickle = "(";
  for (const std::int64_t value : values) pickle += integer(value);
  return pickle + "t";
}

inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

struct StorageId {
  std::string type = "FloatStorage";
  std::string key = "0";
  std::int64_t count = 0;
};

inline std::string storage(const StorageId& id, bool legacy = false) {
  return "(" + text("storage") + global("torch", id.type) + text(id.key) + text("cpu") + integer(id.count) +
         (legacy ? "N" : "") + "tQ";
}

inline std::string tensor(const StorageId& id, std::int64_t offset, const std::vector<std::int64_t>& shape,
                          const std::vector<std::int64_t>& strides, bool legacy = false) {
  return global("torch._utils", "_rebuild_tensor_v2") + "(" + storage(id, legacy) + integer(offset) +
         tuple(shape) + tuple(strides) + "\x89" + global("collections", "OrderedDict") + ")RtR";
}

using Entries = std::vector<std::pair<std::string, std::string>>;  // name, pickle of the value

inline std::string dict(const Entries& entries) {
  std::string pickle = "}(";
  for (const auto& [name, value] : entries) pickle += text(name) + value;
  return pickle + "u";
}

inline std::string pickle(const std::string& body) { return "\x80\x02" + body + "."; }

/// A ZIP file of stored members.
inline std::string stored_zip(const Entries& members) {
  std::string file, directory;
  for (const auto& [name, bytes] : members) {
    const std::uint32_t crc = crc32(0, reinterpret_cast<const std::byte*>(bytes.data()), bytes.size());
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const std::string facts = raw<std::uint16_t>(0) + raw<std::uint16_t>(0) + raw<std::uint32_t>(0) +
                              raw(crc) + raw(size) + raw(size) +
                              raw(static_cast<std::uint16_t>(name.size())) + raw<std::uint16_t>(0);
    directory += "PK\x01\x02" + raw<std::uint16_t>(20) + raw<std::uint16_t>(20) + facts +
                 std::string(10, '\0') + raw(static_cast<std::uint32_t>(file.size())) + name;
    file += "PK\x03\x04" + raw<std::uint16_t>(20) + facts + name + bytes;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return file + directory + "PK\x05\x06" + std::string(4, '\0') + raw(count) + raw(count) +
         raw(static_cast<std::uint32_t>(directory.size())) + raw(static_cast<std::uint32_t>(file.size())) +
         std::string(2, '\0');
}

/// The file that torch.save makes of this pickle and these storages.
inline std::string zip_checkpoint(const std::string& body, const Entries& storages) {
  Entries members = {{"archive/data.pkl", pickle(body)}};
  for (const auto& [key, bytes] : storages) members.emplace_back("archive/data/" + key, bytes);
  members.emplace_back("archive/version", "3\n");
  return stored_zip(members);
}

/// storages: key, and the elements after their number.
inline std::string legacy_checkpoint(const std::string& body, const Entries& storages) {
  std::string file = pickle(std::string("\x8a\x0a") + "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") +
                     pickle("M\xe9\x03") + pickle(dict({{"little_endian", "\x88"}})) + pickle(body);
  std::string keys = "](";
  for (const auto& one : storages) keys += text(one.first);
  file += pickle(keys + "e");
  for (const auto& one : storages) file += one.second;
  return file;
}

inline WeightFile decode(const std::string& bytes) {
  return decode_weights(MappedFile::of_bytes(bytes, "file"));
}

}  // namespace vd::test
