// SPDX-License-Identifier: Apache-2.0
#include "scene/height_field.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace vd::synth {
namespace {

/// Smallest root of a t^2 + b t + c in [low, high].
std::optional<double> first_root(double a, double b, double c, double low, double high) {
  double roots[2];
  int count = 0;
  const double discriminant = b * b - 4 * a * c;
  if (discriminant < 0) return {};
  const double q = -0.5 * (b + std::copysign(std::sqrt(discriminant), b));
  if (a != 0) roots[count++] = q / a;
  if (q != 0) roots[count++] = c / q;
  if (count == 2 && roots[0] > roots[1]) std::swap(roots[0], roots[1]);
  for (int k = 0; k < count; ++k) {
    if (roots[k] >= low && roots[k] <= high) return roots[k];
  }
  return {};
}

/// Interval of t inside the box of the grid.
bool clip_to_bounds(const Ray& ray, const Vec3& low, const Vec3& high, double& enter, double& leave) {
  for (int axis = 0; axis < 3; ++axis) {
    const double o = ray.origin[axis], d = ray.direction[axis];
    if (d == 0) {
      if (o < low[axis] || o > high[axis]) return false;
      continue;
    }
    const double a = (low[axis] - o) / d, b = (high[axis] - o) / d;
    enter = std::max(enter, std::min(a, b));
    leave = std::min(leave, std::max(a, b));
  }
  return enter <= leave;
}

/// One coordinate of the walk over the cells.
struct Walk {
  int cell, step;
  double next_t, t_per_cell;
  Walk(double position, double speed, double t, int cells) {
    cell = std::clamp(static_cast<int>(std::floor(position + speed * t)), 0, cells - 1);
    step = speed > 0 ? 1 : -1;
    t_per_cell = speed != 0 ? std::abs(1 / speed) : std::numeric_limits<double>::infinity();
    next_t = speed != 0 ? (cell + (speed > 0 ? 1 : 0) - position) / speed
                        : std::numeric_limits<double>::infinity();
  }
  void advance() {
    cell += step;
    next_t += t_per_cell;
  }
};

}  // namespace

std::optional<double> intersect_height_grid(const HeightGrid& grid, const Ray& ray, double t_min,
                                            double t_max) {
  const double half_x = 0.5 * (grid.columns - 1) * grid.cell_m, half_y = 0.5 * (grid.rows - 1) * grid.cell_m;
  double enter = t_min, leave = t_max;
  const double margin = 1e-9 + 1e-9 * std::max(std::abs(grid.lowest), std::abs(grid.highest));
  if (!clip_to_bounds(ray, {-half_x, -half_y, grid.lowest - margin}, {half_x, half_y, grid.highest + margin},
                      enter, leave)) {
    return {};
  }
  const double x0 = (ray.origin.x() + half_x) / grid.cell_m, dx = ray.direction.x() / grid.cell_m;
  const double y0 = (ray.origin.y() + half_y) / grid.cell_m, dy = ray.direction.y() / grid.cell_m;
  const double z0 = ray.origin.z(), dz = ray.direction.z();
  Walk walk_x(x0, dx, enter, grid.columns - 1), walk_y(y0, dy, enter, grid.rows - 1);
  for (double t = enter; t <= leave;) {
    const double next = std::min({walk_x.next_t, walk_y.next_t, leave});
    const int i = walk_x.cell, j = walk_y.cell;
    const double h00 = grid.at(i, j), h10 = grid.at(i + 1, j), h01 = grid.at(i, j + 1),
                 h11 = grid.at(i + 1, j + 1);
    const double z_low = std::min(z0 + t * dz, z0 + next * dz),
                 z_high = std::max(z0 + t * dz, z0 + next * dz);
    if (z_low <= std::max({h00, h10, h01, h11}) && z_high >= std::min({h00, h10, h01, h11})) {
      // height(x, y) - z along the ray, in coordinates of the cell
      const double a = x0 - i, b = y0 - j, hx = h10 - h00, hy = h01 - h00, hxy = h11 - h10 - h01 + h00;
      const double slack = 1e-9 * (next - t);
      if (const auto root = first_root(hxy * dx * dy, hx * dx + hy * dy + hxy * (a * dy + b * dx) - dz,
                                       h00 + hx * a + hy * b + hxy * a * b - z0, t - slack, next + slack)) {
        if (*root > t_min && *root < t_max) return root;
      }
    }
    if (next >= leave) return {};
    t = next;
    (walk_x.next_t < walk_y.next_t ? walk_x : walk_y).advance();
    if (walk_x.cell < 0 || walk_y.cell < 0 || walk_x.cell >= grid.columns - 1 || walk_y.cell >= grid.rows - 1)
      return {};
  }
  return {};
}

double HeightGrid::height(double x, double y) const {
  const double gx = std::clamp(x / cell_m + 0.5 * (columns - 1), 0.0, static_cast<double>(columns - 1));
  const double gy = std::clamp(y / cell_m + 0.5 * (rows - 1), 0.0, static_cast<double>(rows - 1));
  const int i = std::min(static_cast<int>(gx), columns - 2), j = std::min(static_cast<int>(gy), rows - 2);
  const double a = gx - i, b = gy - j;
  return (1 - b) * ((1 - a) * at(i, j) + a * at(i + 1, j)) +
         b * ((1 - a) * at(i, j + 1) + a * at(i + 1, j + 1));
}

Vec3 HeightGrid::smooth_normal(double x, double y) const {
  const double slope_x = (height(x + cell_m, y) - height(x - cell_m, y)) / (2 * cell_m);
  const double slope_y = (height(x, y + cell_m) - height(x, y - cell_m)) / (2 * cell_m);
  return Vec3(-slope_x, -slope_y, 1).normalized();
}

std::shared_ptr<const HeightGrid> make_height_grid(int columns, int rows, double cell_m,
                                                   std::vector<double> heights) {
  if (columns < 2 || rows < 2 || cell_m <= 0 || heights.size() != static_cast<std::size_t>(columns) * rows) {
    throw Error("height grid", "needs 2 x 2 heights or more and a positive cell");
  }
  const auto [lowest, highest] = std::minmax_element(heights.begin(), heights.end());
  const double low = *lowest, high = *highest;
  return std::make_shared<HeightGrid>(HeightGrid{columns, rows, cell_m, std::move(heights), low, high});
}

}  // namespace vd::synth
