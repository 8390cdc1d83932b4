// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vd {

/// A member of a ZIP file that lies in it as it is.
struct ZipEntry {
  std::string name;
  std::size_t offset = 0;  // of its bytes in the file
  std::size_t size = 0;
  std::uint32_t crc = 0;
};

/// The members of a ZIP file whose members are all stored without compression, as PyTorch writes them, so
/// that they can be used in place; in the order of the directory. ZIP64 is understood. Sizes and sums come
/// from the central directory, and are held against the bytes that are there. Throws Error on anything
/// compressed or encrypted, on members that overlap, lie outside the file or share a name.
/// Source: PKWARE, APPNOTE.TXT 6.3.3.
[[nodiscard]] std::vector<ZipEntry> read_zip_directory(std::string_view file, const std::string& where);

}  // namespace vd
