// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "weights/weight_file.h"

namespace vd::nn {

/// Sizes of a network as the shapes in its weight file tell them. Loading compares every shape afterwards, so
/// that a guess which does not hold is an error there.
class FileShapes {
 public:
  explicit FileShapes(const WeightFile& weights) : weights_(&weights) {}
  [[nodiscard]] bool has(const std::string& name) const { return weights_->find(name) != nullptr; }
  /// Throws Error naming the file when it has no such tensor or the tensor no such axis.
  [[nodiscard]] std::int64_t size(const std::string& name, std::size_t axis = 0) const;
  /// How many k from 0 there are with a tensor `before` k `after`.
  [[nodiscard]] int count(const std::string& before, const std::string& after) const;

 private:
  const WeightFile* weights_;
};

struct VisionTransformerOptions;

/// Width, depth, patch and the grid of positions of the vision transformer at `prefix`, into options. Heads
/// of 64 channels are assumed, as in every published one.
void read_transformer_shapes(const FileShapes& shapes, const std::string& prefix,
                             VisionTransformerOptions& options);

/// Last blocks of the quarters of a transformer: where heads read it that have no published choice.
[[nodiscard]] std::vector<int> last_blocks_of_quarters(std::int64_t depth);

}  // namespace vd::nn
