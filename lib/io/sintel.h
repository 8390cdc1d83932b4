// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "geometry/camera.h"
#include "image/map.h"

namespace vd {

/// Depth of the Sintel data set (.dpt): float32 along the optical axis, as stored (sky about 1e8). Throws
/// Error on a wrong tag, an impossible size, and a file that is too short or too long.
[[nodiscard]] DepthMap decode_dpt(std::string_view bytes, const std::string& where);
[[nodiscard]] DepthMap read_dpt(const std::filesystem::path& path);

/// Camera of the Sintel data set (.cam): x = M N X with camera axes as everywhere in vd, kept as stored.
struct SintelCamera {
  Mat3 intrinsics;                         // M, pixels, upper triangular
  Eigen::Matrix<double, 3, 4> extrinsics;  // N = [R t], camera from world
  [[nodiscard]] SE3 camera_from_world() const {
    return make_se3(extrinsics.leftCols<3>(), extrinsics.col(3));
  }
};
/// Throws Error also when R is no rotation.
[[nodiscard]] SintelCamera decode_sintel_camera(std::string_view bytes, const std::string& where);
[[nodiscard]] SintelCamera read_sintel_camera(const std::filesystem::path& path);

}  // namespace vd
