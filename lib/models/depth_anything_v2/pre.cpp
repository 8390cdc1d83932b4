// SPDX-License-Identifier: Apache-2.0
#include "models/depth_anything_v2/pre.h"

#include "nn/resample.h"

namespace vd::nn {

SizeRule depth_anything_v2_size_rule(int input_size) { return {SizeMethod::lower_bound, input_size, 14, 14}; }

Tensor depth_anything_v2_input(MapView<const std::uint8_t, 3> rgb, int input_size) {
  const Size size = network_size(depth_anything_v2_size_rule(input_size), {rgb.width(), rgb.height()});
  return network_input(rgb, size, imagenet_normalisation());
}

Map<float> depth_anything_v2_output(const Tensor& prediction, Size image) {
  return to_map(bilinear(prediction.unsqueeze(1), image.height, image.width, Corners::aligned).squeeze(1));
}

}  // namespace vd::nn
