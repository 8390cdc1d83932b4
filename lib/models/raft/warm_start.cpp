// SPDX-License-Identifier: Apache-2.0
#include "models/raft/warm_start.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/parallel.h"

namespace vd::nn {
namespace {

/// Where pixels land, by the cell of the map they land in.
class Landings {
 public:
  Landings(const float* flow, std::int64_t width, std::int64_t height)
      : width_(width), height_(height), cells_(static_cast<std::size_t>(width * height)) {
    const std::int64_t area = width * height;
    for (std::int64_t pixel = 0; pixel < area; ++pixel) {
      const double x = static_cast<double>(pixel % width) + flow[pixel];
      const double y = static_cast<double>(pixel / width) + flow[area + pixel];
      if (!(x > 0 && x < static_cast<double>(width) && y > 0 && y < static_cast<double>(height))) continue;
      cell(static_cast<std::int64_t>(x), static_cast<std::int64_t>(y)).push_back({x, y, pixel});
      any_ = true;
    }
  }
  [[nodiscard]] bool any() const { return any_; }

  /// The pixel that lands nearest to (x, y). Cells are searched in rings: those `ring` cells away hold
  /// nothing nearer than ring - 1.
  [[nodiscard]] std::int64_t nearest(std::int64_t x, std::int64_t y) const {
    Best best;
    for (std::int64_t ring = 0; best.squared > static_cast<double>((ring - 1) * (ring - 1)) || ring < 2;
         ++ring) {
      for (std::int64_t j = std::max<std::int64_t>(0, y - ring); j <= std::min(height_ - 1, y + ring); ++j) {
        const bool whole_row = std::abs(j - y) == ring;
        for (std::int64_t i = x - ring; i <= x + ring;
             i += whole_row ? 1 : std::max<std::int64_t>(1, 2 * ring))
          if (i >= 0 && i < width_) look(cell(i, j), x, y, best);
      }
    }
    return best.pixel;
  }

 private:
  struct Landing {
    double x, y;
    std::int64_t pixel;
  };
  struct Best {
    double squared = std::numeric_limits<double>::infinity();
    std::int64_t pixel = 0;
  };
  std::vector<Landing>& cell(std::int64_t x, std::int64_t y) {
    return cells_[static_cast<std::size_t>(y * width_ + x)];
  }
  [[nodiscard]] const std::vector<Landing>& cell(std::int64_t x, std::int64_t y) const {
    return cells_[static_cast<std::size_t>(y * width_ + x)];
  }
  static void look(const std::vector<Landing>& landings, std::int64_t x, std::int64_t y, Best& best) {
    for (const Landing& one : landings) {
      const double dx = one.x - static_cast<double>(x);
      const double dy = one.y - static_cast<double>(y);
      const double squared = dx * dx + dy * dy;
      if (squared < best.squared || (squared == best.squared && one.pixel < best.pixel))
        best = {squared, one.pixel};
    }
  }

  std::int64_t width_, height_;
  std::vector<std::vector<Landing>> cells_;
  bool any_ = false;
};

}  // namespace

Tensor forward_interpolate(const Tensor& flow) {
  expect_shape(flow, {2, -1, -1}, "flow to carry on");
  const Tensor from = flow.to(at::kCPU, at::kFloat).contiguous();
  const std::int64_t height = flow.size(1), width = flow.size(2), area = height * width;
  const float* const in = from.data_ptr<float>();
  const Landings landings(in, width, height);
  Tensor carried = at::zeros_like(from);
  if (!landings.any()) return carried.to(flow.options());
  float* const out = carried.data_ptr<float>();
  parallel_for(static_cast<std::size_t>(height), [&](std::size_t row) {
    const auto y = static_cast<std::int64_t>(row);
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t source = landings.nearest(x, y);
      out[y * width + x] = in[source];
      out[area + y * width + x] = in[area + source];
    }
  });
  return carried.to(flow.options());
}

}  // namespace vd::nn
