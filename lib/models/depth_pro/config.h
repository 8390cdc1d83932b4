// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "nn/vision_transformer.h"
#include "weights/weight_file.h"

namespace vd::nn {

/// Sizes of a Depth Pro network; the defaults are those of the published one.
struct DepthProConfig {
  VisionTransformerOptions transformer;  // of all three; its native image is the crop
  std::vector<int> hooks = {5, 11};      // blocks whose tokens show detail
  std::vector<std::int64_t> channels = {256, 512, 1024, 1024};
  std::int64_t features = 256;
  std::int64_t last = 32;

  DepthProConfig();
  /// Side of a crop: 384.
  [[nodiscard]] std::int64_t crop_px() const { return transformer.grid * transformer.patch; }
  /// Side of the network's image: 1536.
  [[nodiscard]] std::int64_t image_px() const { return 4 * crop_px(); }
};

/// The sizes that the shapes in a weight file tell; heads of 64 channels. Detail is read from blocks 5 and 11
/// of 24, else from the last of the first two quarters. Throws Error naming the file when a tensor is
/// missing.
[[nodiscard]] DepthProConfig depth_pro_config_of(const WeightFile& weights);

}  // namespace vd::nn
