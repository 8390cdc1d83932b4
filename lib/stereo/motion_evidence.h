// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "core/options.h"
#include "image/map.h"
#include "stereo/flow_observations.h"

namespace vd {

struct EvidenceOptions {
  double return_px = 2.0;  // a vector is trusted when the way there and back ends this close to its start ...
  double chain_px = 2.0;   // ... and the flow over two frames this close to the chain of two single flows
  double motion_sigma =
      3.0;  // residual, in units of its noise, that speaks neither for moving nor for static
  bool correct_poses = true;  // by the flow itself, see correct_neighbour_poses
};
void describe(EvidenceOptions& options, OptionTable& table);

/// What the flow of one frame says about motion, pixel by pixel; all maps at the size of the frame.
struct MotionEvidence {
  Map<float> evidence;       // [-1, 1]: > 0 moving, < 0 static, 0 undecided
  Map<float> inverse_depth;  // best static explanation, >= 0, per unit of the poses' translation
  Map<float>
      residual;  // root mean square of what that leaves, in units of its noise; 0 where nothing is trusted
  Map<std::uint8_t> observations;  // trusted flow vectors
  MaskMap unknown;                 // 255: no trusted vector, or so near the epipole that depth has no meaning
  double pose_correction_px = 0;   // by which the poses were corrected, see NeighbourPoses
};

/// Evidence for motion from flow between posed frames: one inverse depth >= 0 a pixel is fitted to all
/// trusted vectors, and what remains, in units of its own noise, is the evidence. Motion along the epipolar
/// line with a possible depth cannot be seen this way. Pure rotation needs no care: the inverse depth then
/// has no effect.
///
/// reference  camera of the frame; translations of all cameras in one unit
/// grey       the frame, for the noise of its texture
/// throws     Error when a flow map has another size than the frame, or a neighbour lacks a map
[[nodiscard]] MotionEvidence motion_evidence(const Camera& reference, const FlowSet& flows,
                                             const GreyImage& grey, const EvidenceOptions& options);

/// Evidence of a neighbouring frame and the flow that leads to it.
struct NeighbourEvidence {
  std::shared_ptr<const Map<float>> evidence;
  std::shared_ptr<const FlowMap> flow;       // reference -> neighbour
  std::shared_ptr<const FlowMap> flow_back;  // neighbour -> reference
};

/// One round of summing evidence over time: own value plus half of what each neighbour says at the end of a
/// flow vector that returns within 1 px; clamped to [-1, 1].
[[nodiscard]] Map<float> sum_along_flow(const Map<float>& evidence,
                                        const std::vector<NeighbourEvidence>& neighbours);

}  // namespace vd
