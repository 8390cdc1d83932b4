// SPDX-License-Identifier: Apache-2.0
#include "scene/shapes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "scene/height_field.h"

namespace vd::synth {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

using Answer = std::optional<ShapeHit>;

Answer first_of(double near, int near_face, double far, int far_face, double t_min, double t_max) {
  if (near > far) return {};
  if (near > t_min && near < t_max) return ShapeHit{near, near_face};
  if (near <= t_min && far > t_min && far < t_max) return ShapeHit{far, far_face};
  return {};
}

Answer meet(const Rectangle& shape, const Ray& ray, double t_min, double t_max) {
  const double t = -ray.origin.z() / ray.direction.z();
  if (!(t > t_min && t < t_max)) return {};
  const double x = ray.origin.x() + t * ray.direction.x(), y = ray.origin.y() + t * ray.direction.y();
  if (!(std::abs(x) <= shape.half_width && std::abs(y) <= shape.half_height)) return {};
  return ShapeHit{t, 0};
}

Answer meet(const Box& box, const Ray& ray, double t_min, double t_max) {
  double near = -infinity, far = infinity;
  int near_face = 0, far_face = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const double o = ray.origin[axis], d = ray.direction[axis], h = box.half[axis];
    if (d == 0) {
      if (std::abs(o) > h) return {};
      continue;
    }
    const double enter = (d > 0 ? -h - o : h - o) / d, leave = (d > 0 ? h - o : -h - o) / d;
    if (enter > near) near = enter, near_face = 2 * axis + (d > 0 ? 1 : 0);
    if (leave < far) far = leave, far_face = 2 * axis + (d > 0 ? 0 : 1);
  }
  return first_of(near, near_face, far, far_face, t_min, t_max);
}

/// Both roots of |o + t d|^2 = 1, in the given number of dimensions.
bool unit_ball_roots(const Vec3& o, const Vec3& d, int dimensions, double& near, double& far) {
  double dd = 0, od = 0, oo = -1;
  for (int k = 0; k < dimensions; ++k) dd += d[k] * d[k], od += o[k] * d[k], oo += o[k] * o[k];
  if (dd == 0) {
    near = -infinity, far = infinity;
    return oo <= 0;
  }
  // The nearest point to the centre first: without it, small spheres far away lose half of the digits.
  const double middle = -od / dd;
  double closest = -1;
  for (int k = 0; k < dimensions; ++k) closest += (o[k] + middle * d[k]) * (o[k] + middle * d[k]);
  if (closest > 0) return false;
  const double half_chord = std::sqrt(-closest / dd);
  near = middle - half_chord, far = middle + half_chord;
  return true;
}

Answer meet(const Ellipsoid& shape, const Ray& ray, double t_min, double t_max) {
  double near = 0, far = 0;
  const Vec3 scale = shape.radii.cwiseInverse();
  if (!unit_ball_roots(ray.origin.cwiseProduct(scale), ray.direction.cwiseProduct(scale), 3, near, far))
    return {};
  return first_of(near, 0, far, 0, t_min, t_max);
}

Answer meet(const Cylinder& shape, const Ray& ray, double t_min, double t_max) {
  double near = 0, far = 0;
  if (!unit_ball_roots(ray.origin / shape.radius, ray.direction / shape.radius, 2, near, far)) return {};
  int near_face = 0, far_face = 0;
  const double o = ray.origin.z(), d = ray.direction.z(), h = shape.half_height;
  if (d == 0) {
    if (std::abs(o) > h) return {};
  } else {
    const double enter = (d > 0 ? -h - o : h - o) / d, leave = (d > 0 ? h - o : -h - o) / d;
    if (enter > near) near = enter, near_face = d > 0 ? 2 : 1;
    if (leave < far) far = leave, far_face = d > 0 ? 1 : 2;
  }
  return first_of(near, near_face, far, far_face, t_min, t_max);
}

Answer meet(const ConvexSolid& solid, const Ray& ray, double t_min, double t_max) {
  double near = -infinity, far = infinity;
  int near_face = 0, far_face = 0;
  for (std::size_t k = 0; k < solid.planes.size(); ++k) {
    const double speed = solid.planes[k].normal.dot(ray.direction);
    const double gap = solid.planes[k].offset - solid.planes[k].normal.dot(ray.origin);
    if (speed == 0) {
      if (gap < 0) return {};
      continue;
    }
    const double t = gap / speed;
    if (speed < 0 && t > near) near = t, near_face = static_cast<int>(k);
    if (speed > 0 && t < far) far = t, far_face = static_cast<int>(k);
  }
  return first_of(near, near_face, far, far_face, t_min, t_max);
}

Answer meet(const HeightField& field, const Ray& ray, double t_min, double t_max) {
  const auto t = intersect_height_grid(*field.grid, ray, t_min, t_max);
  if (!t) return {};
  return ShapeHit{*t, 0};
}

Vec3 box_normal(int face) {
  Vec3 normal = Vec3::Zero();
  normal[face / 2] = face % 2 == 0 ? 1 : -1;
  return normal;
}

struct NormalOf {
  const Vec3& p;
  int face;
  Vec3 operator()(const Rectangle&) const { return Vec3::UnitZ(); }
  Vec3 operator()(const Box&) const { return box_normal(face); }
  Vec3 operator()(const Ellipsoid& s) const { return p.cwiseQuotient(s.radii.cwiseAbs2()).normalized(); }
  Vec3 operator()(const Cylinder&) const {
    if (face == 0) return Vec3(p.x(), p.y(), 0).normalized();
    return {0, 0, face == 1 ? 1.0 : -1.0};
  }
  Vec3 operator()(const ConvexSolid& s) const { return s.planes[static_cast<std::size_t>(face)].normal; }
  Vec3 operator()(const HeightField& s) const { return s.grid->smooth_normal(p.x(), p.y()); }
};

/// Right and up on a flat face as seen from outside.
FaceChart chart_of_plane(const Vec3& p, const Vec3& normal, const Vec3& half) {
  const bool level = std::abs(normal.z()) > 0.9;
  const Vec3 right = level ? Vec3(1, 0, 0) : Vec3(-normal.y(), normal.x(), 0).normalized();
  const Vec3 up = level ? Vec3(0, 1, 0) : Vec3(normal.cross(right));
  const Vec3 corner = half.cwiseProduct(right.cwiseAbs()) + half.cwiseProduct(up.cwiseAbs());
  const auto from = [](double size) { return std::isfinite(size) ? size : 0.0; };
  return {{p.dot(right) + from(corner.dot(right.cwiseAbs())), p.dot(up) + from(corner.dot(up.cwiseAbs()))},
          right,
          up};
}

struct ChartOf {
  const Vec3& p;
  int face;
  FaceChart operator()(const Rectangle& s) const {
    const auto from = [](double size) { return std::isfinite(size) ? size : 0.0; };
    return {{p.x() + from(s.half_width), p.y() + from(s.half_height)}, Vec3::UnitX(), Vec3::UnitY()};
  }
  FaceChart operator()(const Box& s) const { return chart_of_plane(p, box_normal(face), s.half); }
  FaceChart operator()(const Ellipsoid& s) const {
    const Vec3 q = p.cwiseQuotient(s.radii);
    const double mean = s.radii.mean(), ring = std::max(1e-3, std::hypot(q.x(), q.y()));
    const Vec3 east = Vec3(-q.y(), q.x(), 0) / ring;
    return {{mean * std::atan2(q.y(), q.x()), mean * std::asin(std::clamp(q.z(), -1.0, 1.0))},
            east / ring,
            Vec3(-q.x() * q.z(), -q.y() * q.z(), ring * ring) / ring};
  }
  FaceChart operator()(const Cylinder& s) const {
    if (face != 0) return {{p.x() + s.radius, p.y() + s.radius}, Vec3::UnitX(), Vec3::UnitY()};
    const Vec3 east = Vec3(-p.y(), p.x(), 0) / s.radius;
    return {{s.radius * std::atan2(p.y(), p.x()), p.z() + s.half_height}, east, Vec3::UnitZ()};
  }
  FaceChart operator()(const ConvexSolid& s) const {
    return chart_of_plane(p, s.planes[static_cast<std::size_t>(face)].normal, s.half);
  }
  FaceChart operator()(const HeightField&) const { return {{p.x(), p.y()}, Vec3::UnitX(), Vec3::UnitY()}; }
};

double box_distance(const Vec3& half, const Vec3& p) {
  const Vec3 outside = p.cwiseAbs() - half;
  return outside.cwiseMax(0.0).norm() + std::min(0.0, outside.maxCoeff());
}

struct DistanceTo {
  const Vec3& p;
  double operator()(const Rectangle& s) const {
    return box_distance({std::min(s.half_width, 1e9), std::min(s.half_height, 1e9), 0}, p);
  }
  double operator()(const Box& s) const { return box_distance(s.half, p); }
  double operator()(const Ellipsoid& s) const {
    const double k0 = p.cwiseQuotient(s.radii).norm();
    const double k1 = p.cwiseQuotient(s.radii.cwiseAbs2()).norm();
    return k1 > 0 ? k0 * (k0 - 1) / k1 : -s.radii.minCoeff();
  }
  double operator()(const Cylinder& s) const {
    return box_distance({s.radius, s.half_height, 1}, {std::hypot(p.x(), p.y()), p.z(), 0});
  }
  double operator()(const ConvexSolid& s) const {
    double most = -infinity;
    for (const auto& plane : s.planes) most = std::max(most, plane.normal.dot(p) - plane.offset);
    return most;
  }
  double operator()(const HeightField& s) const {
    return (p.z() - s.grid->height(p.x(), p.y())) * s.grid->smooth_normal(p.x(), p.y()).z();
  }
};

struct HalfExtents {
  Vec3 operator()(const Rectangle& s) const { return {s.half_width, s.half_height, 0}; }
  Vec3 operator()(const Box& s) const { return s.half; }
  Vec3 operator()(const Ellipsoid& s) const { return s.radii; }
  Vec3 operator()(const Cylinder& s) const { return {s.radius, s.radius, s.half_height}; }
  Vec3 operator()(const ConvexSolid& s) const { return s.half; }
  Vec3 operator()(const HeightField& s) const {
    const HeightGrid& grid = *s.grid;
    return {0.5 * (grid.columns - 1) * grid.cell_m, 0.5 * (grid.rows - 1) * grid.cell_m,
            std::max(std::abs(grid.lowest), std::abs(grid.highest))};
  }
};

}  // namespace

ConvexSolid extruded(const std::vector<Vec2>& outline, double half_width, double side_slope) {
  ConvexSolid solid;
  Vec2 most = Vec2::Zero();
  double bottom = infinity;
  for (std::size_t k = 0; k < outline.size(); ++k) {
    const Vec2& a = outline[k];
    const Vec2 edge = outline[(k + 1) % outline.size()] - a;
    const Vec3 normal = Vec3(edge.y(), 0, -edge.x()).normalized();
    solid.planes.push_back({normal, normal.dot(Vec3(a.x(), 0, a.y()))});
    most = most.cwiseMax(a.cwiseAbs());
    bottom = std::min(bottom, a.y());
  }
  for (const double side : {-1.0, 1.0}) {
    const Vec3 normal = Vec3(0, side, side_slope).normalized();
    solid.planes.push_back({normal, normal.dot(Vec3(0, side * half_width, bottom))});
  }
  solid.half = {most.x(), half_width, most.y()};
  return solid;
}

std::optional<ShapeHit> intersect(const Shape& shape, const Ray& ray, double t_min, double t_max) {
  return std::visit([&](const auto& s) { return meet(s, ray, t_min, t_max); }, shape);
}

Vec3 normal_at(const Shape& shape, const Vec3& point, int face) {
  return std::visit(NormalOf{point, face}, shape);
}

FaceChart chart_at(const Shape& shape, const Vec3& point, int face) {
  return std::visit(ChartOf{point, face}, shape);
}

Vec3 half_extents(const Shape& shape) { return std::visit(HalfExtents{}, shape); }

double distance(const Shape& shape, const Vec3& point) { return std::visit(DistanceTo{point}, shape); }

}  // namespace vd::synth
