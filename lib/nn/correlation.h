// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "nn/tensor.h"

namespace vd::nn {

struct CorrelationOptions {
  std::int64_t levels = 4;
  std::int64_t radius = 4;
  /// Largest table of all pairs of places that is kept, of a whole batch; above it, values are computed from
  /// the features whenever they are looked up.
  std::int64_t most_table_bytes = std::int64_t{512} << 20;
};

/// How alike each place of one feature map is to places of another (Teed and Deng 2020): f1(y, x) f2(y', x')
/// / sqrt(D), where f2 is also halved a few times by means of 2x2.
///
/// All pairs are multiplied once and kept while they fit. A table grows with the fourth power of the side of
/// the image (1.4 GB at 1280x720), so beyond that products are formed where they are asked for; memory is
/// then that of the features and of a tile.
class Correlation {
 public:
  /// first, second [B, D, h, w] of one size, of at least 2^(levels - 1) rows and columns; throws Error for
  /// smaller ones.
  Correlation(const Tensor& first, const Tensor& second, const CorrelationOptions& options);

  /// Likeness around places of the second map.
  ///
  /// places   [B, 2, h, w]: x and y in its pixels, for each place of the first map
  /// returns  [B, levels (2 r + 1)^2, h, w]: level by level, within a level by step in x, then in y, as all
  ///          public weights expect; bilinear between pixels, zero beyond the border
  [[nodiscard]] Tensor operator()(const Tensor& places) const;

  [[nodiscard]] bool keeps_table() const { return !tables_.empty(); }
  /// [B h w, 1, h / 2^level, w / 2^level], where the table is kept.
  [[nodiscard]] const Tensor& table(std::size_t level) const { return tables_.at(level); }

 private:
  [[nodiscard]] Tensor look_up_on_cpu(const Tensor& places) const;
  [[nodiscard]] Tensor look_up_by_rows(const Tensor& places) const;

  CorrelationOptions options_;
  Shape size_;                   // B, D, h, w
  std::vector<Tensor> tables_;   // empty when values are formed on demand
  Tensor first_;                 // [B, h w, D], scaled by 1 / sqrt(D)
  std::vector<Tensor> seconds_;  // a level each: [B, h_l w_l, D]
  std::vector<Shape> sizes_;     // h_l, w_l
};

/// The pixel grid of a map like x [B, C, h, w]: [B, 2, h, w], x first.
[[nodiscard]] Tensor pixel_grid(const Tensor& x);

}  // namespace vd::nn
