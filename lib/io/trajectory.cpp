// SPDX-License-Identifier: Apache-2.0
#include "io/trajectory.h"

#include <fmt/format.h>

#include <cmath>

#include "core/atomic_file.h"
#include "io/bytes.h"
#include "io/text_table.h"

namespace vd {

std::vector<TimedPose> decode_trajectory(std::string_view text, const std::string& where) {
  std::vector<TimedPose> poses;
  for (const TextRow& row : text_rows(text, where)) {
    if (row.fields.size() != 8) {
      throw Error(row.where,
                  fmt::format("{} fields, expected 8: time tx ty tz qx qy qz qw", row.fields.size()));
    }
    TimedPose pose;
    pose.time_s = row.number(0);
    pose.world_from_camera.translation = Vec3(row.number(1), row.number(2), row.number(3));
    const Quat rotation(row.number(7), row.number(4), row.number(5), row.number(6));
    const double norm = rotation.norm();
    if (!(std::abs(norm - 1) <= 0.1)) {
      throw Error(row.where, fmt::format("quaternion of norm {:.3g}, expected 1", norm));
    }
    // A quaternion that is of unit norm to the last digits stays as written, so that files survive a round
    // trip.
    pose.world_from_camera.rotation = std::abs(norm - 1) < 1e-15 ? rotation : rotation.normalized();
    poses.push_back(pose);
  }
  return poses;
}

std::vector<TimedPose> read_trajectory(const std::filesystem::path& path) {
  return decode_trajectory(read_file(path), path.string());
}

std::string encode_trajectory(Span<const TimedPose> poses, const std::string& where) {
  std::string text = "# time tx ty tz qx qy qz qw\n";
  for (const TimedPose& pose : poses) {
    const Vec3& t = pose.world_from_camera.translation;
    const Quat& q = pose.world_from_camera.rotation;
    if (!std::isfinite(pose.time_s) || !t.allFinite() || !q.coeffs().allFinite()) {
      throw Error(where, fmt::format("pose {} is not finite", &pose - poses.begin()));
    }
    // Negative zeros depend on the order of operations; they are written as 0.
    text += fmt::format("{} {} {} {} {} {} {} {}\n", pose.time_s + 0.0, t.x() + 0.0, t.y() + 0.0, t.z() + 0.0,
                        q.x() + 0.0, q.y() + 0.0, q.z() + 0.0, q.w() + 0.0);
  }
  return text;
}

void write_trajectory(const std::filesystem::path& path, Span<const TimedPose> poses) {
  write_text(path, encode_trajectory(poses, path.string()));
}

}  // namespace vd
