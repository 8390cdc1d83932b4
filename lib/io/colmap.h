// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "geometry/lens.h"

namespace vd {

// Models of COLMAP, text and binary. COLMAP puts the centre of the first pixel at (0.5, 0.5): principal
// points are converted. Its poses are camera from world: they are inverted. Throws Error on damaged files and
// on camera models that OpenCV does not have.

/// Cameras by their id, out of cameras.txt or cameras.bin (told apart by the content).
[[nodiscard]] std::map<std::uint32_t, LensCamera> decode_colmap_cameras(std::string_view bytes,
                                                                        const std::string& where);

struct ColmapImage {
  std::string name;  // path below the folder of images
  std::uint32_t camera = 0;
  SE3 world_from_camera;
};
/// Images in the order of images.txt or images.bin.
[[nodiscard]] std::vector<ColmapImage> decode_colmap_images(std::string_view bytes, const std::string& where);

/// Whether bytes may be of one of these files; decide by the names of files where there are any.
[[nodiscard]] bool is_colmap_binary(std::string_view bytes);

}  // namespace vd
