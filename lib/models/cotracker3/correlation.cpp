// SPDX-License-Identifier: Apache-2.0
#include "models/cotracker3/correlation.h"

#include <algorithm>

#include "core/error.h"

namespace vd::nn {
namespace {

// Of a point in a frame: 49 features of 128 channels and a volume of 2401 products, so 70 MB at once.
constexpr std::int64_t kPointsAtOnce = 2048;

/// -1 at the first, 1 at the last of `size` samples.
Tensor relative_to_size(const Tensor& place, std::int64_t size) {
  return place * (2.0 / static_cast<double>(std::max<std::int64_t>(size - 1, 1))) - 1.0;
}

}  // namespace

FramePyramid frame_pyramid(const Tensor& features, std::int64_t levels) {
  FramePyramid pyramid = {features};
  for (std::int64_t level = 1; level < levels; ++level) {
    if (pyramid.back().size(2) < 2 || pyramid.back().size(3) < 2)
      throw Error("features to track points in",
                  to_text(features.sizes()) + " are too small for " + std::to_string(levels) + " levels");
    pyramid.push_back(at::avg_pool2d(pyramid.back(), Shape{2, 2}));
  }
  return pyramid;
}

FramePyramid frames_of(const FramePyramid& pyramid, std::int64_t first, std::int64_t count) {
  FramePyramid part;
  for (const Tensor& level : pyramid) {
    const std::int64_t there = std::min(count, level.size(0) - first);
    const Tensor frames = level.narrow(0, first, there);
    if (there == count) {
      part.push_back(frames);
      continue;
    }
    const Tensor last = level.narrow(0, level.size(0) - 1, 1);
    part.push_back(at::cat({frames, last.expand({count - there, -1, -1, -1})}, 0));
  }
  return part;
}

PointCorrelation::PointCorrelation(const Parameters& at, const CoTracker3Config& config)
    : radius_(config.radius) {
  const std::int64_t side = 2 * radius_ + 1;
  fc1_ = Linear(at / "fc1", side * side * side * side, config.correlation_hidden);
  fc2_ = Linear(at / "fc2", config.correlation_hidden, config.correlation_channels);
}

/// Features [T, C, N, (2 r + 1)^2] of maps [T, C, h, w] about places [T, N, 2], border pixels repeated beyond
/// the border.
Tensor PointCorrelation::neighbourhood(const Tensor& level, const Tensor& place) const {
  const std::int64_t side = 2 * radius_ + 1;
  const Tensor steps = at::arange(-radius_, radius_ + 1, place.options());
  const Tensor dx = steps.reshape({side, 1}).expand({side, side}).reshape({-1});
  const Tensor dy = steps.reshape({1, side}).expand({side, side}).reshape({-1});
  const Tensor x = relative_to_size(place.select(2, 0).unsqueeze(-1) + dx, level.size(3));
  const Tensor y = relative_to_size(place.select(2, 1).unsqueeze(-1) + dy, level.size(2));
  return at::grid_sampler(level, at::stack({x, y}, -1), 0, 1, true);
}

std::vector<Tensor> PointCorrelation::support(const FramePyramid& pyramid, const Tensor& frame,
                                              const Tensor& place) const {
  const Tensor frames = frame.to(at::kCPU, at::kLong).contiguous();
  std::vector<Tensor> levels;
  for (std::size_t level = 0; level < pyramid.size(); ++level) {
    const Tensor there = place / static_cast<double>(std::int64_t{1} << level);
    std::vector<Tensor> points;
    for (std::int64_t k = 0; k < frames.size(0); ++k) {
      const std::int64_t query_frame = frames.data_ptr<std::int64_t>()[k];
      const Tensor map = pyramid[level].narrow(0, query_frame, 1);
      points.push_back(neighbourhood(map, there.narrow(0, k, 1).unsqueeze(0)).reshape({map.size(1), -1}));
    }
    levels.push_back(at::stack(points).transpose(1, 2).contiguous());
  }
  return levels;
}

Tensor PointCorrelation::volume(const Tensor& level, const Tensor& place, const Tensor& support) const {
  const std::int64_t frames = place.size(0), points = place.size(1), area = support.size(1);
  const Tensor found = neighbourhood(level, place).permute({2, 0, 3, 1}).reshape({points, frames * area, -1});
  return at::bmm(found, support.transpose(1, 2)).reshape({points, frames, area, area}).transpose(0, 1);
}

Tensor PointCorrelation::operator()(const FramePyramid& pyramid, const Tensor& places,
                                    const std::vector<Tensor>& support) const {
  const std::int64_t frames = places.size(0), points = places.size(1);
  const std::int64_t step = std::max<std::int64_t>(1, kPointsAtOnce / std::max<std::int64_t>(points, 1));
  std::vector<Tensor> parts;
  for (std::int64_t first = 0; first < frames; first += step) {
    const std::int64_t count = std::min(step, frames - first);
    std::vector<Tensor> levels;
    for (std::size_t level = 0; level < pyramid.size(); ++level) {
      const Tensor there = places.narrow(0, first, count) / static_cast<double>(std::int64_t{1} << level);
      const Tensor products = volume(pyramid[level].narrow(0, first, count), there, support[level]);
      levels.push_back(fc2_(at::gelu(fc1_(products.reshape({count, points, -1})))));
    }
    parts.push_back(at::cat(levels, -1));
  }
  return at::cat(parts, 0);
}

}  // namespace vd::nn
