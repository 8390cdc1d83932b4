// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "align/normal_equations.h"

namespace vd {

/// Which of the 7 (N + E) unknowns are free, and which move together.
///
/// Known poses and focal lengths have no columns. The free rigid motion of the world is taken away by holding
/// one camera, the free scale by a constraint, sum of sigma = 0: also where known poses have a scale of their
/// own, because residuals shrink with the pairs and would pull them below it. Shared focal lengths are one
/// column.
class Unknowns {
 public:
  Unknowns(const AlignProblem& problem, const AlignOptions& options);

  [[nodiscard]] int count() const { return count_; }
  /// Column of unknown c (0..6) of block b, or -1 where it is held.
  [[nodiscard]] int column(std::size_t block, int c) const {
    return columns_[7 * block + static_cast<std::size_t>(c)];
  }
  /// The camera whose pose is held: the scene is rescaled about its centre.
  [[nodiscard]] int held_camera() const { return held_camera_; }

 private:
  std::vector<int> columns_;
  int count_ = 0;
  int held_camera_ = 0;
};

/// Solves (H + damping diag H) z = -b under the scale constraint; the result has an entry for all unknowns, 0
/// where held. Logarithmic increments are at most 0.3. Nothing when the matrix is not positive definite.
[[nodiscard]] std::optional<std::vector<Vec7>> solve_step(const BlockSystem& system, const Unknowns& unknowns,
                                                          double damping);

/// The scene after a step; depths are not touched.
void apply_step(const std::vector<Vec7>& step, Alignment& scene);

/// Geometric mean of the pairs' scales.
[[nodiscard]] double mean_pair_scale(const Alignment& scene);

/// Brings it back to a value by scaling the scene about a camera; returns the factor, by which depths must be
/// multiplied. Known poses other than the held one are the caller's to keep.
double renormalise_scale(double mean_scale, int held_camera, Alignment& scene);

}  // namespace vd
