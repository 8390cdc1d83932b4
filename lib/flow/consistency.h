// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/map.h"

namespace vd {

/// Distance in pixels between each pixel and where it comes back to when carried by one flow and back by the
/// other: |f(p) + b(p + f(p))|, b sampled bilinearly.
///
/// from_to, to_from  flows between images of any sizes (to_from has the size of the second image)
/// returns           a map of the size of from_to; NaN where p + f(p) leaves the second image or a flow is
/// NaN
[[nodiscard]] Map<float> forward_backward_error(const FlowMap& from_to, const FlowMap& to_from);

/// Confidence of from_to in [0, 1]: exp(-e^2 / (0.01 (|f|^2 + |b|^2) + 0.5)) with the error e above, so 1/e
/// where the test of Sundaram, Brox and Keutzer 2010 turns; 0 where the error is not defined.
[[nodiscard]] ConfidenceMap flow_confidence(const FlowMap& from_to, const FlowMap& to_from);

}  // namespace vd
