// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <vector>

#include "core/span.h"
#include "geometry/vec.h"
#include "image/map.h"

namespace vd {

/// The same points in two images, with the noise of their position in the second.
struct Correspondences {
  std::vector<Vec2> first;  // pixels
  std::vector<Vec2> second;
  std::vector<double> sigma_px;

  [[nodiscard]] std::size_t size() const { return first.size(); }
};

/// Length of the way there and back, in pixels; NaN where it leaves the second image or a flow is unknown.
[[nodiscard]] double return_error_px(const FlowMap& there, const FlowMap& back, int x, int y);

/// Noise of a dense flow vector, by far best predicted by its round trip.
[[nodiscard]] inline double flow_sigma_px(double return_error) {
  return std::sqrt(0.2 * 0.2 + 2.25 * return_error * return_error);
}

/// About `count` flow vectors on a regular grid that return within most_return_px.
[[nodiscard]] Correspondences sample_flow(const FlowMap& first_to_second, const FlowMap& second_to_first,
                                          int count, double most_return_px);

}  // namespace vd
