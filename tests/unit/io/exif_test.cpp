// SPDX-License-Identifier: Apache-2.0
#include "io/exif.h"

#include "catch.h"
#include "hostile.h"

namespace {

std::string number(std::uint32_t value, int bytes, bool big) {
  std::string text;
  for (int k = 0; k < bytes; ++k) text += static_cast<char>(value >> 8 * (big ? bytes - 1 - k : k) & 0xFF);
  return text;
}

std::string entry(std::uint16_t tag, std::uint16_t type, std::uint32_t value, bool big) {
  const std::string field = type == 3 ? number(value, 2, big) + std::string(2, '\0') : number(value, 4, big);
  return number(tag, 2, big) + number(type, 2, big) + number(1, 4, big) + field;
}

/// Two directories: orientation in the first, the 35-mm equivalent in the one that it points to.
std::string segment(std::uint32_t orientation, std::uint32_t focal_mm, bool big) {
  const std::string first =
      number(2, 2, big) + entry(0x0112, 3, orientation, big) + entry(0x8769, 4, 38, big);
  const std::string second = number(2, 2, big) + entry(0x9000, 3, 7, big) + entry(0xA405, 3, focal_mm, big);
  return std::string("Exif\0\0", 6) + (big ? "MM" : "II") + number(42, 2, big) + number(8, 4, big) + first +
         std::string(4, '\0') + second;
}

}  // namespace

TEST_CASE("EXIF: orientation and 35-mm equivalent in both byte orders", "[io][exif]") {
  const bool big = GENERATE(false, true);
  const vd::Exif exif = vd::decode_exif(segment(6, 28, big));
  CHECK(exif.orientation == 6);
  CHECK(exif.focal_35mm_mm == 28);
  CHECK(vd::decode_exif(segment(9, 28, big)).orientation == 1);
}

TEST_CASE("a broken EXIF block says what it still can", "[io][exif][hostile]") {
  const std::string whole = segment(8, 35, true);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string copy = whole.substr(0, length);
    const vd::Exif exif = vd::decode_exif(copy);
    CHECK((exif.orientation == 1 || exif.orientation == 8));
    CHECK((exif.focal_35mm_mm == 0 || length + 2 >= whole.size()));
  }
  vd::test::survives_damage(whole, 2000, [](std::string_view bytes) { (void)vd::decode_exif(bytes); });
}

TEST_CASE("the 35-mm equivalent keeps the diagonal angle", "[io][exif]") {
  CHECK(vd::focal_px_from_35mm(43.26661530556787, 3000, 4000) == Approx(5000));
  CHECK(vd::focal_px_from_35mm(36, 3600, 2400) == Approx(3600));
}
