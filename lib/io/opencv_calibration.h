// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "geometry/lens.h"

namespace vd {

/// A camera calibration as OpenCV's FileStorage writes it (YAML or JSON; also ROS camera_info YAML):
/// camera_matrix, distortion_coefficients (4, 5, 8, 12 or 14, or 4 of a fisheye where distortion_model or
/// fisheye_model says so), image_width, image_height. Usual other spellings of these names are understood. A
/// file without a size gives a camera of size 0 x 0. Throws Error on damage and on what is no such file.
[[nodiscard]] LensCamera decode_opencv_calibration(std::string_view text, const std::string& where);

/// True when a text names a camera matrix.
[[nodiscard]] bool is_opencv_calibration(std::string_view text);

}  // namespace vd
