// SPDX-License-Identifier: Apache-2.0
#include "stereo/semi_global.h"

#include <algorithm>
#include <cstdlib>

namespace vd {
namespace {

/// One path's state: the costs of the last pixel, with a guard on both sides so that the inner loop has no
/// branches.
class Path {
 public:
  explicit Path(int planes) : previous_(planes + 2, guard), current_(planes + 2, guard) {}

  void restart(const std::uint8_t* cost, std::int16_t* total) {
    const int planes = static_cast<int>(previous_.size()) - 2;
    for (int d = 0; d < planes; ++d) current_[d + 1] = cost[d];
    finish(total);
  }

  /// L(d) = C(d) + min(L'(d), L'(d-1) + P1, L'(d+1) + P1, min L' + P2) - min L'; added to total.
  void step(const std::uint8_t* cost, int small_penalty, int large_penalty, std::int16_t* total) {
    const int planes = static_cast<int>(previous_.size()) - 2;
    const std::int16_t lowest = lowest_;
    const auto jump = static_cast<std::int16_t>(lowest + large_penalty);
    const auto p1 = static_cast<std::int16_t>(small_penalty);
    const std::int16_t* before = previous_.data();
    std::int16_t* now = current_.data() + 1;
    for (int d = 0; d < planes; ++d) {
      const auto slanted = static_cast<std::int16_t>(std::min(before[d], before[d + 2]) + p1);
      const std::int16_t best = std::min(std::min(before[d + 1], slanted), jump);
      now[d] = static_cast<std::int16_t>(cost[d] + best - lowest);
    }
    finish(total);
  }

 private:
  void finish(std::int16_t* total) {
    const int planes = static_cast<int>(previous_.size()) - 2;
    std::int16_t* now = current_.data() + 1;
    std::int16_t lowest = guard;
    for (int d = 0; d < planes; ++d) {
      lowest = std::min(lowest, now[d]);
      total[d] = static_cast<std::int16_t>(total[d] + now[d]);
    }
    lowest_ = lowest;
    previous_.swap(current_);
  }

  static constexpr std::int16_t guard = 16000;  // above any cost, and small enough to add a penalty to
  std::vector<std::int16_t> previous_;
  std::vector<std::int16_t> current_;
  std::int16_t lowest_ = 0;
};

class Aggregation {
 public:
  Aggregation(const CostVolume& cost, const Map<std::int8_t>& guide, const SemiGlobalOptions& options)
      : cost_(cost), guide_(guide), options_(options), total_(cost.values.size(), 0) {}

  void run() {
    for (int y = 0; y < cost_.height; ++y) {
      along(0, y, 1, 0, cost_.width);
      along(cost_.width - 1, y, -1, 0, cost_.width);
    }
    vertical(0, 1);
    vertical(cost_.height - 1, -1);
  }

  [[nodiscard]] const std::int16_t* at(int x, int y) const {
    return total_.data() + (static_cast<std::size_t>(y) * cost_.width + x) * cost_.planes;
  }

 private:
  [[nodiscard]] int large_penalty(int x, int y, int from_x, int from_y) const {
    const int edge = std::abs(guide_(x, y) - guide_(from_x, from_y));
    return std::max(options_.large_step_penalty * 8 / (8 + edge), options_.small_step_penalty);
  }

  void visit(Path& path, int x, int y, int dx, int dy, bool first) {
    std::int16_t* total = total_.data() + (static_cast<std::size_t>(y) * cost_.width + x) * cost_.planes;
    if (first) {
      path.restart(cost_.at(x, y), total);
    } else {
      path.step(cost_.at(x, y), options_.small_step_penalty, large_penalty(x, y, x - dx, y - dy), total);
    }
  }

  void along(int x, int y, int dx, int dy, int count) {
    Path path(cost_.planes);
    for (int k = 0; k < count; ++k, x += dx, y += dy) visit(path, x, y, dx, dy, k == 0);
  }

  /// All columns side by side, so that memory is read in order.
  void vertical(int first_y, int dy) {
    std::vector<Path> paths(cost_.width, Path(cost_.planes));
    for (int k = 0, y = first_y; k < cost_.height; ++k, y += dy)
      for (int x = 0; x < cost_.width; ++x) visit(paths[x], x, y, 0, dy, k == 0);
  }

  const CostVolume& cost_;
  const Map<std::int8_t>& guide_;
  const SemiGlobalOptions options_;
  std::vector<std::int16_t> total_;
};

float vertex_of_parabola(const std::int16_t* cost, int d, int planes) {
  if (d == 0 || d == planes - 1) return static_cast<float>(d);
  const int curvature = cost[d - 1] + cost[d + 1] - 2 * cost[d];
  if (curvature <= 0) return static_cast<float>(d);
  return static_cast<float>(d) +
         0.5F * static_cast<float>(cost[d - 1] - cost[d + 1]) / static_cast<float>(curvature);
}

}  // namespace

Map<float> semi_global_planes(const CostVolume& cost, const Map<std::int8_t>& guide,
                              const SemiGlobalOptions& options) {
  Aggregation aggregation(cost, guide, options);
  aggregation.run();
  Map<float> planes(cost.width, cost.height);
  for (int y = 0; y < cost.height; ++y) {
    for (int x = 0; x < cost.width; ++x) {
      const std::int16_t* total = aggregation.at(x, y);
      const int best = static_cast<int>(std::min_element(total, total + cost.planes) - total);
      planes(x, y) = vertex_of_parabola(total, best, cost.planes);
    }
  }
  return planes;
}

}  // namespace vd
