// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/span.h"
#include "stereo/neighbours.h"
#include "stereo/posed_image.h"
#include "stereo/semi_global.h"

namespace vd {

struct PlaneSweepOptions {
  int min_planes = 32;
  int max_planes = 96;
  int dead_zone = 2;  // grey levels by which census neighbours must differ from the centre
  SemiGlobalOptions semi_global;
};

/// Inverse depth of every pixel from planes parallel to the image, uniform in inverse depth over the range,
/// matched at reduced size: 5x5 three-state census, averaged over 3x3, mean of the better half of the
/// neighbours (hidden surfaces and moving things spoil the other half), semi-global matching, 3x3 median,
/// enlarged bilinearly. Collins 1996; Hirschmueller 2008. A seed: right to a few per cent and complete, wrong
/// within some pixels of depth edges.
///
/// neighbours  at least one; throws Error when there is none or the range is not valid
/// returns     map of the size of the reference's camera, all positive
[[nodiscard]] Map<float> plane_sweep(const MatchImage& reference, Span<const MatchImage* const> neighbours,
                                     const DepthRange& range, const PlaneSweepOptions& options = {});

}  // namespace vd
