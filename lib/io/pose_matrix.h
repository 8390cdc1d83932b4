// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "geometry/se3.h"

namespace vd {

// Poses that data sets write as matrices, row by row. A tracker that was lost writes NaN or infinity: such a
// pose is nothing. Throws Error on a wrong number of values, on text that is no number, and on a matrix whose
// left part is no rotation (off by more than 1 %; smaller errors are rounded away).

/// KITTI odometry: 12 numbers a line, the 3x4 matrix [R t].
[[nodiscard]] std::vector<std::optional<SE3>> decode_kitti_poses(std::string_view text,
                                                                 const std::string& where);
[[nodiscard]] std::vector<std::optional<SE3>> read_kitti_poses(const std::filesystem::path& path);

/// 7-Scenes, ScanNet: one 4x4 matrix in four lines.
[[nodiscard]] std::optional<SE3> decode_pose_matrix(std::string_view text, const std::string& where);
[[nodiscard]] std::optional<SE3> read_pose_matrix(const std::filesystem::path& path);

/// A rigid motion from the 12 or 16 values of [R t] or [R t; 0 0 0 1], row by row.
[[nodiscard]] std::optional<SE3> pose_from_values(const std::vector<double>& values,
                                                  const std::string& where);

}  // namespace vd
