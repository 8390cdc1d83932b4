// SPDX-License-Identifier: Apache-2.0
#include "scene/shading.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "scene/noise.h"

namespace vd::synth {
namespace {

constexpr double pi = 3.14159265358979323846;

/// Points of the unit disc: the first four on its rim ask whether the light is partly covered, all of them
/// how far.
constexpr int rim_samples = 4;
constexpr int light_count = 16;
const std::array<Vec2, light_count>& light_samples() {
  static const std::array<Vec2, light_count> samples = [] {
    std::array<Vec2, light_count> disc;
    for (int k = 0; k < rim_samples; ++k)
      disc[static_cast<std::size_t>(k)] =
          Vec2(std::cos(pi * (0.25 + 0.5 * k)), std::sin(pi * (0.25 + 0.5 * k)));
    for (int k = rim_samples; k < light_count; ++k) {  // sunflower, Vogel 1979
      const double radius = std::sqrt((k - rim_samples + 0.5) / (light_count - rim_samples)),
                   angle = 2.399963 * (k - rim_samples);
      disc[static_cast<std::size_t>(k)] = radius * Vec2(std::cos(angle), std::sin(angle));
    }
    return disc;
  }();
  return samples;
}

/// Two unit vectors that make a right-handed frame with a unit vector (Duff et al. 2017).
void frame_about(const Vec3& n, Vec3& a, Vec3& b) {
  const double sign = std::copysign(1.0, n.z());
  const double c = -1 / (sign + n.z()), d = n.x() * n.y() * c;
  a = {1 + sign * n.x() * n.x() * c, sign * d, -sign * n.x()};
  b = {d, sign + n.y() * n.y() * c, -n.y()};
}

}  // namespace

Colour displayed(const Colour& light) {
  constexpr float knee = 0.65f;
  Colour levels;
  for (int c = 0; c < 3; ++c) {
    const float x = light[c];
    levels[c] = srgb_from_linear(x < knee ? x : knee + (1 - knee) * (1 - std::exp(-(x - knee) / (1 - knee))));
  }
  return levels;
}

Colour Shader::texel(const Material& material, const Vec2& uv_m, const Vec2& du, const Vec2& dv) const {
  const Vec2 uv = uv_m.cwiseQuotient(material.tile_m) + material.shift;
  return world_.textures[static_cast<std::size_t>(material.texture)].sample(uv, du / material.tile_m.x(),
                                                                            dv / material.tile_m.y());
}

Colour Shader::albedo(const Hit& hit, const Material& material, const Vec3& dx, const Vec3& dy) const {
  Colour colour = material.tint;
  const Shape& shape = caster_.placed(hit.placed).part->shape;
  if (material.texture >= 0) {
    if (material.mapping == Mapping::three_axes) {
      Vec3 weight = normal_at(shape, hit.rest, hit.face).cwiseAbs2().cwiseAbs2();
      weight /= weight.sum();
      Colour sum = Colour::Zero();
      for (int k = 0; k < 3; ++k) {
        if (weight[k] < 0.02) continue;
        const int u = (k + 1) % 3, v = (k + 2) % 3;
        sum += static_cast<float>(weight[k]) *
               texel(material, {hit.rest[u] + 3.7 * k, hit.rest[v]}, {dx[u], dy[u]}, {dx[v], dy[v]});
      }
      colour = colour.cwiseProduct(sum);
    } else {
      FaceChart chart = chart_at(shape, hit.rest, hit.face);
      if (material.mapping == Mapping::globe) {
        const double radius = half_extents(shape).mean();
        const Vec2 tiles_per_m = Vec2(0.5, 1.0) / (pi * radius);
        chart.uv_m = (chart.uv_m.cwiseProduct(tiles_per_m) + Vec2(0.5, 0.5)).cwiseProduct(material.tile_m);
        chart.u_axis *= tiles_per_m.x() * material.tile_m.x();
        chart.v_axis *= tiles_per_m.y() * material.tile_m.y();
      }
      colour = colour.cwiseProduct(texel(material, chart.uv_m, {chart.u_axis.dot(dx), chart.u_axis.dot(dy)},
                                         {chart.v_axis.dot(dx), chart.v_axis.dot(dy)}));
    }
  }
  if (material.variation > 0) {
    // Sheared so that no face of a box lies along a lattice line of the noise.
    const double scale = 1 / static_cast<double>(material.variation_m);
    const double a = (hit.rest.x() + 0.37 * hit.rest.z()) * scale,
                 b = (hit.rest.y() + 0.61 * hit.rest.z()) * scale;
    const float slow = gradient_noise(a, b, 0, 0, 17) + 0.5f * gradient_noise(2.3 * a, 2.3 * b, 0, 0, 18);
    colour *= 1 + material.variation * slow;
  }
  return colour;
}

float Shader::visibility(const Light& light, const Vec3& point, const Vec3& to_light, double distance) const {
  int blocker = -1;
  if (light.radius <= 0) return caster_.shaded({point, to_light}, distance, blocker) ? 0.0f : 1.0f;
  Vec3 a, b;
  frame_about(to_light, a, b);
  const double spread = light.is_sun ? light.radius : light.radius / distance;
  const auto free = [&](int k) {
    const Vec2& s = light_samples()[static_cast<std::size_t>(k)];
    const Vec3 direction = to_light + spread * (s.x() * a + s.y() * b);
    return caster_.shaded({point, direction}, distance, blocker) ? 0 : 1;
  };
  int seen = 0;
  for (int k = 0; k < rim_samples; ++k) seen += free(k);
  if (seen == 0 || seen == rim_samples) return seen == 0 ? 0.0f : 1.0f;
  seen = 0;
  for (int k = rim_samples; k < light_count; ++k) seen += free(k);
  return static_cast<float>(seen) / (light_count - rim_samples);
}

float Shader::openness(const Vec3& point, const Vec3& normal, int placed) const {
  // How much nearer than along a free normal the surroundings are, at three heights (after Evans 2006).
  const Ambient& ambient = world_.ambient;
  float covered = 0;
  for (const double share : {0.12, 0.4, 1.0}) {
    const double height = share * ambient.contact_m;
    const double gap = caster_.clearance(point + height * normal, height, placed);
    covered += static_cast<float>((height - std::max(0.0, gap)) / height) * (share < 0.2 ? 0.3f : 0.35f);
  }
  return 1 - ambient.contact_strength * covered;
}

Shade Shader::surface(const Hit& hit, const ViewRay& view) const {
  const PlacedPart& placed = caster_.placed(hit.placed);
  const Material& material = world_.materials[static_cast<std::size_t>(placed.part->material)];
  const Vec3& direction = view.ray.direction;
  Vec3 normal = caster_.normal(hit);
  const double facing = normal.dot(direction);
  const double slope = std::copysign(std::max(std::abs(facing), 1e-3), facing);
  const Vec3 dx = hit.t * (view.direction_dx - direction * (normal.dot(view.direction_dx) / slope));
  const Vec3 dy = hit.t * (view.direction_dy - direction * (normal.dot(view.direction_dy) / slope));
  const Mat3 part_from_world = placed.world_from_part.transpose();
  const Colour base = albedo(hit, material, part_from_world * dx, part_from_world * dy);
  if (facing > 0) normal = -normal;

  const Vec3 point = view.ray.at(hit.t) + normal * (1e-5 * (1 + hit.t));
  const float up = 0.5f + 0.5f * static_cast<float>(normal.z());
  const float open = openness(point, normal, hit.placed);
  Colour irradiance = open * (up * world_.ambient.from_above + (1 - up) * world_.ambient.from_below);
  const Vec3 to_eye = -direction.normalized();
  float lit = 0;
  Colour highlight = Colour::Zero();
  for (const Light& light : world_.lights) {
    const Vec3 way = light.is_sun ? light.place : Vec3(light.place - point);
    const double distance = light.is_sun ? 1e4 : way.norm();
    const Vec3 to_light = light.is_sun ? way : Vec3(way / distance);
    const double cosine = normal.dot(to_light);
    if (cosine <= 0) continue;
    const float seen = visibility(light, point, to_light, distance);
    const Colour arriving =
        light.colour * (seen / (light.is_sun ? 1.0f : static_cast<float>(distance * distance)));
    irradiance += arriving * static_cast<float>(cosine) * (0.6f + 0.4f * open);
    lit += seen;
    if (material.gloss > 0) {
      const double half = std::max(0.0, normal.dot((to_light + to_eye).normalized()));
      highlight += material.gloss * arriving * static_cast<float>(std::pow(half, 50.0));
    }
  }
  Colour light = base.cwiseProduct(irradiance) + highlight + material.glow * material.tint;
  if (material.mirror > 0) {
    const double cosine = std::clamp(normal.dot(to_eye), 0.0, 1.0);
    const auto fresnel =
        material.mirror + (1 - material.mirror) * 0.6f * static_cast<float>(std::pow(1 - cosine, 5.0));
    const Vec3 bounced = direction - 2 * normal.dot(direction) * normal;
    const Colour seen = sky({{point, bounced}, view.direction_dx * 20, view.direction_dy * 20});
    light = (1 - fresnel) * light + fresnel * open * seen;
  }
  if (world_.haze_m > 0) {
    const auto clear = static_cast<float>(std::exp(-hit.t * direction.norm() / world_.haze_m));
    light = clear * light + (1 - clear) * world_.haze;
  }
  return {light * world_.exposure, lit};
}

Colour Shader::sky(const ViewRay& view) const {
  const Sky& sky = world_.sky;
  const Vec3 direction = view.ray.direction.normalized();
  const auto height = static_cast<float>(std::max(0.0, direction.z()));
  const float blend = 1 - std::pow(1 - height, 3.0f);
  Colour light = (1 - blend) * sky.horizon + blend * sky.zenith;
  if (sky.cloud_texture >= 0 && direction.z() > 0.005) {
    // Clouds on a flat layer, pulled together towards the horizon.
    const auto on_layer = [&](const Vec3& d) {
      return Vec2(Vec2(d.x(), d.y()) / (std::max(d.z(), 0.0) / d.norm() + 0.15) / d.norm());
    };
    const Vec2 uv = on_layer(direction);
    const Vec2 dx = on_layer(view.ray.direction + view.direction_dx) - uv;
    const Vec2 dy = on_layer(view.ray.direction + view.direction_dy) - uv;
    const float thickness = world_.textures[static_cast<std::size_t>(sky.cloud_texture)].sample(
        0.22 * uv + sky.cloud_shift, 0.22 * Vec2(dx.x(), dy.x()), 0.22 * Vec2(dx.y(), dy.y()))[0];
    const float edge = 1 - sky.cloud_cover;
    const float cover = std::clamp((thickness - edge) / 0.35f, 0.0f, 1.0f) * std::min(1.0f, height * 8);
    const Colour cloud =
        Colour(0.95f, 0.95f, 0.97f) * (1 - 0.25f * std::clamp((thickness - edge - 0.25f) / 0.5f, 0.0f, 1.0f));
    light = (1 - cover) * light + cover * cloud;
  }
  return light * world_.exposure;
}

}  // namespace vd::synth
