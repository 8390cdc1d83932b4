// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "metrics/trajectory.h"
#include "sfm/sfm.h"

namespace vd::test {

/// Absolute trajectory error in % of the path.
inline double path_error_percent(const std::vector<SE3>& world_from_camera, const SfmResult& result) {
  std::vector<SE3> estimate;
  for (const Camera& camera : result.cameras) estimate.push_back(camera.world_from_camera);
  const TrajectoryScore score = evaluate_trajectory(world_from_camera, estimate, {});
  return 100 * score.ate.rmse / score.path_length;
}

}  // namespace vd::test
