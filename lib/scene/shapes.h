// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "geometry/se3.h"

namespace vd::synth {

// Every shape lives in its own frame (metres, centred at the origin), where a ray meets it at an exact
// solution of a linear or quadratic equation.

/// Part of the plane z = 0, seen from both sides; half sizes may be infinite.
struct Rectangle {
  double half_width;   // along x
  double half_height;  // along y
};

struct Box {
  Vec3 half;
};

struct Ellipsoid {
  Vec3 radii;
};

/// Closed cylinder about the z axis.
struct Cylinder {
  double radius;
  double half_height;
};

/// Convex polyhedron: the points with normal . p <= offset for all planes.
struct ConvexSolid {
  struct Plane {
    Vec3 normal;  // unit, outward
    double offset;
  };
  std::vector<Plane> planes;
  Vec3 half;  // of a box about the origin that contains it
};

/// Solid between y = -half_width and y = half_width whose outline in (x, z) is a convex polygon, corners
/// counter-clockwise when x points right and z up. The sides lean inwards by side_slope (metres a metre of
/// height above the lowest corner): the body of a car, the roof of a house.
[[nodiscard]] ConvexSolid extruded(const std::vector<Vec2>& outline, double half_width,
                                   double side_slope = 0);

/// Heights over a regular grid of square cells, centred at the origin, bilinear inside a cell.
struct HeightGrid {
  int columns;  // grid points along x, at least 2
  int rows;     // along y
  double cell_m;
  std::vector<double> heights;  // rows x columns
  double lowest, highest;

  [[nodiscard]] double at(int column, int row) const {
    return heights[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                   static_cast<std::size_t>(column)];
  }
  /// Height at (x, y), clamped to the border.
  [[nodiscard]] double height(double x, double y) const;
  /// Upward unit normal, smooth over the cells (for shading only).
  [[nodiscard]] Vec3 smooth_normal(double x, double y) const;
};
[[nodiscard]] std::shared_ptr<const HeightGrid> make_height_grid(int columns, int rows, double cell_m,
                                                                 std::vector<double> heights);

struct HeightField {
  std::shared_ptr<const HeightGrid> grid;
};

using Shape = std::variant<Rectangle, Box, Ellipsoid, Cylinder, ConvexSolid, HeightField>;

/// Points origin + t * direction; the direction need not be a unit vector, t is in units of its length.
struct Ray {
  Vec3 origin;
  Vec3 direction;
  [[nodiscard]] Vec3 at(double t) const { return origin + t * direction; }
};

struct ShapeHit {
  double t;
  int face;  // which smooth piece of the surface: side of a box, mantle or lid of a cylinder
};

/// First point of the surface with t in (t_min, t_max).
[[nodiscard]] std::optional<ShapeHit> intersect(const Shape& shape, const Ray& ray, double t_min,
                                                double t_max);

/// Outward unit normal at a point of the surface (smoothed on a height field).
[[nodiscard]] Vec3 normal_at(const Shape& shape, const Vec3& point, int face);

/// Coordinates in metres on a face: distances along two axes from the face's lower left corner as seen from
/// outside with z up (from the centre where the face is infinite).
struct FaceChart {
  Vec2 uv_m;
  Vec3 u_axis;
  Vec3 v_axis;
};
[[nodiscard]] FaceChart chart_at(const Shape& shape, const Vec3& point, int face);

/// Half sizes of the axis-aligned box that contains the shape; its centre is the origin. Infinite for
/// infinite planes.
[[nodiscard]] Vec3 half_extents(const Shape& shape);

/// Distance from a point to the shape, negative inside; a lower bound or a close approximation (for ambient
/// light only).
[[nodiscard]] double distance(const Shape& shape, const Vec3& point);

}  // namespace vd::synth
