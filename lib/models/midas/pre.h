// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/mono/input.h"

namespace vd::nn {

/// How an image comes to a network of the MiDaS family.
struct MidasInput {
  SizeRule size;
  ChannelNormalisation normalisation;
};

/// The published choices for "dpt_large", "dpt_hybrid", "midas_v21" and "midas_v21_small". Throws Error on
/// any other word.
[[nodiscard]] MidasInput midas_input_of(const std::string& network);

/// RGB image -> [1, 3, h, w], sides multiples of 32.
[[nodiscard]] Tensor midas_input(MapView<const std::uint8_t, 3> rgb, const MidasInput& input);

/// Prediction [1, h, w] -> a map of the size of the image, by cubic taps: it may fall a little below 0.
[[nodiscard]] Map<float> midas_output(const Tensor& prediction, Size image);

}  // namespace vd::nn
