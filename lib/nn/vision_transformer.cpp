// SPDX-License-Identifier: Apache-2.0
#include "nn/vision_transformer.h"

#include "core/error.h"
#include "nn/resample.h"

namespace vd::nn {

VisionTransformer::VisionTransformer(const Parameters& at, const VisionTransformerOptions& o)
    : options_(o),
      patches_(at / "patch_embed" / "proj", o.channels, o.block.width, o.patch, {o.patch, 0, 1, true}),
      class_token_(at.take("cls_token", {1, 1, o.block.width}, Init::small_normal)),
      positions_(at.take("pos_embed", {1, 1 + o.grid * o.grid, o.block.width}, Init::small_normal)),
      norm_(at / "norm", o.block.width, o.block.epsilon) {
  if (o.has_mask_token) at.skip("mask_token", {1, o.block.width});
  blocks_.reserve(o.depth);
  for (std::int64_t k = 0; k < o.depth; ++k) blocks_.emplace_back(at / "blocks" / k, o.block);
}

Tensor VisionTransformer::positions(std::int64_t rows, std::int64_t columns) const {
  const std::int64_t grid = options_.grid;
  const bool native = rows == columns && rows * columns == grid * grid;
  if (native) return positions_;
  if (options_.positions == PositionResampling::none)
    throw Error("vision transformer",
                "takes only its native image of " + std::to_string(grid * options_.patch) + " pixels");
  const Tensor learned = tokens_to_map(positions_.narrow(1, 1, grid * grid), grid, grid);
  Tensor resampled;
  if (options_.positions == PositionResampling::bilinear) {
    resampled = bilinear(learned, rows, columns, Corners::half_pixel);
  } else {
    const double side = static_cast<double>(grid);
    resampled =
        at::upsample_bicubic2d(learned, Shape{rows, columns}, false, (static_cast<double>(rows) + 0.1) / side,
                               (static_cast<double>(columns) + 0.1) / side);
  }
  return at::cat({positions_.narrow(1, 0, 1), resampled.flatten(2).transpose(1, 2)}, 1);
}

Tensor VisionTransformer::embed(const Tensor& image) const {
  if (image.size(2) % options_.patch != 0 || image.size(3) % options_.patch != 0)
    throw Error("vision transformer", "image of " + to_text(image.sizes()) +
                                          " is not a multiple of its patches of " +
                                          std::to_string(options_.patch));
  const Tensor map = patches_(image);
  const Tensor patches = map.flatten(2).transpose(1, 2);
  return at::cat({class_token_.expand({image.size(0), 1, -1}), patches}, 1) +
         positions(map.size(2), map.size(3));
}

std::vector<BlockTokens> VisionTransformer::blocks(Tensor tokens, const std::vector<int>& listed,
                                                   bool normalised) const {
  std::vector<BlockTokens> results;
  for (int k = 0; k < static_cast<int>(blocks_.size()) && results.size() < listed.size(); ++k) {
    tokens = blocks_[k](tokens);
    while (results.size() < listed.size() && listed[results.size()] == k) {
      const Tensor kept = normalised ? norm_(tokens) : tokens;
      results.push_back({kept.narrow(1, 1, kept.size(1) - 1), kept.narrow(1, 0, 1)});
    }
  }
  if (results.size() < listed.size())
    throw Error("vision transformer", "has fewer blocks than were asked for");
  return results;
}

Tensor tokens_to_map(const Tensor& tokens, std::int64_t rows, std::int64_t columns) {
  return tokens.transpose(1, 2).reshape({tokens.size(0), tokens.size(2), rows, columns});
}

}  // namespace vd::nn
