// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "stereo/motion_evidence.h"

namespace vd {

/// Asks the images where the flow claims motion: a pixel moves only when no static depth makes the neighbours
/// look alike as well as its flow does. Flow slides along edges, wanders over plain walls and locks onto the
/// wrong one of repeated things (tiles, slats), with round trips and chains that agree; all this a static
/// depth explains too. Evidence for motion that fails the test becomes 0, undecided.
///
/// cameras  of the neighbours, as the evidence was computed with
/// trusted  bit k of a pixel: its vector to neighbour k was trusted
/// Does nothing when a neighbour lacks its image or too little stands still to know the noise.
void withdraw_unproven_motion(const Camera& reference, const std::vector<Camera>& cameras,
                              const FlowSet& flows, const GreyImage& grey, const Map<std::uint16_t>& trusted,
                              MotionEvidence& evidence);

}  // namespace vd
