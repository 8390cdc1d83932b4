// SPDX-License-Identifier: Apache-2.0
#include "stereo/joint_lucas_kanade.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"
#include "stereo/window_sums.h"

namespace vd {
namespace {

struct Limits {
  float lowest, highest;  // inverse depth
  float max_step;
};

/// Weighted sum of the neighbours' terms at every pixel of a row, and the step.
class RowSolver {
 public:
  explicit RowSolver(int width)
      : least_variance_(width), slope_(width), curvature_(width), information_(width) {}

  void solve(const std::vector<WindowSums>& neighbours, const float* before, const Limits& limits,
             float* after, float* strength) {
    const std::size_t width = slope_.size();
    least_variance_.assign(width, 1e6F);
    for (auto* sum : {&slope_, &curvature_, &information_}) sum->assign(width, 0.0F);
    for (const WindowSums& neighbour : neighbours)
      for (std::size_t x = 0; x < width; ++x)
        least_variance_[x] = std::min(least_variance_[x], neighbour.terms().variance[x]);
    for (const WindowSums& neighbour : neighbours) accumulate(neighbour.terms());
    for (std::size_t x = 0; x < width; ++x) {
      const float step = slope_[x] / (curvature_[x] + weak_prior);
      const float moved = before[x] * (1.0F + std::min(std::max(step, -limits.max_step), limits.max_step));
      after[x] = std::min(std::max(moved, limits.lowest), limits.highest);
      // A fifth: blur and interpolation make neighbouring residuals alike.
      strength[x] = std::sqrt(0.2F * information_[x]);
    }
  }

 private:
  void accumulate(const WindowSums::Row& terms) {
    const float* __restrict least = least_variance_.data();
    const float* __restrict variance = terms.variance.data();
    const float* __restrict slope = terms.slope.data();
    const float* __restrict curvature = terms.curvature.data();
    const float* __restrict count = terms.count.data();
    float* __restrict slopes = slope_.data();
    float* __restrict curvatures = curvature_.data();
    float* __restrict information = information_.data();
    const std::size_t width = slope_.size();
    for (std::size_t x = 0; x < width; ++x) {
      const float inverse_variance = 1.0F / variance[x];
      const float ratio = least[x] * inverse_variance;
      const float weight = variance[x] < 1e6F ? ratio * ratio * inverse_variance : 0.0F;
      slopes[x] += weight * slope[x];
      curvatures[x] += weight * curvature[x];
      information[x] += weight * curvature[x] * count[x];
    }
  }

  static constexpr float weak_prior = 0.1F;  // keeps the step finite where there is no texture
  std::vector<float> least_variance_, slope_, curvature_, information_;
};

void pass(const MatchImage& reference, Span<const MatchImage* const> neighbours, int window_px,
          double noise_grey, const Limits& limits, RawDepth& depth, bool last) {
  const int width = depth.inverse.width();
  const int height = depth.inverse.height();
  const int radius = window_px / 2;
  std::vector<WindowSums> sums;
  for (const MatchImage* neighbour : neighbours)
    sums.emplace_back(reference, *neighbour, window_px, noise_grey);
  RowSolver solver(width);
  Map<float> refined(width, height);
  for (int entering = 0; entering < height + radius; ++entering) {
    const bool inside = entering < height;
    for (WindowSums& neighbour : sums)
      neighbour.push_row(entering, inside ? depth.inverse.row(entering) : nullptr,
                         inside && last ? depth.parallax.row(entering) : nullptr);
    const int y = entering - radius;
    if (y < 0) continue;
    for (WindowSums& neighbour : sums) neighbour.compute_terms();
    solver.solve(sums, depth.inverse.row(y), limits, refined.row(y), depth.strength.row(y));
  }
  cv::medianBlur(as_mat(refined), as_mat(depth.inverse), 3);
}

/// Every second pixel of every second row. The neighbours keep their size, so nothing is lost but the number
/// of residuals.
MatchImage every_second(const MatchImage& full) {
  MatchImage half;
  const int width = (full.samples.width() + 1) / 2;
  const int height = (full.samples.height() + 1) / 2;
  const Intrinsics& k = full.camera.intrinsics;
  half.camera = {Intrinsics{k.fx / 2, k.fy / 2, k.cx / 2, k.cy / 2, width, height},
                 full.camera.world_from_camera};
  half.samples = Map<float, 4>(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      std::copy_n(full.samples.row(2 * y) + 8 * static_cast<std::ptrdiff_t>(x), 4,
                  half.samples.row(y) + 4 * static_cast<std::ptrdiff_t>(x));
  return half;
}

/// The mean of the nearest values of a map of every second pixel.
void enlarge(const Map<float>& half, Map<float>& full) {
  for (int y = 0; y < full.height(); ++y) {
    const float* above = half.row(y / 2);
    const float* below = half.row(std::min((y + 1) / 2, half.height() - 1));
    float* out = full.row(y);
    for (int x = 0; x < full.width(); ++x) {
      const int left = x / 2;
      const int right = std::min((x + 1) / 2, half.width() - 1);
      out[x] = 0.25F * (above[left] + above[right] + below[left] + below[right]);
    }
  }
}

/// A pass over a quarter of the pixels: before the last pass depth is as smooth as that.
void coarse_pass(const MatchImage& reference, Span<const MatchImage* const> neighbours, int window_px,
                 double noise_grey, const Limits& limits, RawDepth& depth) {
  const MatchImage half = every_second(reference);
  const int width = half.samples.width();
  const int height = half.samples.height();
  RawDepth coarse{Map<float>(width, height), Map<float>(width, height), Map<float>(width, height)};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) coarse.inverse(x, y) = depth.inverse(2 * x, 2 * y);
  pass(half, neighbours, window_px / 4 * 2 + 1, noise_grey, limits, coarse, false);
  enlarge(coarse.inverse, depth.inverse);
}

}  // namespace

std::vector<LucasKanadeTerm> lucas_kanade_terms(const MatchImage& reference, const MatchImage& neighbour,
                                                const Map<float>& inverse, int window_px, double noise_grey) {
  const int width = inverse.width();
  const int height = inverse.height();
  std::vector<LucasKanadeTerm> terms;
  WindowSums sums(reference, neighbour, window_px, noise_grey);
  for (int entering = 0; entering < height + window_px / 2; ++entering) {
    sums.push_row(entering, entering < height ? inverse.row(entering) : nullptr, nullptr);
    if (entering < window_px / 2) continue;
    sums.compute_terms();
    const WindowSums::Row& row = sums.terms();
    for (int x = 0; x < width; ++x)
      terms.push_back({row.slope[x], row.curvature[x], row.variance[x], row.count[x]});
  }
  return terms;
}

RawDepth joint_lucas_kanade(const MatchImage& reference, Span<const MatchImage* const> neighbours,
                            Map<float> seed, const DepthRange& range, const LucasKanadeOptions& options) {
  const int width = seed.width();
  const int height = seed.height();
  RawDepth depth{std::move(seed), Map<float>(width, height), Map<float>(width, height)};
  const Limits limits{static_cast<float>(0.8 / range.far), static_cast<float>(3.0 / range.near),
                      static_cast<float>(options.max_step)};
  const double noise_grey =
      std::min(std::max(reference.noise_grey, options.least_noise_grey), options.noise_grey);
  const std::size_t passes = options.windows_px.size();
  for (std::size_t k = 0; k < passes; ++k) {
    const int window_px = options.windows_px[k];
    if (k + 1 < passes)
      coarse_pass(reference, neighbours, window_px, noise_grey, limits, depth);
    else
      pass(reference, neighbours, window_px, noise_grey, limits, depth, true);
  }
  return depth;
}

}  // namespace vd
