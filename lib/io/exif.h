// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vd {

/// What vd takes from the EXIF block of a photograph.
struct Exif {
  int orientation = 1;  // tag 0x0112, 1 to 8
  double focal_35mm_mm =
      0;  // tag 0xA405: focal length that gives the same diagonal angle on 36 x 24 mm; 0 = unknown
};

/// Reads an APP1 segment of a JPEG (with its "Exif" mark). A photograph with a broken EXIF block is still a
/// photograph: what cannot be read is left at its default, and nothing is thrown.
[[nodiscard]] Exif decode_exif(std::string_view segment);

/// Focal length in pixels of an image of that size from the 35-mm equivalent, which is defined by the
/// diagonal (CIPA DCG-001).
[[nodiscard]] double focal_px_from_35mm(double focal_35mm_mm, int width, int height);

}  // namespace vd
