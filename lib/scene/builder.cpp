// SPDX-License-Identifier: Apache-2.0
#include "scene/builder.h"

#include <cmath>

namespace vd::synth {

Colour Builder::colour(double hue_low, double hue_high, double saturation_low, double saturation_high,
                       double value_low, double value_high) {
  const double hue = uniform(hue_low, hue_high), saturation = uniform(saturation_low, saturation_high);
  return colour_from_hsv(hue - std::floor(hue), saturation, uniform(value_low, value_high));
}

Colour Builder::any_colour() {
  const double hue = natural_hue(random), saturation = uniform(0.25, 0.8);
  return colour_from_hsv(hue, saturation, uniform(0.4, 0.95));
}

int Builder::texture(const Pattern& pattern) {
  world.textures.emplace_back(pattern);
  return static_cast<int>(world.textures.size()) - 1;
}

int Builder::material(const Material& material) {
  world.materials.push_back(material);
  return static_cast<int>(world.materials.size()) - 1;
}

Material Builder::textured(const Pattern& pattern, double width_m, double height_m) {
  Material result;
  result.texture = texture(pattern);
  result.tile_m = {width_m, height_m};
  return result;
}

int Builder::plain(const Colour& colour, float gloss) {
  Material result;
  result.tint = colour;
  result.gloss = gloss;
  return material(result);
}

int Builder::add(const Pattern& pattern, double width_m, double height_m, float variation) {
  Material result = textured(pattern, width_m, height_m);
  result.variation = variation;
  return material(result);
}

int Builder::add_mapped(const Pattern& pattern, Mapping mapping, double size_m) {
  Material result = textured(pattern, size_m, size_m);
  result.mapping = mapping;
  return material(result);
}

Object& Builder::still(const std::string& name, const SE3& pose) {
  world.objects.push_back({name, next_id++, false, at_rest(pose), {}, {}, true});
  return world.objects.back();
}

Object& Builder::moving(const std::string& name, MotionPath path) {
  world.objects.push_back({name, next_id++, true, std::move(path), {}, {}, true});
  return world.objects.back();
}

Object& Builder::piece(const std::string& name, MotionPath path) {
  const Object& whole = world.objects.back();
  world.objects.push_back({name, whole.id, whole.dynamic, std::move(path), {}, {}, true});
  return world.objects.back();
}

Scene Builder::finish(MotionPath world_from_camera, double focal_low, double focal_high) {
  const double drawn = uniform(focal_low, focal_high) * options.width;
  Scene scene;
  scene.options = options;
  scene.intrinsics =
      centred_intrinsics(options.focal_px > 0 ? options.focal_px : drawn, options.width, options.height);
  scene.world_from_camera = std::move(world_from_camera);
  scene.world = std::make_shared<const World>(std::move(world));
  return scene;
}

void add_box(Object& object, const Vec3& centre, const Vec3& size, int material, double yaw_rad) {
  object.parts.push_back({Box{0.5 * size}, standing_at(centre, yaw_rad), material});
}

void add_ellipsoid(Object& object, const Vec3& centre, const Vec3& radii, int material) {
  object.parts.push_back({Ellipsoid{radii}, {Quat::Identity(), centre}, material});
}

void add_cylinder(Object& object, const Vec3& centre, double radius, double height, int material) {
  object.parts.push_back({Cylinder{radius, 0.5 * height}, {Quat::Identity(), centre}, material});
}

void add_cylinder_along(Object& object, const Vec3& centre, const Vec3& axis, double radius, double height,
                        int material) {
  const Quat rotation = Quat::FromTwoVectors(Vec3::UnitZ(), axis);
  object.parts.push_back({Cylinder{radius, 0.5 * height}, {rotation, centre}, material});
}

void add_rectangle(Object& object, const Vec3& centre, const Vec3& normal, const Vec3& up, double width,
                   double height, int material) {
  Mat3 rotation;
  rotation << up.cross(normal).normalized(), up.normalized(), normal.normalized();
  object.parts.push_back({Rectangle{0.5 * width, 0.5 * height}, make_se3(rotation, centre), material});
}

void add_solid(Object& object, ConvexSolid solid, const SE3& object_from_part, int material) {
  object.parts.push_back({std::move(solid), object_from_part, material});
}

}  // namespace vd::synth
