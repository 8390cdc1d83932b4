// SPDX-License-Identifier: Apache-2.0
#include "align/observations.h"

#include <algorithm>

#include "core/parallel.h"

namespace vd {
namespace {

/// Number of grid pixels of all first, or all second, images: the objective's A_i and A_j.
double total_area(const AlignProblem& problem, bool second, int stride) {
  double area = 0;
  for (const auto& [i, j] : problem.edges) {
    area += static_cast<double>(empty_grid(problem.images[second ? j : i], stride).pixels());
  }
  return area;
}

void fill_side(SideObservations& side, const ImageObservations& grid, const PairMaps& maps, double area,
               ConfidenceWeight transform) {
  const PointMap& points = side.is_second ? maps.second_points : maps.first_points;
  const ConfidenceMap& confidence = side.is_second ? maps.second_confidence : maps.first_confidence;
  side.points.assign(3 * grid.pixels(), 0.0F);
  side.weights.assign(grid.pixels(), 0.0F);
  std::size_t k = 0;
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column, ++k) {
      const int x = grid.column_px(column);
      const int y = grid.row_px(row);
      const float* point = points.pixel(x, y);
      if (!is_point(point)) continue;
      side.weights[k] = static_cast<float>(confidence_weight(confidence(x, y), transform) / area);
      std::copy_n(point, 3, side.points.begin() + static_cast<std::ptrdiff_t>(3 * k));
    }
  }
}

}  // namespace

ImageObservations empty_grid(const ImageSize& size, int stride) {
  ImageObservations grid;
  grid.stride = stride;
  grid.columns = std::max(0, (size.width - stride / 2 + stride - 1) / stride);
  grid.rows = std::max(0, (size.height - stride / 2 + stride - 1) / stride);
  return grid;
}

std::vector<ImageObservations> gather_observations(const AlignProblem& problem, int stride,
                                                   ConfidenceWeight weight) {
  std::vector<ImageObservations> images;
  for (const ImageSize& size : problem.images) images.push_back(empty_grid(size, stride));
  // Places first, so that edges can be filled in parallel.
  std::vector<std::size_t> first_place, second_place;
  for (std::size_t e = 0; e < problem.edges.size(); ++e) {
    const auto& [i, j] = problem.edges[e];
    first_place.push_back(images[i].sides.size());
    images[i].sides.push_back({e, false, {}, {}});
    second_place.push_back(images[j].sides.size());
    images[j].sides.push_back({e, true, {}, {}});
  }
  const double first_area = total_area(problem, false, stride);
  const double second_area = total_area(problem, true, stride);
  parallel_for(problem.edges.size(), [&](std::size_t e) {
    const auto maps = load_checked(problem, e);
    const auto& [i, j] = problem.edges[e];
    fill_side(images[i].sides[first_place[e]], images[i], *maps, first_area, weight);
    fill_side(images[j].sides[second_place[e]], images[j], *maps, second_area, weight);
  });
  return images;
}

ImageObservations gather_observations_of(const AlignProblem& problem, int image, int stride,
                                         ConfidenceWeight weight) {
  ImageObservations grid = empty_grid(problem.images[image], stride);
  const double first_area = total_area(problem, false, stride);
  const double second_area = total_area(problem, true, stride);
  for (std::size_t e = 0; e < problem.edges.size(); ++e) {
    const auto& [i, j] = problem.edges[e];
    if (i != image && j != image) continue;
    const auto maps = load_checked(problem, e);
    SideObservations side{e, i != image, {}, {}};
    fill_side(side, grid, *maps, side.is_second ? second_area : first_area, weight);
    grid.sides.push_back(std::move(side));
  }
  return grid;
}

std::vector<double> sample_grid(const DepthMap& map, const ImageObservations& grid) {
  std::vector<double> samples;
  samples.reserve(grid.pixels());
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      samples.push_back(map(grid.column_px(column), grid.row_px(row)));
    }
  }
  return samples;
}

}  // namespace vd
