// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "stereo/flow_observations.h"

namespace vd {

/// Fits one inverse depth >= 0 a pixel to the trusted flow vectors of all neighbours, for the pixels of a row
/// side by side: loops run over pixels without branches, so that the compiler makes vectors of them. About 40
/// operations a pixel and pair of neighbours.
class InverseDepthFit {
 public:
  /// Squared residual, in units of the noise, above which a vector costs no more: one gross error must not
  /// outvote three vectors.
  static constexpr float worst_cost = 36.0F;

  /// count    pixels of a row, first_x + k * step
  /// largest  inverse depth that is not exceeded
  InverseDepthFit(std::vector<InverseDepthWarp> warps, std::size_t count, int first_x, int step,
                  double largest);

  /// rows[k]: the observations of neighbour k in row y.
  void fit(int y, const std::vector<RowObservations>& rows);

  [[nodiscard]] const std::vector<float>& inverse_depth() const { return best_; }
  /// Sum over the vectors of min(residual^2 / sigma^2, worst_cost).
  [[nodiscard]] const std::vector<float>& cost() const { return least_; }

 private:
  struct Line;
  [[nodiscard]] Line line(std::size_t neighbour, int y) const;
  void evaluate(int y, const std::vector<RowObservations>& rows);
  void keep_better();
  void refine(int y, const std::vector<RowObservations>& rows);

  std::vector<InverseDepthWarp> warps_;
  float first_x_, step_, largest_;
  std::vector<float> best_, least_, candidate_, cost_, gradient_, curvature_;
};

}  // namespace vd
