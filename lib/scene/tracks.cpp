// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "core/parallel.h"
#include "core/random.h"
#include "scene/camera_rays.h"
#include "scene/scene.h"

namespace vd {
namespace {

using synth::Hit;
using synth::RayCaster;

struct TrackSeed {
  synth::SurfacePoint point;
  int frame;
  int object;
};

/// Distinct pixels of one frame, up to 40 % of them on moving objects.
void pick_points(const Scene& scene, int frame, int count, Random& random, std::vector<TrackSeed>& seeds) {
  const RayCaster caster(*scene.world, scene.time_s(frame));
  const synth::CameraRays rays(scene.intrinsics, scene.pose(frame));
  const synth::HitMap hits =
      cast_pixels(rays, caster, scene.intrinsics.width, scene.intrinsics.height, Vec2::Zero());
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
    const synth::FrameView view(scene, frame);
    for (int n = 0; n < found; ++n) {
      const TrackSeed& seed = seeds[static_cast<std::size_t>(n)];
      const Vec3 point = view.caster().position(seed.point);
      for (int c = 0; c < 3; ++c) tracks.xyz(n, frame, c) = static_cast<float>(point[c]);
      const auto sight = view.look(seed.point);
      if (!sight.in_front) continue;
      for (int c = 0; c < 2; ++c) tracks.xy(n, frame, c) = static_cast<float>(sight.pixel[c]);
      tracks.vis(n, frame) = sight.visible ? 1 : 0;
    }
  });
  return tracks;
}

}  // namespace vd
