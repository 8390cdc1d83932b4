// SPDX-License-Identifier: Apache-2.0
#include "scene/camera_rays.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/parallel.h"

namespace vd::synth {
namespace {

/// Colours of one moment, one sample a pixel first; then more where neighbouring samples lie on different
/// surfaces or on both sides of a shadow's edge. Textures are filtered, so the inside of a surface needs one
/// sample only.
class ColourPass {
 public:
  ColourPass(const Scene& scene, const SE3& world_from_camera, const RayCaster& caster)
      : rays_(scene.intrinsics, world_from_camera),
        caster_(caster),
        shader_(*scene.world, caster),
        first_(scene.intrinsics.width, scene.intrinsics.height) {}

  /// Lights what was hit in the pixels.
  void light(const HitMap& hits, const Vec2& shift) {
    parallel_for(static_cast<std::size_t>(first_.height()), [&](std::size_t row) {
      const int y = static_cast<int>(row);
      for (int x = 0; x < first_.width(); ++x) {
        const ViewRay view = rays_.through(x + shift.x(), y + shift.y());
        first_(x, y) = shaded(hits(x, y).placed >= 0 ? std::optional(hits(x, y)) : std::nullopt, view);
      }
    });
  }

  [[nodiscard]] Colour once(int x, int y) const { return first_(x, y).light; }

  [[nodiscard]] Colour refined(int x, int y) const {
    const Edge edge = edge_at(x, y);
    if (edge == Edge::none) return first_(x, y).light;
    // Rotated grid with one sample in each of six columns and rows.
    constexpr std::array<std::array<double, 2>, 6> offsets = {
        {{-5, -1}, {-3, 3}, {-1, -5}, {1, 5}, {3, -3}, {5, 1}}};
    Colour sum = Colour::Zero();
    for (const auto& offset : offsets) {
      const double sx = x + offset[0] / 12, sy = y + offset[1] / 12;
      sum += shown(edge == Edge::shadow ? sample(sx, sy).light : light_of_neighbour(x, y, sx, sy));
    }
    return sum / offsets.size();
  }

 private:
  struct Sample {
    Colour light;
    int surface = -1;  // part and face; -1 = sky
    float lit = 0;
  };

  /// Very bright samples would keep an edge jagged: they are clipped before they are averaged.
  [[nodiscard]] static Colour shown(const Colour& light) { return light.cwiseMin(1.2f); }

  [[nodiscard]] Sample sample(double x, double y) const {
    const ViewRay view = rays_.through(x, y);
    return shaded(caster_.closest(view.ray, nearest_depth_m, farthest_depth_m), view);
  }

  [[nodiscard]] Sample shaded(const std::optional<Hit>& hit, const ViewRay& view) const {
    if (!hit) return {shader_.sky(view), -1, 0};
    const Shade shade = shader_.surface(*hit, view);
    return {shade.light, surface_of(hit), shade.lit};
  }

  [[nodiscard]] static int surface_of(const std::optional<Hit>& hit) {
    return hit ? hit->placed * 32 + hit->face : -1;
  }

  /// The light of the nearest pixel on the surface that the ray meets; only slivers that no pixel around has
  /// met are lit anew.
  [[nodiscard]] Colour light_of_neighbour(int x, int y, double sample_x, double sample_y) const {
    const ViewRay view = rays_.through(sample_x, sample_y);
    const auto hit = caster_.closest(view.ray, nearest_depth_m, farthest_depth_m);
    const int surface = surface_of(hit), side_x = sample_x < x ? -1 : 1, side_y = sample_y < y ? -1 : 1;
    constexpr int order[9][2] = {{0, 0},  {1, 0},  {0, 1},  {1, 1},  {-1, 0},
                                 {0, -1}, {-1, 1}, {1, -1}, {-1, -1}};
    for (const auto& step : order) {
      const int nx = x + side_x * step[0], ny = y + side_y * step[1];
      if (first_.contains(nx, ny) && first_(nx, ny).surface == surface) return first_(nx, ny).light;
    }
    return shaded(hit, view).light;
  }

  enum class Edge { none, surface, shadow };

  [[nodiscard]] Edge edge_at(int x, int y) const {
    const Sample& here = first_(x, y);
    Edge edge = Edge::none;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        if (!first_.contains(x + dx, y + dy)) continue;
        const Sample& there = first_(x + dx, y + dy);
        if (there.surface != here.surface) {
          edge = Edge::surface;
        } else if (std::abs(there.lit - here.lit) > 0.35f) {
          return Edge::shadow;
        }
      }
    }
    return edge;
  }

  CameraRays rays_;
  const RayCaster& caster_;
  Shader shader_;
  Map<Sample> first_;
};

/// Paints the textures that are seen, one a thread, before the loop over the rows needs them.
void prepare_textures(const World& world, const HitMap& hits, const RayCaster& caster) {
  std::vector<std::uint8_t> seen(world.textures.size(), 0);
  if (world.sky.cloud_texture >= 0) seen[static_cast<std::size_t>(world.sky.cloud_texture)] = 1;
  for (const Hit& hit : hits.values()) {
    if (hit.placed < 0) continue;
    const int texture =
        world.materials[static_cast<std::size_t>(caster.placed(hit.placed).part->material)].texture;
    if (texture >= 0) seen[static_cast<std::size_t>(texture)] = 1;
  }
  parallel_for(seen.size(), [&](std::size_t k) {
    if (seen[k] != 0) world.textures[k].prepare();
  });
}

}  // namespace

HitMap cast_pixels(const CameraRays& rays, const RayCaster& caster, int width, int height,
                   const Vec2& shift) {
  HitMap hits(width, height, Hit{0, -1, 0, Vec3::Zero()});
  parallel_for(static_cast<std::size_t>(height), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    for (int x = 0; x < width; ++x) {
      const Ray ray = rays.through(x + shift.x(), y + shift.y()).ray;
      if (const auto hit = caster.closest(ray, nearest_depth_m, farthest_depth_m)) hits(x, y) = *hit;
    }
  });
  return hits;
}

Map<float, 3> render_light(const Scene& scene, int frame, const RayCaster& caster, const HitMap& centres) {
  const int width = scene.intrinsics.width, height = scene.intrinsics.height;
  const World& world = *scene.world;
  Map<float, 3> light(width, height);
  if (!scene.options.motion_blur || scene.options.shutter <= 0) {
    ColourPass pass(scene, scene.pose(frame), caster);
    prepare_textures(world, centres, caster);
    pass.light(centres, Vec2::Zero());
    parallel_for(static_cast<std::size_t>(height), [&](std::size_t row) {
      const int y = static_cast<int>(row);
      for (int x = 0; x < width; ++x) {
        const Colour colour = pass.refined(x, y);
        for (int c = 0; c < 3; ++c) light(x, y, c) = colour[c];
      }
    });
    return light;
  }
  // Each moment also looks at another place inside the pixels, so the mean is antialiased.
  constexpr int moments = 8;
  for (int k = 0; k < moments; ++k) {
    const double time_s = (frame + scene.options.shutter * ((k + 0.5) / moments - 0.5)) / scene.options.fps;
    const Vec2 shift((k + 0.5) / moments - 0.5, ((k * 3 + 1) % moments + 0.5) / moments - 0.5);
    const RayCaster now(world, time_s);
    const SE3 pose = scene.world_from_camera(time_s);
    const HitMap hits = cast_pixels(CameraRays(scene.intrinsics, pose), now, width, height, shift);
    ColourPass pass(scene, pose, now);
    prepare_textures(world, hits, now);
    pass.light(hits, shift);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const Colour colour = pass.once(x, y);
        for (int c = 0; c < 3; ++c) light(x, y, c) += colour[c] / moments;
      }
    }
  }
  return light;
}

}  // namespace vd::synth
