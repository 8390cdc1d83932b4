// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "clip/clip.h"
#include "clip/run.h"
#include "io/dense.h"
#include "pointmap/geometric.h"
#include "pointmap/shared_focal.h"
#include "stage/camera_priors.h"

namespace vd {

struct PointmapStageOptions {
  std::string model = "geometric";
  std::string pairs;  // pair list; empty: the only one there is
  std::string flow;   // flow stage; empty: the only one there is
  std::string depth;  // monocular depth that fills and steadies; empty: depth/mono when there is one
  CameraPriorOptions priors;
  SharedFocalOptions focal;
  GeometricOptions geometric;
  DenseOptions output = intermediate_options();
};
void describe(PointmapStageOptions& options, OptionTable& table);

/// Writes pointmap/NAME/I_J.exr for every pair of the list, both views in the camera frame of I, and
/// intrinsics/NAME.txt. Needs flow in both directions of each pair. Focal lengths that are not known are
/// estimated once over all pairs.
void pointmap_stage(const Clip& clip, const PointmapStageOptions& options, Run& run);

}  // namespace vd
