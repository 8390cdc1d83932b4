// SPDX-License-Identifier: Apache-2.0
#include "models/midas/pre.h"

#include "core/error.h"
#include "nn/resample.h"

namespace vd::nn {

MidasInput midas_input_of(const std::string& network) {
  if (network == "dpt_large" || network == "dpt_hybrid") return {{SizeMethod::minimal, 384, 32, 32}, {}};
  if (network == "midas_v21") return {{SizeMethod::upper_bound, 384, 32, 32}, imagenet_normalisation()};
  if (network == "midas_v21_small") return {{SizeMethod::upper_bound, 256, 32, 32}, imagenet_normalisation()};
  throw Error("midas", "no network '" + network + "': dpt_large, dpt_hybrid, midas_v21, midas_v21_small");
}

Tensor midas_input(MapView<const std::uint8_t, 3> rgb, const MidasInput& input) {
  return network_input(rgb, network_size(input.size, {rgb.width(), rgb.height()}), input.normalisation);
}

Map<float> midas_output(const Tensor& prediction, Size image) {
  return to_map(bicubic(prediction.unsqueeze(1), image.height, image.width, Corners::half_pixel).squeeze(1));
}

}  // namespace vd::nn
