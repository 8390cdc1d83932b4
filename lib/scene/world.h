// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scene/deformation.h"
#include "scene/motion.h"
#include "scene/shapes.h"
#include "scene/texture.h"

namespace vd::synth {

/// How a texture lies on a surface: by the flat coordinates of each face; blended from the three axes (round
/// things); or by longitude and latitude (balls, one tile around).
enum class Mapping { faces, three_axes, globe };

/// Colour of a surface = tint * texture (white without one) * slow variation, lit diffusely, plus a little
/// gloss.
struct Material {
  int texture = -1;
  Colour tint = Colour::Ones();
  Vec2 tile_m = {1, 1};  // size of one tile of the texture
  Vec2 shift = {0, 0};   // in tiles
  Mapping mapping = Mapping::faces;
  float variation = 0;    // contrast of a slow brightness pattern that hides the repetition of the tile
  float variation_m = 2;  // its size
  float gloss = 0;        // strength of the highlight
  float mirror = 0;       // share of the sky that a window or a car's paint reflects at a right angle
  float glow = 0;         // light of its own (lamps)
};

struct Part {
  Shape shape;
  SE3 object_from_part;
  int material = 0;
};

/// Parts that move together. Parts of a deforming object are ellipsoids.
struct Object {
  std::string name;
  int id = 0;            // 1.. in the id maps; wheels carry the id of their car
  bool dynamic = false;  // moves in the world at some time of the clip
  MotionPath world_from_object;
  std::optional<Deformation> deformation;
  std::vector<Part> parts;
  bool casts_shadow = true;  // false for the ground and for walls around all lights, which can never shade
};

/// The sun (a direction) or a lamp (a place, falling off with the square of the distance).
struct Light {
  bool is_sun = true;
  Vec3 place;                      // unit vector towards the sun, or the lamp's place in metres
  Colour colour = Colour::Ones();  // irradiance at a right angle; of a lamp at 1 m
  double radius = 0.02;  // of its disc: as a tangent for the sun, metres for a lamp; 0 = hard shadows
};

/// What fills the background and lights the shadows.
struct Sky {
  bool visible = true;
  Colour zenith = {0.15f, 0.32f, 0.7f};
  Colour horizon = {0.65f, 0.75f, 0.85f};
  int cloud_texture = -1;  // brightness = cover
  float cloud_cover = 0.5f;
  Vec2 cloud_shift = {0, 0};
};

struct Ambient {
  Colour from_above = {0.3f, 0.35f, 0.42f};
  Colour from_below = {0.15f, 0.14f, 0.12f};
  double contact_m = 0.6;  // reach of the darkening near contacts and in corners
  float contact_strength = 0.9f;
};

/// Everything that is seen; metres, z up.
struct World {
  std::vector<Texture> textures;
  std::vector<Material> materials;
  std::vector<Object> objects;
  std::vector<Light> lights;
  Sky sky;
  Ambient ambient;
  Colour haze = {0.6f, 0.7f, 0.8f};
  double haze_m = 0;  // distance over which 63 % of the light becomes haze; 0 = clear air
  float exposure = 1;
};

/// A material point: fixed to a part at its rest place (in the part's frame), wherever the object goes and
/// bends.
struct SurfacePoint {
  int object = -1;
  int part = -1;
  Vec3 rest = Vec3::Zero();
};

/// Where a material point is at a time, exactly.
[[nodiscard]] Vec3 world_position(const World& world, const SurfacePoint& point, double time_s);

}  // namespace vd::synth
