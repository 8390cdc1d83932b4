// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "core/random.h"
#include "scene/patterns.h"
#include "scene/scene.h"
#include "scene/world.h"

namespace vd::synth {

/// Puts a world together. Draws from its random numbers in the order of the calls, so a scene is a function
/// of the seed.
class Builder {
 public:
  explicit Builder(const SceneOptions& scene_options)
      : options(scene_options), random(scene_options.seed, 1) {}

  /// A seed for a pattern.
  std::uint32_t pattern_seed() { return random(); }
  double uniform(double low, double high) { return random.uniform(low, high); }
  bool chance(double probability) { return random.uniform() < probability; }
  /// A colour with the given spread of hue, saturation and value.
  Colour colour(double hue_low, double hue_high, double saturation_low, double saturation_high,
                double value_low, double value_high);
  /// Of a thing people make: warm and blue hues more often than green and violet.
  Colour any_colour();

  int texture(const Pattern& pattern);
  int material(const Material& material);
  /// Textured material, the tile repeated every width x height metres.
  Material textured(const Pattern& pattern, double width_m, double height_m);
  /// Plain colour.
  int plain(const Colour& colour, float gloss = 0);
  int add(const Pattern& pattern, double width_m, double height_m, float variation = 0);
  int add_mapped(const Pattern& pattern, Mapping mapping, double size_m);

  /// An object that never moves, and one that does.
  Object& still(const std::string& name, const SE3& pose = {});
  Object& moving(const std::string& name, MotionPath path);
  /// A further rigid piece of the object added last (a wheel of a car): same id.
  Object& piece(const std::string& name, MotionPath path);

  /// Adds a lens of a random focal length between the limits, given as multiples of the image width, unless
  /// the options fix it, and hands everything out.
  [[nodiscard]] Scene finish(MotionPath world_from_camera, double focal_low, double focal_high);

  SceneOptions options;
  Random random;
  World world;
  int next_id = 1;
};

/// The pattern f(arguments...), written Drawn{f, arguments...}: braces evaluate from left to right,
/// parentheses in any order the compiler likes, and the order of the draws is part of the scene.
struct Drawn : Pattern {
  template <typename F, typename... A>
  explicit Drawn(F f, A&&... arguments) : Pattern(f(std::forward<A>(arguments)...)) {}
};

// Parts, placed in the object's frame.
void add_box(Object& object, const Vec3& centre, const Vec3& size, int material, double yaw_rad = 0);
void add_ellipsoid(Object& object, const Vec3& centre, const Vec3& radii, int material);
void add_cylinder(Object& object, const Vec3& centre, double radius, double height, int material);
/// Cylinder along y (wheel) or any other axis.
void add_cylinder_along(Object& object, const Vec3& centre, const Vec3& axis, double radius, double height,
                        int material);
/// Rectangle seen from the side its normal points to, its height along up.
void add_rectangle(Object& object, const Vec3& centre, const Vec3& normal, const Vec3& up, double width,
                   double height, int material);
void add_solid(Object& object, ConvexSolid solid, const SE3& object_from_part, int material);

}  // namespace vd::synth
