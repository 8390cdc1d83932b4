// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/mono/input.h"

namespace vd::nn {

/// The published size rule of Depth Anything V2: the shorter side becomes input_size (518 by default; more
/// shows more detail), both are multiples of 14. The longer side has no limit.
[[nodiscard]] SizeRule depth_anything_v2_size_rule(int input_size = 518);

/// RGB image -> [1, 3, h, w].
[[nodiscard]] Tensor depth_anything_v2_input(MapView<const std::uint8_t, 3> rgb, int input_size = 518);

/// Prediction [1, h, w] -> a map of the size of the image, resampled with aligned corners.
[[nodiscard]] Map<float> depth_anything_v2_output(const Tensor& prediction, Size image);

}  // namespace vd::nn
