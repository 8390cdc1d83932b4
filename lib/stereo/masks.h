// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stereo/floating.h"
#include "stereo/ground_plane.h"
#include "stereo/motion_evidence.h"
#include "stereo/mover_depth.h"

namespace vd {

// Weights-free masks of what moves in the world, frame by frame, from dense flow to a few neighbours and
// known poses:
//
//   const MotionEvidence evidence = motion_evidence(camera, flows, grey, options.evidence);
//   const MotionMask mask = motion_mask(camera, evidence, flows, grey, options);
//   const MoverDepth filled = mover_depth(depth, mask.moving, grey, camera.intrinsics, mask.ground, {});
//
// What cannot be seen: motion along the epipolar line that some possible depth explains. When the camera
// drives forward that may be half of the moving pixels; what is missed there has a wrong depth by a factor of
// two and more.

struct MaskOptions {
  EvidenceOptions evidence;
  double smoothness =
      1.0;  // weight of an edge of the mask between pixels of equal grey, against evidence in [-1, 1]
  double smallest_share = 0.001;  // of the image: smaller parts and holes are dropped
  bool floating_cue = true;       // see find_floating
  GroundPlaneOptions ground;
};
void describe(MaskOptions& options, OptionTable& table);

struct MotionMask {
  MaskMap moving;   // 255: moves in the world
  MaskMap unknown;  // 255: not moving as far as known, but nothing tells (give such pixels a low depth
                    // confidence)
  std::optional<GroundPlane> ground;          // found where the floating cue is on
  std::vector<FloatingComponent> off_ground;  // what the floating cue judged
  double moving_share = 0;                    // of the pixels
  double unknown_share = 0;
};

/// Mask from evidence: the floating cue raises it on things that seem to hang over the ground or lie behind
/// it, a minimum cut at half size smooths it along the edges of the image, small parts and holes go. `flows`
/// are only read for their cameras.
[[nodiscard]] MotionMask motion_mask(const Camera& reference, const MotionEvidence& evidence,
                                     const FlowSet& flows, const GreyImage& grey, const MaskOptions& options);

}  // namespace vd
