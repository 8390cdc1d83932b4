// SPDX-License-Identifier: Apache-2.0
#include "io/exif.h"

#include <cmath>
#include <functional>

#include "io/bytes.h"

namespace vd {

namespace {

constexpr std::uint16_t orientation_tag = 0x0112;
constexpr std::uint16_t exif_directory_tag = 0x8769;
constexpr std::uint16_t focal_35mm_tag = 0xA405;

/// A TIFF block: directories of entries {tag, type, count, value}, in either byte order.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes), big_(bytes[0] == 'M') {}

  [[nodiscard]] std::uint32_t first_directory() const {
    ByteReader head(bytes_, "");
    head.take(4);
    return u32(head);
  }
  /// Calls use(tag, value) for every entry; the value is that of types SHORT and LONG.
  void for_each_entry(std::uint32_t directory,
                      const std::function<void(std::uint16_t, std::uint32_t)>& use) const {
    constexpr std::uint16_t long_type = 4;
    ByteReader reader(bytes_, "");
    reader.take(directory);
    for (int entries = u16(reader); entries > 0; --entries) {
      const std::uint16_t tag = u16(reader);
      const std::uint16_t type = u16(reader);
      reader.take(4);
      ByteReader value(reader.take(4), "");
      use(tag, type == long_type ? u32(value) : u16(value));
    }
  }

 private:
  [[nodiscard]] std::uint16_t u16(ByteReader& reader) const {
    return big_ ? reader.u16_big() : reader.u16_little();
  }
  [[nodiscard]] std::uint32_t u32(ByteReader& reader) const {
    return big_ ? reader.u32_big() : reader.u32_little();
  }

  std::string_view bytes_;
  bool big_;
};

}  // namespace

Exif decode_exif(std::string_view segment) {
  Exif exif;
  if (segment.size() < 14 || segment.substr(0, 6) != std::string_view("Exif\0\0", 6)) return exif;
  const Tiff tiff(segment.substr(6));
  std::uint32_t exif_directory = 0;
  try {
    tiff.for_each_entry(tiff.first_directory(), [&](std::uint16_t tag, std::uint32_t value) {
      if (tag == orientation_tag && value >= 1 && value <= 8) exif.orientation = static_cast<int>(value);
      if (tag == exif_directory_tag) exif_directory = value;
    });
    if (exif_directory == 0) return exif;
    tiff.for_each_entry(exif_directory, [&](std::uint16_t tag, std::uint32_t value) {
      if (tag == focal_35mm_tag) exif.focal_35mm_mm = value;
    });
  } catch (const Error&) {
    // What was read until here holds.
  }
  return exif;
}

double focal_px_from_35mm(double focal_35mm_mm, int width, int height) {
  return focal_35mm_mm * std::hypot(width, height) / std::hypot(36.0, 24.0);
}

}  // namespace vd
