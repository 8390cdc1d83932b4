// SPDX-License-Identifier: Apache-2.0
#include "models/mono/file_shapes.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "nn/vision_transformer.h"

namespace vd::nn {

std::int64_t FileShapes::size(const std::string& name, std::size_t axis) const {
  const TensorView* view = weights_->find(name);
  if (view == nullptr) throw Error(weights_->where, "has no " + name);
  if (view->shape.size() <= axis || view->shape[axis] < 1)
    throw Error(weights_->where, "has " + name + " of too few axes");
  return view->shape[axis];
}

int FileShapes::count(const std::string& before, const std::string& after) const {
  int k = 0;
  while (has(before + std::to_string(k) + after)) ++k;
  return k;
}

void read_transformer_shapes(const FileShapes& shapes, const std::string& prefix,
                             VisionTransformerOptions& options) {
  const std::int64_t width = shapes.size(prefix + "cls_token", 2);
  options.block.width = width;
  options.block.heads = std::max<std::int64_t>(width / 64, 1);
  options.block.swiglu = shapes.has(prefix + "blocks.0.mlp.w12.weight");
  options.block.layer_scale = shapes.has(prefix + "blocks.0.ls1.gamma");
  if (!options.block.swiglu)
    options.block.mlp_ratio =
        static_cast<double>(shapes.size(prefix + "blocks.0.mlp.fc1.weight")) / static_cast<double>(width);
  options.depth = shapes.count(prefix + "blocks.", ".norm1.weight");
  options.grid = std::lround(std::sqrt(static_cast<double>(shapes.size(prefix + "pos_embed", 1) - 1)));
  options.has_mask_token = shapes.has(prefix + "mask_token");
}

std::vector<int> last_blocks_of_quarters(std::int64_t depth) {
  std::vector<int> blocks;
  for (std::int64_t k = 1; k <= 4; ++k)
    blocks.push_back(static_cast<int>(std::max<std::int64_t>(depth * k / 4 - 1, 0)));
  return blocks;
}

}  // namespace vd::nn
