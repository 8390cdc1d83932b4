// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "pointmap/geometric.h"

namespace vd::test {

/// A wall with a sphere before it that may move, seen by two cameras: exact depth and flow in closed form,
/// grey levels that stick to the surfaces.
struct SphereWorld {
  Intrinsics intrinsics = centred_intrinsics(150, 160, 120);
  Vec3 wall = Vec3(0.03, 0.06, 0.22);  // points X of the wall: wall . X = 1; first camera's frame
  Vec3 sphere_centre = Vec3(0.2, 0.1, 2.6);
  double sphere_radius = 0.6;
  Vec3 sphere_step = Vec3::Zero();  // from the first view to the second
  SE3 second_from_first = {rotation_exp(Vec3(0.01, -0.03, 0.02)), Vec3(-0.3, 0.05, -0.08)};

  struct Hit {
    Vec3 point;
    bool on_sphere;
  };

  /// First surface along a ray, in the frame of the first camera.
  [[nodiscard]] Hit cast(const Vec3& origin, const Vec3& ray, const Vec3& centre) const {
    const double a = ray.squaredNorm();
    const double b = ray.dot(origin - centre);
    const double c = (origin - centre).squaredNorm() - sphere_radius * sphere_radius;
    const double discriminant = b * b - a * c;
    if (discriminant > 0) return {origin + ray * ((-b - std::sqrt(discriminant)) / a), true};
    return {origin + ray * ((1 - wall.dot(origin)) / wall.dot(ray)), false};
  }

  [[nodiscard]] Hit seen_by(bool second, const Vec2& pixel) const {
    const Vec3 ray = intrinsics.unproject(pixel);
    if (!second) return cast(Vec3::Zero(), ray, sphere_centre);
    const SE3 first_from_second = inverse(second_from_first);
    return cast(first_from_second.translation, first_from_second.rotation * ray, sphere_centre + sphere_step);
  }

  [[nodiscard]] Vec2 in_other(bool second, const Hit& hit) const {
    const Vec3 moved = hit.on_sphere ? Vec3(hit.point + (second ? -1.0 : 1.0) * sphere_step) : hit.point;
    return intrinsics.project(second ? moved : second_from_first * moved);
  }

  [[nodiscard]] double depth(bool second, const Vec2& pixel) const {
    const Vec3 point = seen_by(second, pixel).point;
    return second ? (second_from_first * point).z() : point.z();
  }

  /// A smooth pattern painted on the surfaces (on the sphere: carried along).
  [[nodiscard]] std::uint8_t grey(bool second, const Vec2& pixel) const {
    const Hit hit = seen_by(second, pixel);
    const Vec3 p =
        hit.on_sphere ? Vec3(hit.point - sphere_centre - (second ? sphere_step : Vec3::Zero())) : hit.point;
    return static_cast<std::uint8_t>(128 + 50 * std::sin(9 * p.x() + 2 * p.y()) +
                                     50 * std::cos(8 * p.y() - 3 * p.x()));
  }

  [[nodiscard]] PairImage image(bool second) const {
    const int width = intrinsics.width;
    const int height = intrinsics.height;
    PairImage image{intrinsics, GreyImage(width, height), FlowMap(width, height), {}};
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const Vec2 pixel(x, y);
        const Vec2 target = in_other(second, seen_by(second, pixel));
        image.flow(x, y, 0) = static_cast<float>(target.x() - x);
        image.flow(x, y, 1) = static_cast<float>(target.y() - y);
        image.grey(x, y) = grey(second, pixel);
      }
    return image;
  }

  [[nodiscard]] DepthMap depth_map(bool second) const {
    DepthMap map(intrinsics.width, intrinsics.height);
    for (int y = 0; y < map.height(); ++y)
      for (int x = 0; x < map.width(); ++x) map(x, y) = static_cast<float>(depth(second, {x, y}));
    return map;
  }
};

inline PairPointMap pair_of(const SphereWorld& world, const GeometricOptions& options = {}) {
  return geometric_point_map(world.image(false), world.image(true), {}, options);
}

}  // namespace vd::test
