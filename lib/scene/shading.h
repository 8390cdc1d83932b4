// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scene/ray_caster.h"

namespace vd::synth {

/// A ray through a pixel and how its direction changes to the right and lower neighbour.
struct ViewRay {
  Ray ray;
  Vec3 direction_dx;
  Vec3 direction_dy;
};

/// Light that arrives along a ray, and the share of the main light that reaches the surface (for finding the
/// edges of shadows).
struct Shade {
  Colour light;
  float lit;
};

class Shader {
 public:
  Shader(const World& world, const RayCaster& caster) : world_(world), caster_(caster) {}

  [[nodiscard]] Shade surface(const Hit& hit, const ViewRay& view) const;
  [[nodiscard]] Colour sky(const ViewRay& view) const;

 private:
  [[nodiscard]] Colour albedo(const Hit& hit, const Material& material, const Vec3& dx, const Vec3& dy) const;
  [[nodiscard]] Colour texel(const Material& material, const Vec2& uv_m, const Vec2& du,
                             const Vec2& dv) const;
  [[nodiscard]] float visibility(const Light& light, const Vec3& point, const Vec3& to_light,
                                 double distance) const;
  [[nodiscard]] float openness(const Vec3& point, const Vec3& normal, int placed) const;

  const World& world_;
  const RayCaster& caster_;
};

/// sRGB levels (0 to 255, not rounded) of linear light, bright parts rolled off softly.
[[nodiscard]] Colour displayed(const Colour& light);

}  // namespace vd::synth
