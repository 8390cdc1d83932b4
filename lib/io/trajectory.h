// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/span.h"
#include "geometry/se3.h"

namespace vd {

/// One line of a trajectory.
struct TimedPose {
  double time_s = 0;
  SE3 world_from_camera;
};

/// Trajectory in the TUM text format: lines `time tx ty tz qx qy qz qw` (camera to world, seconds, unit
/// quaternion), fields apart by spaces, tabs or commas, `#` comments. Order and times are kept as they are;
/// quaternions are normalised. Throws Error on anything but 8 finite numbers a line, and on a quaternion
/// whose norm is off by more than 10 %.
[[nodiscard]] std::vector<TimedPose> read_trajectory(const std::filesystem::path& path);
[[nodiscard]] std::vector<TimedPose> decode_trajectory(std::string_view text, const std::string& where);

/// Writes with as many digits as bring the same float64 values back. Throws Error on values that are not
/// finite.
void write_trajectory(const std::filesystem::path& path, Span<const TimedPose> poses);
[[nodiscard]] std::string encode_trajectory(Span<const TimedPose> poses, const std::string& where);

}  // namespace vd
