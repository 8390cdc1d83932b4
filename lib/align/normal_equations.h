// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "align/depth_step.h"

namespace vd {

// One Gauss-Newton step of the objective, depths eliminated. Unknowns are increments on the left, in the
// world frame, so that the derivatives need world points only; 7 for an image and 7 for an edge:
//
//   image n   R <- exp(w) R,  t <- exp(w) t + v,  f <- f e^phi            dX = w x X + v + phi j_f
//   edge e    R <- exp(w) R,  T <- e^sigma exp(w) T + v,  s <- e^sigma s   dy = w x y + v + sigma y
//
// with j_f = -D R (kappa_x, kappa_y, 0). A pixel's depth enters one row and column; eliminating it subtracts
// a rank-one term g g^T / h, and these rows, stacked and multiplied with themselves, are where the time goes.

using Vec7 = Eigen::Matrix<double, 7, 1>;
using Mat7 = Eigen::Matrix<double, 7, 7>;

/// Symmetric system in blocks of 7: block n is image n, block N + e is edge e.
class BlockSystem {
 public:
  BlockSystem(std::size_t images, const std::vector<std::pair<int, int>>& edges);

  [[nodiscard]] std::size_t images() const { return images_; }
  [[nodiscard]] std::size_t blocks() const { return gradient_.size(); }
  [[nodiscard]] const std::vector<Vec7>& gradient() const { return gradient_; }
  /// Calls visit(row block, column block, 7x7 block) for every stored block with row >= column.
  template <typename Visit>
  void for_each_block(const Visit& visit) const {
    for (std::size_t k = 0; k < places_.size(); ++k) visit(places_[k].first, places_[k].second, values_[k]);
  }

  void set_zero();
  /// Adds a symmetric matrix (lower triangle) and gradient over the given blocks.
  void add(const std::vector<std::size_t>& blocks, const Eigen::MatrixXd& lower,
           const Eigen::VectorXd& gradient);

 private:
  Mat7& block(std::size_t row, std::size_t column);

  std::size_t images_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;
  std::vector<Mat7> values_;
  std::vector<Vec7> gradient_;
  std::unordered_map<std::uint64_t, std::size_t> index_;
};

/// H and b of the quadratic that touches the objective from above at the present scene: the step solves H z =
/// -b.
void build_normal_equations(const std::vector<ImageObservations>& images, const Alignment& scene,
                            const GridDepths& depths, const NormOptions& norm, BlockSystem& system);

}  // namespace vd
