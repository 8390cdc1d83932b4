// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/tensor.h"

namespace vd::nn {

/// The flow of one pair of a video carried on to the next, a start for its estimate: every pixel takes the
/// flow of that pixel which lands nearest to it, of those that land within the map. All zero where none does.
/// Between equally near ones the first row by row decides.
///
/// flow  [2, h, w], coarse, of the previous pair; forget it at a cut
[[nodiscard]] Tensor forward_interpolate(const Tensor& flow);

}  // namespace vd::nn
