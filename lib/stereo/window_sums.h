// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "stereo/epipolar.h"
#include "stereo/joint_lucas_kanade.h"

namespace vd {

/// The Lucas-Kanade terms of one neighbour, made row by row: rows enter at the bottom of the window and leave
/// at its top, so a pass reads and writes nothing but a few rows in cache. About 60 instructions a pixel
/// whatever the window.
class WindowSums {
 public:
  WindowSums(const MatchImage& reference, const MatchImage& neighbour, int window_px, double noise_grey);

  /// Takes in row y of the reference with its inverse depths. Rows must come in order from 0; a y past the
  /// last row only lets the oldest row leave. largest_parallax, where given, is raised to this neighbour's.
  void push_row(int y, const float* inverse, float* largest_parallax);

  /// Terms of the row in the middle of the window, one a pixel, planar.
  struct Row {
    std::vector<float> slope, curvature, variance, count;
  };
  [[nodiscard]] const Row& terms() const { return terms_; }
  void compute_terms();

 private:
  struct Entry {  // one row of the window
    std::vector<float> residual, gradient, seen;
  };
  void project_row(int y, const float* inverse, float* largest_parallax);
  void sample_row(int y, Entry& entry);
  void add(const Entry& entry, float sign);
  void finish_terms();

  const MatchImage& reference_;
  const MatchImage& neighbour_;
  EpipolarMap map_;
  int width_;
  int radius_;
  float noise_variance_;
  std::vector<Entry> window_;  // ring of rows
  // Projection of the row that enters: the first of the four samples around it, fraction of a pixel,
  // parallax.
  std::vector<int> column_, row_;
  std::vector<float> fraction_u_, fraction_v_, step_u_, step_v_, seen_;
  std::vector<float> columns_[6];  // sums over the window's rows, zeros on both sides
  std::vector<float> sums_[6];     // over the whole window
  Row terms_;
};

}  // namespace vd
