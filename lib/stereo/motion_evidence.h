// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "core/options.h"
#include "geometry/camera.h"
#include "image/map.h"

namespace vd {

/// Flow between the reference frame and one neighbour. Maps are shared, since each serves several frames of a
/// clip.
struct NeighbourFlow {
  int offset = 0;                            // neighbour = reference + offset; not 0
  Camera camera;                             // of the neighbour
  std::shared_ptr<const FlowMap> flow;       // reference -> neighbour
  std::shared_ptr<const FlowMap> flow_back;  // neighbour -> reference
  std::shared_ptr<const FlowMap>
      second_half;  // even offsets: frame halfway -> neighbour; null where not at hand
};

/// Flow to the neighbours at -2, -1, +1, +2 (others are taken as well); what lies beyond the ends of the clip
/// is left out.
using FlowSet = std::vector<NeighbourFlow>;

struct EvidenceOptions {
  double return_px = 2.0;  // a vector is trusted when the way there and back ends this close to its start ...
  double chain_px = 2.0;   // ... and the flow over two frames this close to the chain of two single flows
  double motion_sigma =
      3.0;  // residual, in units of its noise, that speaks neither for moving nor for static
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
