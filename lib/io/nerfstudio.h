// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "geometry/lens.h"

namespace vd {

/// One frame of a transforms.json.
struct NerfstudioFrame {
  std::string name;  // file_path
  std::optional<LensCamera> camera;
  std::optional<SE3> world_from_camera;
};

struct NerfstudioScene {
  std::optional<LensCamera> shared;  // when the file states one for all frames
  std::vector<NerfstudioFrame> frames;
};

/// transforms.json of nerfstudio and instant-ngp: fl_x fl_y cx cy w h (or camera_angle_x w h) with k1 k2 p1
/// p2 k3 k4 and camera_model, for all frames or each; transform_matrix is camera to world with OpenGL axes (y
/// up, z backwards), which are turned into those of vd; the centre of the first pixel, there at (0.5, 0.5),
/// into (0, 0). Throws Error on what is no such file, on a matrix that is no rigid motion, and on models that
/// OpenCV lacks.
[[nodiscard]] NerfstudioScene decode_nerfstudio(std::string_view text, const std::string& where);

}  // namespace vd
