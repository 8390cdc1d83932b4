// SPDX-License-Identifier: Apache-2.0
#include "models/depth_pro/config.h"

namespace vd::nn {

DepthProConfig::DepthProConfig() {
  transformer.block = {1024, 16, 4, 1e-6, true, false};
  transformer.depth = 24;
  transformer.patch = 16;
  transformer.grid = 24;
  transformer.positions = PositionResampling::none;
  transformer.has_mask_token = false;
}

}  // namespace vd::nn
