// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <vector>

#include "core/random.h"
#include "geometry/camera.h"
#include "geometry/tracks.h"

namespace vd::test {

/// A cloud of points seen by a camera on a path, with exact tracks.
struct TrackScene {
  std::vector<Intrinsics> intrinsics;
  std::vector<SE3> world_from_camera;
  std::vector<Vec3> points;  // one a track
  std::vector<PointTrack> tracks;
};

enum class CameraPath { sideways, forwards, turning, standing };

inline SE3 pose_on_path(CameraPath path, int frame) {
  const double f = frame;
  const Quat turn = rotation_exp(Vec3(0.004 * f, 0.01 * f, -0.003 * f));
  switch (path) {
    case CameraPath::sideways:
      return {turn, Vec3(0.12 * f, 0.03 * std::sin(0.5 * f), 0.02 * f)};
    case CameraPath::forwards:
      return {rotation_exp(Vec3(0, 0.004 * f, 0)), Vec3(0.01 * f, 0, 0.2 * f)};
    case CameraPath::turning:
      return {rotation_exp(Vec3(0.005 * f, 0.02 * f, 0.004 * f)), Vec3::Zero()};
    case CameraPath::standing:
      break;
  }
  return {};
}

/// The longest run of frames that see a point, as its track; empty when fewer than two do.
inline PointTrack track_of(const Vec3& point, const TrackScene& scene, double noise_px, Random& random) {
  PointTrack best;
  PointTrack run;
  for (std::size_t f = 0; f < scene.world_from_camera.size(); ++f) {
    const Vec3 x = inverse(scene.world_from_camera[f]) * point;
    const Intrinsics& k = scene.intrinsics[f];
    const Vec2 pixel = x.z() > 0.2 ? k.project(x) : Vec2(-1, -1);
    if (pixel.x() < 0 || pixel.y() < 0 || pixel.x() > k.width - 1 || pixel.y() > k.height - 1) {
      run = {};
      continue;
    }
    if (run.pixels.empty()) run.first_frame = static_cast<int>(f);
    run.pixels.push_back(pixel + Vec2(random.normal(noise_px), random.normal(noise_px)));
    if (run.pixels.size() > best.pixels.size()) best = run;
  }
  return best.pixels.size() >= 2 ? best : PointTrack{};
}

inline TrackScene track_scene(CameraPath path, int frames, int points, double noise_px,
                              std::uint64_t seed = 3) {
  TrackScene scene;
  Random random(seed);
  for (int f = 0; f < frames; ++f) {
    scene.intrinsics.push_back(centred_intrinsics(400, 512, 288));
    scene.world_from_camera.push_back(pose_on_path(path, f));
  }
  while (static_cast<int>(scene.tracks.size()) < points) {
    const Vec3 point(random.uniform(-6, 8), random.uniform(-3, 3), random.uniform(3, 14));
    PointTrack track = track_of(point, scene, noise_px, random);
    if (track.pixels.empty()) continue;
    scene.points.push_back(point);
    scene.tracks.push_back(std::move(track));
  }
  return scene;
}

}  // namespace vd::test
