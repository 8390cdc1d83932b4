// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/parallel.h"
#include "core/random.h"
#include "scene/camera_rays.h"
#include "scene/scene.h"

namespace vd {
namespace {

using synth::Colour;
using synth::Hit;
using synth::HitMap;
using synth::RayCaster;

/// The camera's picture: tone curve, sensor noise from a stream of its own in each row, rounding.
RgbImage expose(const Map<float, 3>& light, const Scene& scene, int frame) {
  RgbImage image(light.width(), light.height());
  parallel_for(static_cast<std::size_t>(light.height()), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    Random random(scene.options.seed, (static_cast<std::uint64_t>(frame) << 20u) + row + 1);
    for (int x = 0; x < light.width(); ++x) {
      const float* p = light.pixel(x, y);
      const Colour levels = synth::displayed({p[0], p[1], p[2]});
      for (int c = 0; c < 3; ++c) {
        double level = levels[c];
        if (scene.options.noise_sigma > 0) level += random.normal(scene.options.noise_sigma);
        image(x, y, c) = static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, 255.0)));
      }
    }
  });
  return image;
}

void fill_geometry(const HitMap& hits, const RayCaster& caster, RenderedFrame& result) {
  const int width = hits.width(), height = hits.height();
  result.depth = DepthMap(width, height);
  result.dynamic = MaskMap(width, height);
  result.ids = Map<std::uint16_t>(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Hit& hit = hits(x, y);
      if (hit.placed < 0) continue;
      const synth::Object& object = *caster.placed(hit.placed).object;
      result.depth(x, y) = static_cast<float>(hit.t);
      result.dynamic(x, y) = object.dynamic ? 255 : 0;
      result.ids(x, y) = static_cast<std::uint16_t>(object.id);
    }
  }
}

void fill_flow(const HitMap& hits, const RayCaster& caster, const Scene& scene, int target, FlowMap& flow,
               MaskMap& occluded) {
  if (target < 0 || target >= scene.options.frames) return;
  const synth::FrameView there(scene, target);
  flow = FlowMap(hits.width(), hits.height(), std::numeric_limits<float>::quiet_NaN());
  occluded = MaskMap(hits.width(), hits.height(), 255);
  parallel_for(static_cast<std::size_t>(hits.height()), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    for (int x = 0; x < hits.width(); ++x) {
      if (hits(x, y).placed < 0) continue;
      const synth::FrameView::Sight sight = there.look(caster.surface_point(hits(x, y)));
      if (!sight.in_front) continue;
      flow(x, y, 0) = static_cast<float>(sight.pixel.x() - x);
      flow(x, y, 1) = static_cast<float>(sight.pixel.y() - y);
      if (sight.visible) occluded(x, y) = 0;
    }
  });
}

}  // namespace

namespace synth {

FrameView::FrameView(const Scene& scene, int frame)
    : caster_(*scene.world, scene.time_s(frame)),
      world_from_camera_(scene.pose(frame)),
      camera_from_world_(inverse(world_from_camera_)),
      intrinsics_(scene.intrinsics) {}

FrameView::Sight FrameView::look(const SurfacePoint& point) const {
  const Vec3 in_world = caster_.position(point);
  const Vec3 in_camera = camera_from_world_ * in_world;
  if (in_camera.z() <= nearest_depth_m) return {false, {}, false};
  const Vec2 pixel = intrinsics_.project(in_camera);
  const bool inside = pixel.x() >= -0.5 && pixel.y() >= -0.5 && pixel.x() <= intrinsics_.width - 0.5 &&
                      pixel.y() <= intrinsics_.height - 0.5;
  // The ray ends just before the point: by a micron a metre, far above the error of an intersection.
  const Ray to_point{world_from_camera_.translation, in_world - world_from_camera_.translation};
  return {true, pixel, inside && !caster_.blocked(to_point, nearest_depth_m / in_camera.z(), 1 - 1e-6)};
}

}  // namespace synth

RenderedFrame render(const Scene& scene, int frame, const RenderRequest& request) {
  const RayCaster caster(*scene.world, scene.time_s(frame));
  RenderedFrame result;
  result.world_from_camera = scene.pose(frame);
  result.intrinsics = scene.intrinsics;
  const synth::CameraRays rays(scene.intrinsics, result.world_from_camera);
  const HitMap hits =
      cast_pixels(rays, caster, scene.intrinsics.width, scene.intrinsics.height, Vec2::Zero());
  if (request.rgb) result.rgb = expose(render_light(scene, frame, caster, hits), scene, frame);
  if (request.geometry) fill_geometry(hits, caster, result);
  if (request.flow) {
    fill_flow(hits, caster, scene, frame + 1, result.flow_forward, result.occluded_forward);
    fill_flow(hits, caster, scene, frame - 1, result.flow_backward, result.occluded_backward);
  }
  return result;
}

}  // namespace vd
