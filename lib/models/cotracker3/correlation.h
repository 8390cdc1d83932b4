// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/cotracker3/config.h"
#include "nn/layers.h"

namespace vd::nn {

/// Features of T frames at levels of a half of each other: [T, C, h_l, w_l].
using FramePyramid = std::vector<Tensor>;

[[nodiscard]] FramePyramid frame_pyramid(const Tensor& features, std::int64_t levels);
/// Frames [first, first + count) of a pyramid; its last frame stands for those beyond the end.
[[nodiscard]] FramePyramid frames_of(const FramePyramid& pyramid, std::int64_t first, std::int64_t count);

/// How the neighbourhood of a point in its query frame resembles that of its place in another: all pairs of
/// (2 r + 1)^2 features here and there, embedded by an MLP.
class PointCorrelation {
 public:
  PointCorrelation(const Parameters& at, const CoTracker3Config& config);

  /// Features about the queries, a level each: [N, (2 r + 1)^2, C], by step in x, then in y.
  /// frame  [N] integers within the pyramid; place  [N, 2] in pixels of its finest level
  [[nodiscard]] std::vector<Tensor> support(const FramePyramid& pyramid, const Tensor& frame,
                                            const Tensor& place) const;
  /// Products at one level [T, N, (2 r + 1)^2 there, (2 r + 1)^2 here].
  /// place  [T, N, 2] in pixels of this level
  [[nodiscard]] Tensor volume(const Tensor& level, const Tensor& place, const Tensor& support) const;
  /// Their embeddings, all levels in a row: [T, N, levels channels]. Frames are taken a few at a time, so
  /// that memory does not grow with T and N beyond the result. places  [T, N, 2] in pixels of the finest
  /// level
  [[nodiscard]] Tensor operator()(const FramePyramid& pyramid, const Tensor& places,
                                  const std::vector<Tensor>& support) const;

 private:
  [[nodiscard]] Tensor neighbourhood(const Tensor& level, const Tensor& place) const;

  std::int64_t radius_ = 3;
  Linear fc1_, fc2_;
};

}  // namespace vd::nn
