// SPDX-License-Identifier: Apache-2.0
#include "sfm/guided.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include "catch.h"
#include "core/random.h"

namespace vd {
namespace {

constexpr int frames = 130;
constexpr double step_px = 0.8;  // the picture moves to the left from frame to frame

/// A textured wall before a camera that slides along it.
GreyImage wall(int frame) {
  GreyImage image(96, 48);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const double u = x + step_px * frame;
      const double level = 128 + 45 * std::sin(0.55 * u + 0.3 * std::sin(0.21 * y)) * std::cos(0.47 * y) +
                           30 * std::sin(0.19 * u - 0.33 * y);
      image(x, y) = static_cast<std::uint8_t>(std::lround(level));
    }
  }
  return image;
}

struct Wall {
  Reconstruction reconstruction;
  std::vector<PointTrack> exact, tracks;

  Wall() {
    const Intrinsics camera = centred_intrinsics(100, 96, 48);
    for (int f = 0; f < frames; ++f)
      reconstruction.views.push_back({camera, {Quat::Identity(), Vec3(-0.05 * step_px * f, 0, 0)}, true});
    Random random(4);
    for (int k = 0; k < 60; ++k) {
      const int first = static_cast<int>(random.uniform(0, frames - 30));
      const Vec2 start(random.uniform(70, 80), random.uniform(12, 36));
      PointTrack track{first, {}};
      for (int f = 0; f < 60 && first + f < frames; ++f) track.pixels.push_back(start - Vec2(step_px * f, 0));
      exact.push_back(track);
      const int reference = static_cast<int>(track.pixels.size()) / 2;
      for (int f = 0; f < static_cast<int>(track.pixels.size()); ++f) {
        if (f != reference) track.pixels[f] += Vec2(random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5));
      }
      tracks.push_back(track);
      const Vec3 in_first = 5 * camera.unproject(start);
      reconstruction.points.emplace_back(in_first + Vec3(0.05 * step_px * first, 0, 0));
    }
  }
};

TEST_CASE("tracks are refined with a few dozen frames in memory", "[sfm]") {
  Wall wall_scene;
  std::mutex mutex;
  std::vector<std::weak_ptr<const GreyImage>> made;
  std::size_t most = 0;
  const GreyFrames read(frames, [&](std::size_t f) {
    auto frame = std::make_shared<const GreyImage>(wall(static_cast<int>(f)));
    const std::lock_guard lock(mutex);
    made.push_back(frame);
    const auto alive =
        std::count_if(made.begin(), made.end(), [](const auto& one) { return !one.expired(); });
    most = std::max(most, static_cast<std::size_t>(alive));
    return frame;
  });
  std::vector<PointTrack> tracks = wall_scene.tracks;
  const GuidedReport report = refine_tracks(read, wall_scene.reconstruction, {}, tracks);
  CHECK(most <= 72);  // two blocks of 24, and one that is on its way in while the other goes
  CHECK(report.observations > 2000);
  CHECK(report.moved > 0.9 * report.observations);
  double sum = 0;
  int count = 0;
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    for (std::size_t f = 0; f < tracks[k].pixels.size(); ++f, ++count)
      sum += (tracks[k].pixels[f] - wall_scene.exact[k].pixels[f]).squaredNorm();
  }
  CHECK(std::sqrt(sum / count) < 0.15);  // from 0.41

  std::vector<GreyImage> all;
  for (int f = 0; f < frames; ++f) all.push_back(wall(f));
  std::vector<PointTrack> in_memory = wall_scene.tracks;
  const GuidedReport same = refine_tracks(all, wall_scene.reconstruction, {}, in_memory);
  CHECK(same.moved == report.moved);
  for (std::size_t k = 0; k < tracks.size(); ++k) CHECK(in_memory[k].pixels == tracks[k].pixels);
}

}  // namespace
}  // namespace vd
