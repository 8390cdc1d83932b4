// SPDX-License-Identifier: Apache-2.0
#include "geometry/pose_gaps.h"

namespace vd {

SE3 interpolate_pose(const SE3& world_from_first, const SE3& world_from_second, double share) {
  return {world_from_first.rotation.slerp(share, world_from_second.rotation),
          (1 - share) * world_from_first.translation + share * world_from_second.translation};
}

std::vector<SE3> fill_pose_gaps(const std::vector<std::optional<SE3>>& world_from_camera) {
  std::vector<SE3> filled(world_from_camera.size());
  std::optional<std::size_t> before;
  for (std::size_t k = 0; k < filled.size(); ++k) {
    if (!world_from_camera[k]) {
      if (before) filled[k] = *world_from_camera[*before];
      continue;
    }
    filled[k] = *world_from_camera[k];
    for (std::size_t gap = before ? *before + 1 : 0; gap < k; ++gap) {
      filled[gap] = *world_from_camera[k];
      if (!before) continue;
      const double share = static_cast<double>(gap - *before) / static_cast<double>(k - *before);
      filled[gap] = interpolate_pose(*world_from_camera[*before], *world_from_camera[k], share);
    }
    before = k;
  }
  return filled;
}

}  // namespace vd
