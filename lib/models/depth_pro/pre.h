// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "models/mono/input.h"

namespace vd::nn {

/// RGB image -> [1, 3, side, side] in [-1, 1]: the aspect ratio is not kept, two taps an axis and no
/// smoothing.
[[nodiscard]] Tensor depth_pro_input(MapView<const std::uint8_t, 3> rgb, std::int64_t side = 1536);

struct MetricDepth {
  DepthMap depth_m;     // 1e-4 .. 1e4
  double focal_px = 0;  // of the image
};

/// Metric depth of an image from Depth Pro's prediction: inverse depth = canonical x W / focal length,
/// resampled to the image and clamped to 1e-4 .. 1e4 per metre.
///
/// canonical_inverse_depth  [1, 1, S, S]
/// field_of_view_deg        predicted horizontal field of view; not used where the focal length is given
/// given_focal_px           of the image, if known: depth is then scaled by given / predicted
/// throws Error when the focal length is not positive and finite
[[nodiscard]] MetricDepth depth_pro_output(const Tensor& canonical_inverse_depth, double field_of_view_deg,
                                           Size image, std::optional<double> given_focal_px = {});

}  // namespace vd::nn
