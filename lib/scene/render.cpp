// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/parallel.h"
#include "core/random.h"
#include "scene/scene.h"
#include "scene/shading.h"

namespace vd {
namespace {

using synth::Colour;
using synth::Hit;
using synth::RayCaster;
using synth::Shader;
using synth::World;

constexpr double nearest_depth_m = 1e-3;
constexpr double farthest_depth_m = 1e5;

/// Rays of one camera; t along a ray is the depth z because the direction has z = 1 in the camera frame.
class Rays {
 public:
  Rays(const Intrinsics& intrinsics, const SE3& world_from_camera)
      : intrinsics_(intrinsics),
        origin_(world_from_camera.translation),
        rotation_(world_from_camera.matrix()) {}
  [[nodiscard]] synth::ViewRay through(double x, double y) const {
    return {{origin_, rotation_ * intrinsics_.unproject({x, y})},
            rotation_.col(0) / intrinsics_.fx,
            rotation_.col(1) / intrinsics_.fy};
  }

 private:
  Intrinsics intrinsics_;
  Vec3 origin_;
  Mat3 rotation_;
};

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

  /// Paints what the camera sees, one texture a thread, before the loop over the rows needs it.
  void prepare_textures(const World& world) {
    std::vector<std::uint8_t> seen(world.textures.size(), 0);
    if (world.sky.cloud_texture >= 0) seen[static_cast<std::size_t>(world.sky.cloud_texture)] = 1;
    for (int y = 0; y < first_.height(); y += 4) {
      for (int x = 0; x < first_.width(); x += 4) {
        const auto hit = caster_.closest(rays_.through(x, y).ray, nearest_depth_m, farthest_depth_m);
        if (!hit) continue;
        const int texture =
            world.materials[static_cast<std::size_t>(caster_.placed(hit->placed).part->material)].texture;
        if (texture >= 0) seen[static_cast<std::size_t>(texture)] = 1;
      }
    }
    parallel_for(seen.size(), [&](std::size_t k) {
      if (seen[k]) world.textures[k].prepare();
    });
  }

  /// shift moves the samples inside their pixels.
  void sample_once(const Vec2& shift) {
    parallel_for(static_cast<std::size_t>(first_.height()), [&](std::size_t row) {
      const int y = static_cast<int>(row);
      for (int x = 0; x < first_.width(); ++x) first_(x, y) = sample(x + shift.x(), y + shift.y());
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
    const synth::ViewRay view = rays_.through(x, y);
    return shaded(caster_.closest(view.ray, nearest_depth_m, farthest_depth_m), view);
  }

  [[nodiscard]] Sample shaded(const std::optional<Hit>& hit, const synth::ViewRay& view) const {
    if (!hit) return {shader_.sky(view), -1, 0};
    const synth::Shade shade = shader_.surface(*hit, view);
    return {shade.light, surface_of(hit), shade.lit};
  }

  [[nodiscard]] static int surface_of(const std::optional<Hit>& hit) {
    return hit ? hit->placed * 32 + hit->face : -1;
  }

  /// The light of the nearest pixel on the surface that the ray meets; only slivers that no pixel around has
  /// met are lit anew.
  [[nodiscard]] Colour light_of_neighbour(int x, int y, double sample_x, double sample_y) const {
    const synth::ViewRay view = rays_.through(sample_x, sample_y);
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

  Rays rays_;
  const RayCaster& caster_;
  Shader shader_;
  Map<Sample> first_;
};

/// Linear light of a frame, as one sharp moment or as the mean over the open shutter, centred on the frame's
/// time.
Map<float, 3> render_light(const Scene& scene, int frame, const RayCaster& caster) {
  Map<float, 3> light(scene.intrinsics.width, scene.intrinsics.height);
  const bool blurred = scene.options.motion_blur && scene.options.shutter > 0;
  const int moments = blurred ? 8 : 1;
  for (int k = 0; k < moments; ++k) {
    const double offset = blurred ? scene.options.shutter * ((k + 0.5) / moments - 0.5) : 0;
    const double time_s = (frame + offset) / scene.options.fps;
    const RayCaster& now = blurred ? RayCaster(*scene.world, time_s) : caster;
    ColourPass pass(scene, scene.world_from_camera(time_s), now);
    pass.prepare_textures(*scene.world);
    pass.sample_once(blurred ? Vec2((k + 0.5) / moments - 0.5, ((k * 3 + 1) % moments + 0.5) / moments - 0.5)
                             : Vec2::Zero());
    parallel_for(static_cast<std::size_t>(light.height()), [&](std::size_t row) {
      const int y = static_cast<int>(row);
      for (int x = 0; x < light.width(); ++x) {
        const Colour colour = blurred ? pass.once(x, y) : pass.refined(x, y);
        for (int c = 0; c < 3; ++c) light(x, y, c) += colour[c] / static_cast<float>(moments);
      }
    });
  }
  return light;
}

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

/// Where the material points of a frame are in another frame, and which of them are hidden there.
class Successor {
 public:
  Successor(const Scene& scene, int frame)
      : caster_(*scene.world, scene.time_s(frame)),
        world_from_camera_(scene.pose(frame)),
        camera_from_world_(inverse(world_from_camera_)),
        intrinsics_(scene.intrinsics) {}

  struct View {
    bool in_front;
    Vec2 pixel;
    bool visible;
  };
  [[nodiscard]] View look(const synth::SurfacePoint& point) const {
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
  [[nodiscard]] const RayCaster& caster() const { return caster_; }

 private:
  using Ray = synth::Ray;
  RayCaster caster_;
  SE3 world_from_camera_;
  SE3 camera_from_world_;
  Intrinsics intrinsics_;
};

using HitMap = Map<Hit>;

HitMap cast_centres(const Scene& scene, int frame, const RayCaster& caster) {
  HitMap hits(scene.intrinsics.width, scene.intrinsics.height, Hit{0, -1, 0, Vec3::Zero()});
  const Rays rays(scene.intrinsics, scene.pose(frame));
  parallel_for(static_cast<std::size_t>(hits.height()), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    for (int x = 0; x < hits.width(); ++x) {
      if (const auto hit = caster.closest(rays.through(x, y).ray, nearest_depth_m, farthest_depth_m))
        hits(x, y) = *hit;
    }
  });
  return hits;
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
  const Successor successor(scene, target);
  flow = FlowMap(hits.width(), hits.height(), std::numeric_limits<float>::quiet_NaN());
  occluded = MaskMap(hits.width(), hits.height(), 255);
  parallel_for(static_cast<std::size_t>(hits.height()), [&](std::size_t row) {
    const int y = static_cast<int>(row);
    for (int x = 0; x < hits.width(); ++x) {
      if (hits(x, y).placed < 0) continue;
      const Successor::View view = successor.look(caster.surface_point(hits(x, y)));
      if (!view.in_front) continue;
      flow(x, y, 0) = static_cast<float>(view.pixel.x() - x);
      flow(x, y, 1) = static_cast<float>(view.pixel.y() - y);
      if (view.visible) occluded(x, y) = 0;
    }
  });
}

struct TrackSeed {
  synth::SurfacePoint point;
  int frame;
  int object;
};

/// Distinct pixels of one frame, up to 40 % of them on moving objects.
void pick_points(const Scene& scene, int frame, int count, Random& random, std::vector<TrackSeed>& seeds) {
  const RayCaster caster(*scene.world, scene.time_s(frame));
  const HitMap hits = cast_centres(scene, frame, caster);
  std::vector<std::size_t> still, moving;
  for (std::size_t i = 0; i < hits.pixels(); ++i) {
    const Hit& hit = hits.values()[i];
    if (hit.placed >= 0) (caster.placed(hit.placed).object->dynamic ? moving : still).push_back(i);
  }
  const auto take = [&](std::vector<std::size_t>& from, std::size_t wanted) {
    wanted = std::min(wanted, from.size());
    for (std::size_t k = 0; k < wanted; ++k) {
      std::swap(from[k], from[k + random.below(static_cast<std::uint32_t>(from.size() - k))]);
      const Hit& hit = hits.values()[from[k]];
      seeds.push_back({caster.surface_point(hit), frame, caster.placed(hit.placed).object_index});
    }
    return wanted;
  };
  const auto all = static_cast<std::size_t>(count);
  const std::size_t taken = take(moving, still.empty() ? all : all * 2 / 5);
  take(still, all - taken);
}

}  // namespace

RenderedFrame render(const Scene& scene, int frame, const RenderRequest& request) {
  const RayCaster caster(*scene.world, scene.time_s(frame));
  RenderedFrame result;
  result.world_from_camera = scene.pose(frame);
  result.intrinsics = scene.intrinsics;
  if (request.rgb) result.rgb = expose(render_light(scene, frame, caster), scene, frame);
  if (request.geometry || request.flow) {
    const HitMap hits = cast_centres(scene, frame, caster);
    if (request.geometry) fill_geometry(hits, caster, result);
    if (request.flow) {
      fill_flow(hits, caster, scene, frame + 1, result.flow_forward, result.occluded_forward);
      fill_flow(hits, caster, scene, frame - 1, result.flow_backward, result.occluded_backward);
    }
  }
  return result;
}

SceneTracks sample_tracks(const Scene& scene, int count) {
  const int frames = scene.options.frames;
  Random random(scene.options.seed, 0x7261636bu);
  std::vector<TrackSeed> seeds;
  const int queries = std::min(4, frames);
  for (int k = 0; k < queries; ++k) {
    const int share = count * (k + 1) / queries - count * k / queries;
    pick_points(scene, queries == 1 ? 0 : k * (frames - 1) / (queries - 1), share, random, seeds);
  }
  const int found = static_cast<int>(seeds.size());
  SceneTracks tracks;
  tracks.xyz = Map<float, 3>(found, frames);
  tracks.xy = Map<float, 2>(found, frames, std::numeric_limits<float>::quiet_NaN());
  tracks.vis = MaskMap(found, frames);
  for (const TrackSeed& seed : seeds) {
    const synth::Object& object = scene.world->objects[static_cast<std::size_t>(seed.object)];
    tracks.dynamic.push_back(object.dynamic ? 1 : 0);
    tracks.query_frame.push_back(seed.frame);
    tracks.object_id.push_back(static_cast<std::uint16_t>(object.id));
  }
  parallel_for(static_cast<std::size_t>(frames), [&](std::size_t row) {
    const int frame = static_cast<int>(row);
    const Successor successor(scene, frame);
    for (int n = 0; n < found; ++n) {
      const TrackSeed& seed = seeds[static_cast<std::size_t>(n)];
      const Vec3 point = successor.caster().position(seed.point);
      for (int c = 0; c < 3; ++c) tracks.xyz(n, frame, c) = static_cast<float>(point[c]);
      const auto view = successor.look(seed.point);
      if (!view.in_front) continue;
      for (int c = 0; c < 2; ++c) tracks.xy(n, frame, c) = static_cast<float>(view.pixel[c]);
      tracks.vis(n, frame) = view.visible ? 1 : 0;
    }
  });
  return tracks;
}

}  // namespace vd
