// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "image/map.h"

namespace vd {

/// Sums over the pixels of a flow whose true flow is known; add those of further images to pool their pixels,
/// as Sintel's and KITTI's printed numbers do. Means are NaN over no pixel.
struct FlowErrorSums {
  std::size_t pixels = 0;
  double error_px = 0;                     // sum of end-point errors |F - F_true|
  std::array<std::size_t, 3> below{};      // error < 1, 3, 5 px
  std::size_t outliers = 0;                // error > 3 px and > 5 % of the true length
  std::array<std::size_t, 3> by_length{};  // pixels of true length < 10, 10 to 40, > 40 px
  std::array<double, 3> error_by_length_px{};

  FlowErrorSums& operator+=(const FlowErrorSums& other);

  /// Mean end-point error (EPE).
  [[nodiscard]] double end_point_error_px() const;
  /// Fractions with an error below 1, 3 and 5 px (k = 0, 1, 2).
  [[nodiscard]] double fraction_below(std::size_t k) const;
  /// KITTI's Fl, in percent.
  [[nodiscard]] double outlier_percent() const;
  /// EPE of Sintel's classes s0-10, s10-40 and s40+ (k = 0, 1, 2).
  [[nodiscard]] double end_point_error_of_length_px(std::size_t k) const;
};

/// Compares flows of equal size over pixels where the truth is known and, where it is given, valid is not 0.
/// A predicted flow that is unknown there counts as zero flow. Throws Error when the sizes differ.
[[nodiscard]] FlowErrorSums compare_flows(MapView<const float, 2> prediction, MapView<const float, 2> truth,
                                          MapView<const std::uint8_t> valid = {});

}  // namespace vd
