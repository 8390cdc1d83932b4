// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "align/align.h"

namespace vd {

/// What one edge says about one image: where its points lie, and how much they count.
struct SideObservations {
  std::size_t edge = 0;
  bool is_second = false;      // the image is the edge's second one
  std::vector<float> points;   // three a pixel, in the frame of the edge
  std::vector<float> weights;  // one a pixel, divided by the area of the objective; 0 where not observed
};

/// All that is said about one image, on a grid of every stride-th pixel in both directions. Pixels keep their
/// coordinates in the whole image, so that coarse grids need no intrinsics of their own.
struct ImageObservations {
  int stride = 1;
  int columns = 0;
  int rows = 0;
  std::vector<SideObservations> sides;

  [[nodiscard]] std::size_t pixels() const { return static_cast<std::size_t>(columns) * rows; }
  [[nodiscard]] int column_px(int column) const { return stride / 2 + column * stride; }
  [[nodiscard]] int row_px(int row) const { return stride / 2 + row * stride; }
};

/// Grid of an image; no observations yet.
[[nodiscard]] ImageObservations empty_grid(const ImageSize& size, int stride);

/// Observations of all images, 16 bytes a pixel and edge side. Each edge is loaded once.
[[nodiscard]] std::vector<ImageObservations> gather_observations(const AlignProblem& problem, int stride,
                                                                 ConfidenceWeight weight);

/// Observations of one image; its edges are loaded. For passes that must not hold all images at once.
[[nodiscard]] ImageObservations gather_observations_of(const AlignProblem& problem, int image, int stride,
                                                       ConfidenceWeight weight);

/// A map on the grid.
[[nodiscard]] std::vector<double> sample_grid(const DepthMap& map, const ImageObservations& grid);

}  // namespace vd
