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

/// Tests of the round trip e(p) = f(p) + b(p + f(p)) by which published works tell consistent pixels.
enum class ConsistencyTest {
  distance,      // |e| <= threshold
  sundaram,      // |e|^2 < 0.01 (|f|^2 + |b|^2) + 0.5: Sundaram, Brox and Keutzer 2010
  geonet,        // |e| < max(3, 0.05 |f|): Yin and Shi 2018
  component_sum  // |e_x + e_y| < threshold, so that opposite errors cancel: MonST3R's program, and so Align3R
};

struct ConsistencyOptions {
  ConsistencyTest test = ConsistencyTest::distance;
  double threshold_px = 3;
  bool inside_only = true;  // false: a pixel that leaves the second image is judged against zero flow there
};

/// 255 where a pixel passes the test, else 0, also where a flow is unknown. As in the published programs,
/// to_from counts as zero beyond its border; its last pixel fades to that.
[[nodiscard]] MaskMap consistent_pixels(const FlowMap& from_to, const FlowMap& to_from,
                                        const ConsistencyOptions& options);

/// |e| of the same round trips, defined also for pixels that leave the second image; NaN where a flow is
/// unknown.
[[nodiscard]] Map<float> round_trip_length(const FlowMap& from_to, const FlowMap& to_from);

}  // namespace vd
