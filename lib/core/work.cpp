// SPDX-License-Identifier: Apache-2.0
#include "core/work.h"

#include <algorithm>

namespace vd {

const std::array<WorkKindInfo, work_kind_count>& work_kinds() {
  using Kind = WorkKind;
  // Operations are those of the inner loops. Built-in rates are of one core of an AVX-512 Xeon of 2.6 GHz.
  static const std::array<WorkKindInfo, work_kind_count> kinds = {{
      {Kind::matrix_product, "matrix product", "multiply-add", 2, 0, false, 6e10},
      {Kind::convolution, "convolution", "multiply-add", 2, 0, false, 2.5e10},
      {Kind::loop, "multiply-add loop", "multiply-add", 2, 0, false, 1.9e10},
      {Kind::copy, "copy", "byte", 0, 2, false, 4e9},
      {Kind::read_image, "read image", "pixel", 0, 6, false, 2.6e7},
      {Kind::write_image, "write image", "pixel", 0, 6, false, 1.1e7},
      {Kind::read_result, "read result", "value", 0, 8, false, 2.7e7},
      {Kind::write_result, "write result", "value", 0, 8, false, 8.6e6},
      {Kind::read_intermediate, "read intermediate", "value", 0, 6, false, 1.4e8},
      {Kind::write_intermediate, "write intermediate", "value", 0, 6, false, 4.5e7},
      {Kind::file, "file", "file", 0, 4096, false, 6400},
      // Counted for each preset: stage/work_counts.h.
      {Kind::dense_flow, "dense flow (DIS)", "operation", 1, 0, true, 1.02e10},
      {Kind::farneback, "dense flow (Farneback)", "operation", 1, 0, true, 2.4e9},
      // Two ways, three levels, windows of 15 x 15: gradients 12 operations, some six steps of 13.
      {Kind::track, "point tracks", "point and step", 2 * 3 * 225 * 90.0, 0, true, 64000},
      // Some hundred rounds in all: residual and derivatives 300 operations, elimination of the point 400.
      {Kind::adjust, "camera adjustment", "observation", 7e4, 0, true, 13000},
      // Census 24 * 6, warp 26, smoothing 7, sorting 6 a neighbour.
      {Kind::sweep, "plane sweep", "pixel, plane and view", 183, 0, false, 1.14e8},
      // Four paths of 9 operations, the vertex 3.
      {Kind::semi_global, "semi-global matching", "pixel and plane", 39, 1, false, 4.08e8},
      // Warp 30, products 15, sums over the window 25, terms and weights 40.
      {Kind::refine, "joint Lucas-Kanade", "pixel and view", 110, 16, false, 2.8e7},
      // Check against four views 4 * 90; five rounds of two fields, six sweeps of 10.
      {Kind::complete, "check and completion", "pixel", 4 * 90 + 5 * 2 * 60, 40, true, 4.1e6},
      // Fit over four views 600, comparison of images 400, minimum cut 1000.
      {Kind::motion, "motion masks", "pixel", 2000, 60, true, 1.9e6},
      // Triangulation 200, two windows of refinement 600, completion 300; two-view geometry from samples.
      {Kind::pair_depth, "point maps of pairs", "pixel of a view", 1100, 60, true, 2.5e6},
      // Some twenty rounds of 150 operations.
      {Kind::align_points, "alignment of point maps", "pixel of a view", 3000, 16, true, 1.2e6},
      {Kind::render, "ray casting", "pixel", 2e4, 40, true, 130000},
      {Kind::score, "scores", "pixel", 150, 13, true, 3.8e7},
      {Kind::draw, "pictures", "pixel", 60, 12, true, 1e8},
  }};
  return kinds;
}

const WorkKindInfo& info_of(WorkKind kind) { return work_kinds()[static_cast<std::size_t>(kind)]; }

bool Work::empty() const {
  return std::all_of(amounts_.begin(), amounts_.end(), [](double amount) { return amount == 0; });
}

double Work::flop() const {
  double sum = 0;
  for (const WorkKindInfo& info : work_kinds()) sum += of(info.kind) * info.flop;
  return sum;
}

double Work::bytes() const {
  double sum = 0;
  for (const WorkKindInfo& info : work_kinds()) sum += of(info.kind) * info.bytes;
  return sum;
}

Work& Work::operator+=(const Work& other) {
  for (std::size_t k = 0; k < work_kind_count; ++k) amounts_[k] += other.amounts_[k];
  return *this;
}

Work& Work::operator*=(double factor) {
  for (double& amount : amounts_) amount *= factor;
  return *this;
}

}  // namespace vd
