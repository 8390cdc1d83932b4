// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "catch.h"
#include "core/random.h"
#include "scene/deformation.h"
#include "scene/shapes.h"
#include "scene/texture.h"

using namespace vd;
using namespace vd::synth;

namespace {

Vec3 random_vector(Random& random, double size) {
  return {random.uniform(-size, size), random.uniform(-size, size), random.uniform(-size, size)};
}

Ray random_ray_towards_origin(Random& random) {
  const Vec3 origin = 4 * random_vector(random, 1).normalized();
  return {origin, (random_vector(random, 0.6) - origin) * random.uniform(0.2, 3)};
}

}  // namespace

TEST_CASE("a ray's first hit lies on the surface, seen from outside", "[scene]") {
  Random random(GENERATE(1, 2, 3));
  const Shape shapes[] = {Box{{0.5, 0.8, 0.3}}, Ellipsoid{{0.7, 0.4, 0.9}}, Cylinder{0.6, 0.5},
                          extruded({{-0.8, -0.4}, {0.9, -0.4}, {0.4, 0.5}, {-0.5, 0.4}}, 0.5, 0.1)};
  for (const Shape& shape : shapes) {
    int hits = 0;
    for (int k = 0; k < 300; ++k) {
      const Ray ray = random_ray_towards_origin(random);
      const auto hit = intersect(shape, ray, 0, 1e9);
      if (!hit) continue;
      ++hits;
      const Vec3 point = ray.at(hit->t);
      CHECK(std::abs(distance(shape, point)) < 1e-9);
      const Vec3 normal = normal_at(shape, point, hit->face);
      CHECK(normal.norm() == Approx(1));
      CHECK(normal.dot(ray.direction) < 0);
      CHECK((point.cwiseAbs() - half_extents(shape)).maxCoeff() < 1e-9);
      CHECK(distance(shape, point + 1e-3 * normal) > 0);
      // The far side is found from behind the near one, and nothing lies between.
      const auto leaving = intersect(shape, ray, hit->t + 1e-9, 1e9);
      CHECK((leaving && leaving->t > hit->t));
      CHECK_FALSE(intersect(shape, ray, 0, hit->t - 1e-9));
    }
    CHECK(hits > 60);
  }
}

TEST_CASE("rays meet a height field where its heights are, and a tilted one as the plane it is", "[scene]") {
  Random random(5);
  std::vector<double> bumpy, tilted;
  for (int row = 0; row < 17; ++row) {
    for (int column = 0; column < 21; ++column) {
      bumpy.push_back(random.uniform(-0.5, 0.5));
      tilted.push_back(0.2 * (column - 10) * 0.5 - 0.1 * (row - 8) * 0.5);
    }
  }
  const HeightField rough{make_height_grid(21, 17, 0.5, bumpy)}, plane{make_height_grid(21, 17, 0.5, tilted)};
  for (int k = 0; k < 500; ++k) {
    const Vec3 origin(random.uniform(-9, 9), random.uniform(-9, 9), random.uniform(1.5, 4));
    const Ray ray{origin, Vec3(random.uniform(-4, 4), random.uniform(-3, 3), 0) - origin};
    const auto hit = intersect(rough, ray, 0, 1e9);
    if (!hit) continue;
    const Vec3 point = ray.at(hit->t);
    CHECK(point.z() == Approx(rough.grid->height(point.x(), point.y())).margin(1e-9));
    // Nothing of the field is above the ray before it.
    for (double s = 0.02; s < 0.99; s += 0.07) {
      const Vec3 before = ray.at(s * hit->t);
      if (std::abs(before.x()) < 5 && std::abs(before.y()) < 4)
        CHECK(before.z() > rough.grid->height(before.x(), before.y()));
    }
    const auto on_plane = intersect(plane, ray, 0, 1e9);
    const double t = (0.2 * origin.x() - 0.1 * origin.y() - origin.z()) /
                     (ray.direction.z() - 0.2 * ray.direction.x() + 0.1 * ray.direction.y());
    if (on_plane) CHECK(on_plane->t == Approx(t).epsilon(1e-9));
  }
}

TEST_CASE("a soft body's map is inverted exactly and its normals stand on its surface", "[scene]") {
  Random random(9);
  const Deformation body{5, 2.5, 0.1, 0.15, 0.08, -0.1, 0.05, 0.07, 0.04};
  for (int k = 0; k < 50; ++k) {
    const double time_s = random.uniform(0, 3);
    const DeformationAt now(body, time_s);
    const Vec3 rest = random_vector(random, 1);
    CHECK((now.rest_of(now.deformed(rest)) - rest).norm() < 1e-12);
    CHECK((now.deformed(rest) - body.deformed(rest, time_s)).norm() == 0);

    const Ellipsoid shape{{0.6, 0.4, 0.5}};
    const SE3 object_from_part{rotation_exp({0.2, 0.1, 0.3}), {0.3, 0.0, 0.4}};
    const Vec3 origin =
        now.deformed(object_from_part.translation) + 3 * random_vector(random, 1).normalized();
    const Ray ray{origin, now.deformed(object_from_part.translation + random_vector(random, 0.1)) - origin};
    const auto hit = intersect_deformed(shape, object_from_part, now, ray, 0.0, 2.0);
    REQUIRE(hit);
    CHECK(hit->rest.cwiseQuotient(shape.radii).norm() == Approx(1).epsilon(1e-10));
    CHECK((now.deformed(object_from_part * hit->rest) - ray.at(hit->t)).norm() < 1e-9);
    // The normal is at right angles to two moved tangents.
    const Vec3 rest_normal = normal_at(shape, hit->rest, 0);
    const Vec3 normal =
        now.deformed_normal(object_from_part * hit->rest, object_from_part.rotation * rest_normal)
            .normalized();
    const Vec3 tangent = object_from_part.rotation * rest_normal.unitOrthogonal();
    const Vec3 at = object_from_part * hit->rest;
    const Vec3 moved = (now.deformed(at + 1e-6 * tangent) - now.deformed(at - 1e-6 * tangent)) / 2e-6;
    CHECK(std::abs(normal.dot(moved)) < 1e-6);
  }
}

TEST_CASE("a texture gives its picture up close and its mean from afar", "[scene]") {
  RgbImage image(64, 32);
  Random random(2);
  for (auto& level : image.values()) level = static_cast<std::uint8_t>(random.below(256));
  const Texture texture(image);
  Colour mean = Colour::Zero();
  float worst = 0;
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 64; ++x) {
      const Colour here = texture.sample({(x + 0.5) / 64, 1 - (y + 0.5) / 32}, {1e-7, 0}, {0, 1e-7});
      for (int c = 0; c < 3; ++c)
        worst = std::max(worst, std::abs(here[c] - linear_from_srgb(image(x, y, c))));
      mean += here / (64 * 32);
    }
  }
  CHECK(worst < 1e-5f);
  const Colour far = texture.sample({0.3, 0.8}, {3, 0}, {0, 3});
  CHECK((far - mean).norm() < 0.03);
  const Colour tile = texture.sample({5.25, -2.5}, {1e-4, 0}, {0, 1e-4});
  const Colour same = texture.sample({0.25, 0.5}, {1e-4, 0}, {0, 1e-4});
  CHECK((tile - same).norm() < 1e-5f);
}
