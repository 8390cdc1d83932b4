// SPDX-License-Identifier: Apache-2.0
#include "flow/corners.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"

namespace vd {
namespace {

/// Points by buckets of the spacing's size, so that only nine buckets can hold one that is too close.
class SpacingGrid {
 public:
  SpacingGrid(int width, int height, double spacing_px)
      : spacing_px_(spacing_px),
        columns_(static_cast<int>(width / spacing_px) + 1),
        rows_(static_cast<int>(height / spacing_px) + 1),
        buckets_(static_cast<std::size_t>(columns_) * rows_) {}

  void add(const Vec2& p) { bucket(column(p), row(p)).push_back(p); }

  [[nodiscard]] bool is_free(const Vec2& p) {
    for (int r = std::max(0, row(p) - 1); r <= std::min(rows_ - 1, row(p) + 1); ++r) {
      for (int c = std::max(0, column(p) - 1); c <= std::min(columns_ - 1, column(p) + 1); ++c) {
        for (const Vec2& q : bucket(c, r))
          if ((p - q).squaredNorm() < spacing_px_ * spacing_px_) return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] int column(const Vec2& p) const {
    return std::clamp(static_cast<int>(p.x() / spacing_px_), 0, columns_ - 1);
  }
  [[nodiscard]] int row(const Vec2& p) const {
    return std::clamp(static_cast<int>(p.y() / spacing_px_), 0, rows_ - 1);
  }
  std::vector<Vec2>& bucket(int c, int r) { return buckets_[static_cast<std::size_t>(r) * columns_ + c]; }

  double spacing_px_;
  int columns_;
  int rows_;
  std::vector<std::vector<Vec2>> buckets_;
};

}  // namespace

std::vector<Corner> find_corners(const GreyImage& image, const CornerOptions& options) {
  cv::Mat strength;
  cv::cornerMinEigenVal(as_mat(image), strength, 3, 3);
  cv::Mat highest_nearby;
  cv::dilate(strength, highest_nearby, cv::Mat());
  std::vector<Corner> corners;
  for (int y = options.border_px; y < image.height() - options.border_px; ++y) {
    const auto* value = strength.ptr<float>(y);
    const auto* highest = highest_nearby.ptr<float>(y);
    for (int x = options.border_px; x < image.width() - options.border_px; ++x) {
      if (value[x] >= highest[x] && value[x] > options.floor) corners.push_back({Vec2(x, y), value[x]});
    }
  }
  std::stable_sort(corners.begin(), corners.end(),
                   [](const Corner& a, const Corner& b) { return a.strength > b.strength; });
  return corners;
}

std::vector<Vec2> refill_points(const std::vector<Corner>& corners, const std::vector<Vec2>& present,
                                int width, int height, const CornerOptions& options) {
  const int columns = (width + options.cell_px - 1) / options.cell_px;
  const int rows = (height + options.cell_px - 1) / options.cell_px;
  const auto cell_of = [&](const Vec2& p) {
    const int c = std::clamp(static_cast<int>(p.x()) / options.cell_px, 0, columns - 1);
    const int r = std::clamp(static_cast<int>(p.y()) / options.cell_px, 0, rows - 1);
    return static_cast<std::size_t>(r) * columns + c;
  };
  const std::size_t cells = static_cast<std::size_t>(columns) * rows;
  const int cap =
      std::max(1, static_cast<int>(std::lround(1.5 * options.points / static_cast<double>(cells))));
  std::vector<int> count(cells, 0);
  std::vector<float> best(cells, 0.0F);
  SpacingGrid grid(width, height, options.spacing_px);
  for (const Vec2& p : present) {
    ++count[cell_of(p)];
    grid.add(p);
  }
  std::vector<Vec2> added;
  for (const Corner& corner : corners) {
    const std::size_t cell = cell_of(corner.pixel);
    best[cell] = std::max(best[cell], corner.strength);
    if (static_cast<int>(present.size() + added.size()) >= options.points) break;
    if (count[cell] >= cap || corner.strength < 0.02F * best[cell] || !grid.is_free(corner.pixel)) continue;
    ++count[cell];
    grid.add(corner.pixel);
    added.push_back(corner.pixel);
  }
  return added;
}

}  // namespace vd
