// SPDX-License-Identifier: Apache-2.0
#include "sfm/windows.h"

#include <algorithm>
#include <cmath>

#include "catch.h"
#include "geometry/registration.h"
#include "sfm/window_chain.h"
#include "synthetic_tracks.h"

namespace {

using namespace vd;
using test::CameraPath;
using test::TrackScene;

/// A way along a wall of points, for any number of frames.
TrackScene long_scene(int frames, int points, double noise_px) {
  TrackScene scene;
  Random random(7);
  const double step = 0.1;
  for (int f = 0; f < frames; ++f) {
    scene.intrinsics.push_back(centred_intrinsics(400, 512, 288));
    scene.world_from_camera.push_back(
        {rotation_exp(Vec3(0.05 * std::sin(0.2 * f), 0.1 * std::sin(0.1 * f), 0)),
         Vec3(step * f, 0.1 * std::sin(0.3 * f), 0.2 * std::sin(0.15 * f))});
  }
  while (static_cast<int>(scene.tracks.size()) < points) {
    const Vec3 point(random.uniform(-4, 4 + step * frames), random.uniform(-2.5, 2.5), random.uniform(3, 8));
    PointTrack track = test::track_of(point, scene, noise_px, random);
    if (track.pixels.empty()) continue;
    scene.points.push_back(point);
    scene.tracks.push_back(std::move(track));
  }
  return scene;
}

/// Another world of its own for every window.
Sim3 window_from_world(int window) {
  return {0.4 + 0.5 * window, rotation_exp(Vec3(0.3 * window, 0.2, -0.5 * window)), Vec3(window, -2, 0.7)};
}

WindowInput input_of(const TrackScene& scene, const FrameWindow& window) {
  WindowInput input;
  for (int f = window.first; f < window.end; ++f)
    input.sfm.intrinsics.push_back(scene.intrinsics[static_cast<std::size_t>(f)]);
  for (std::size_t k = 0; k < scene.tracks.size(); ++k) {
    const PointTrack& track = scene.tracks[k];
    PointTrack cut;
    cut.first_frame = std::max(track.first_frame, window.first) - window.first;
    for (int f = std::max(track.first_frame, window.first); f <= std::min(track.last_frame(), window.end - 1);
         ++f)
      cut.pixels.push_back(track.at(f));
    if (cut.pixels.size() < 2) continue;
    input.tracks.push_back(std::move(cut));
    input.track_numbers.push_back(static_cast<std::int64_t>(k));
  }
  return input;
}

/// The truth as a solution of the window, in a world of its own.
SolvedWindow exact_window(const TrackScene& scene, const FrameWindow& frames, const Sim3& window_from_world) {
  WindowInput input = input_of(scene, frames);
  SolvedWindow window;
  window.frames = frames;
  for (int f = frames.first; f < frames.end; ++f)
    window.sfm.cameras.push_back({scene.intrinsics[static_cast<std::size_t>(f)],
                                  window_from_world * scene.world_from_camera[static_cast<std::size_t>(f)]});
  window.sfm.status.assign(window.sfm.cameras.size(), FrameStatus::registered);
  for (std::size_t k = 0; k < input.tracks.size(); ++k) {
    const Vec3& in_world = scene.points[static_cast<std::size_t>(input.track_numbers[k])];
    window.sfm.points.push_back({window_from_world * in_world, static_cast<int>(k), 0.1, 3.0});
  }
  window.sfm.tracks = std::move(input.tracks);
  window.track_numbers = std::move(input.track_numbers);
  return window;
}

double difference(const Sim3& a, const Sim3& b) {
  return std::abs(std::log(a.scale / b.scale)) + rotation_angle_rad(a.rotation.conjugate() * b.rotation) +
         (a.translation - b.translation).norm();
}

/// Largest distance of a camera from its true place after the best similarity, as a share of the way of all.
double worst_place(const std::vector<SE3>& truth, const std::vector<Camera>& cameras) {
  REQUIRE(truth.size() == cameras.size());
  std::vector<Vec3> found, wanted;
  double way = 0;
  for (std::size_t f = 0; f < truth.size(); ++f) {
    found.push_back(cameras[f].world_from_camera.translation);
    wanted.push_back(truth[f].translation);
    if (f > 0) way += (truth[f].translation - truth[f - 1].translation).norm();
  }
  const auto fit = register_points(found, wanted, {}, RegistrationModel::similarity);
  REQUIRE(fit);
  double worst = 0;
  for (std::size_t f = 0; f < truth.size(); ++f)
    worst = std::max(worst, (*fit * found[f] - wanted[f]).norm());
  return worst / way;
}

bool is_finite(const SfmResult& sfm) {
  return std::all_of(sfm.cameras.begin(), sfm.cameras.end(), [](const Camera& camera) {
    return camera.world_from_camera.translation.allFinite() &&
           camera.world_from_camera.rotation.coeffs().allFinite();
  });
}

/// All of a shot in windows, with what the largest of them holds.
struct Solved {
  WindowsResult result;
  std::size_t most_observations = 0;
};

Solved solve(const TrackScene& scene, const WindowOptions& options) {
  Solved solved;
  const auto windows = overlapping_windows(static_cast<int>(scene.intrinsics.size()), options);
  const auto look = [&](const SolvedWindow& window) {
    std::size_t observations = 0;
    for (const PointTrack& track : window.sfm.tracks) observations += track.pixels.size();
    solved.most_observations = std::max(solved.most_observations, observations);
  };
  solved.result = solve_in_windows(
      windows, [&](const FrameWindow& window) { return input_of(scene, window); }, {}, {}, look);
  return solved;
}

}  // namespace

TEST_CASE("windows cover a shot, overlap by a third and are as few as that allows", "[sfm][windows]") {
  const int frames = GENERATE(2, 12, 13, 119, 120, 121, 160, 161, 1000, 1001);
  const int most = GENERATE(12, 40, 120);
  CAPTURE(frames, most);
  const auto windows = overlapping_windows(frames, {most});
  CHECK(windows.front().first == 0);
  CHECK(windows.back().end == frames);
  if (frames <= most) CHECK(windows.size() == 1);
  int answered = 0;
  for (std::size_t k = 0; k < windows.size(); ++k) {
    CHECK(windows[k].size() <= most);
    CHECK(windows[k].size() == windows[0].size());
    const FrameWindow core = core_of(windows, k);
    CHECK(core.first == answered);
    CHECK(core.first >= windows[k].first);
    CHECK(core.end <= windows[k].end);
    answered = core.end;
    if (k > 0) CHECK(windows[k - 1].end - windows[k].first >= most / 3);
  }
  CHECK(answered == frames);
  const auto fewer = static_cast<int>(windows.size()) - 1;
  if (fewer > 0) CHECK(most + (fewer - 1) * (most - most / 3) < frames);
}

TEST_CASE("a chain of windows gives back the similarities between them", "[sfm][windows][property]") {
  const CameraPath path = GENERATE(CameraPath::sideways, CameraPath::forwards);
  const TrackScene scene = test::track_scene(path, 70, 600, 0);
  const auto windows = overlapping_windows(70, {24});
  REQUIRE(windows.size() >= 4);
  WindowChain chain(windows);
  std::optional<SolvedWindow> last;
  for (std::size_t k = 0; k < windows.size(); ++k) {
    const Sim3 own = window_from_world(static_cast<int>(k));
    SolvedWindow window = exact_window(scene, windows[k], own);
    if (last) {
      const WindowTie tie = tie_windows(*last, window);
      CHECK(difference(tie.earlier_from_later, window_from_world(static_cast<int>(k) - 1) * inverse(own)) <
            1e-7);
      CHECK(tie.rotation_tied);
      CHECK(tie.scale_tied);
      CHECK(tie.shared_frames == windows[k - 1].end - windows[k].first);
    }
    last = window;
    chain.add(std::move(window));
  }
  const WindowsResult result = chain.finish();
  CHECK(result.sfm.cameras.size() == 70);
  CHECK(worst_place(scene.world_from_camera, result.sfm.cameras) < 1e-7);
  CHECK(result.sfm.tracks.empty());
  double way = 0;
  for (std::size_t f = 1; f < 70; ++f)
    way += (result.sfm.cameras[f].world_from_camera.translation -
            result.sfm.cameras[f - 1].world_from_camera.translation)
               .norm();
  CHECK(way / 69 == Approx(1));
  CHECK(result.sfm.points.size() >= scene.points.size());
  CHECK(result.sfm.points.size() < 1.5 * static_cast<double>(scene.points.size()));
}

TEST_CASE("frames and points that one window has placed wrongly do not bend the chain", "[sfm][windows]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 40, 500, 0);
  const SolvedWindow earlier = exact_window(scene, {0, 24}, window_from_world(0));
  SolvedWindow later = exact_window(scene, {12, 36}, window_from_world(1));
  for (const std::size_t f : {0, 1, 11}) {
    later.sfm.cameras[f].world_from_camera.translation += Vec3(0.5, -1, 2);
    later.sfm.cameras[f].world_from_camera.rotation =
        later.sfm.cameras[f].world_from_camera.rotation * rotation_exp(Vec3(0.1, 0.3, 0));
  }
  for (std::size_t k = 0; k < later.sfm.points.size(); k += 4) later.sfm.points[k].in_world += Vec3(1, 2, 3);
  const WindowTie tie = tie_windows(earlier, later);
  const Sim3 truth = window_from_world(0) * inverse(window_from_world(1));
  CHECK(std::abs(tie.earlier_from_later.scale / truth.scale - 1) < 1e-4);
  CHECK(difference(tie.earlier_from_later, truth) < 1e-3);
}

TEST_CASE("a camera that rests in the overlap leaves the scale to the points", "[sfm][windows]") {
  TrackScene scene = test::track_scene(CameraPath::turning, 40, 500, 0);
  for (std::size_t f = 0; f < 40; ++f) {
    const double moved = f < 12 ? static_cast<double>(f) - 12 : f < 24 ? 0 : static_cast<double>(f) - 23;
    scene.world_from_camera[f].translation = Vec3(0.1 * moved, 0, 0);
  }
  const SolvedWindow earlier = exact_window(scene, {0, 24}, window_from_world(0));
  SolvedWindow later = exact_window(scene, {12, 36}, window_from_world(2));
  const Sim3 truth = window_from_world(0) * inverse(window_from_world(2));
  const WindowTie tie = tie_windows(earlier, later);
  CHECK(tie.scale_tied);
  CHECK(tie.shared_points > 50);
  CHECK(difference(tie.earlier_from_later, truth) < 1e-6);

  later.sfm.points.clear();
  const WindowTie open = tie_windows(earlier, later);
  CHECK_FALSE(open.scale_tied);
  CHECK(open.rotation_tied);
  CHECK(open.earlier_from_later.scale == 1);
}

TEST_CASE("tracks solved in windows give the path, and no window holds more than its share",
          "[sfm][windows]") {
  const TrackScene scene = long_scene(64, 500, 0.1);
  std::size_t all = 0;
  for (const PointTrack& track : scene.tracks) all += track.pixels.size();
  const Solved at_once = solve(scene, {64});
  const Solved in_windows = solve(scene, {27});
  REQUIRE(in_windows.result.world_from_window.size() == 4);
  CHECK(worst_place(scene.world_from_camera, at_once.result.sfm.cameras) < 0.002);
  CHECK(worst_place(scene.world_from_camera, in_windows.result.sfm.cameras) < 0.004);
  CHECK(at_once.most_observations == all);
  CHECK(in_windows.most_observations < all / 2);
  CHECK(in_windows.result.sfm.status.size() == 64);
  CHECK(in_windows.result.sfm.report.warnings.empty());
}

TEST_CASE("poses that are held are the same in windows", "[sfm][windows]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 40, 300, 0);
  const auto source = [&](const FrameWindow& window) {
    WindowInput input = input_of(scene, window);
    for (int f = window.first; f < window.end; ++f)
      input.sfm.known_world_from_camera.push_back(scene.world_from_camera[static_cast<std::size_t>(f)]);
    return input;
  };
  const auto result = solve_in_windows(overlapping_windows(40, {18}), source, {}, {}, [](const auto&) {});
  for (std::size_t f = 0; f < 40; ++f) {
    CHECK((result.sfm.cameras[f].world_from_camera.translation - scene.world_from_camera[f].translation)
              .norm() < 1e-12);
    CHECK(result.sfm.status[f] == FrameStatus::given);
  }
  CHECK(result.sfm.points.size() > 200);
}

TEST_CASE(
    "windows of a camera that only turns, and of one that sees nothing, are gone through with a warning",
    "[sfm][windows]") {
  const TrackScene turning = test::track_scene(CameraPath::turning, 40, 500, 0.05);
  const SfmResult turned = solve(turning, {20}).result.sfm;
  CHECK(turned.rotation_only);
  CHECK(is_finite(turned));
  CHECK_FALSE(turned.report.warnings.empty());
  for (std::size_t f = 0; f < 40; ++f) {
    const Quat wanted =
        turning.world_from_camera[0].rotation.conjugate() * turning.world_from_camera[f].rotation;
    const Quat& found = turned.cameras[f].world_from_camera.rotation;
    CHECK(rotation_angle_rad(wanted.conjugate() * found) < 0.002);
    CHECK(turned.cameras[f].world_from_camera.translation.norm() < 1e-9);
  }

  TrackScene blind = long_scene(80, 600, 0.05);
  for (PointTrack& track : blind.tracks) {
    while (track.last_frame() > 30 && !track.pixels.empty() && track.first_frame <= 50)
      track.pixels.pop_back();
  }
  blind.tracks.erase(std::remove_if(blind.tracks.begin(), blind.tracks.end(),
                                    [](const PointTrack& track) { return track.pixels.size() < 2; }),
                     blind.tracks.end());
  const SfmResult seen_twice = solve(blind, {24}).result.sfm;
  CHECK(is_finite(seen_twice));
  CHECK(seen_twice.cameras.size() == 80);
  CHECK(
      std::any_of(seen_twice.report.warnings.begin(), seen_twice.report.warnings.end(),
                  [](const std::string& text) { return text.find("from both sides") != std::string::npos; }));
  CHECK(seen_twice.status.front() == FrameStatus::registered);
  CHECK(seen_twice.status.back() == FrameStatus::registered);
  CHECK(seen_twice.status[40] != FrameStatus::registered);
}

TEST_CASE("one focal length serves all windows", "[sfm][windows][focal]") {
  const TrackScene scene = long_scene(40, 300, 0.1);
  const auto windows = overlapping_windows(40, {18});
  const auto source = [&](const FrameWindow& window) {
    WindowInput input = input_of(scene, window);
    for (Intrinsics& k : input.sfm.intrinsics) k.fx = k.fy = 0;
    input.sfm.intrinsics_known = false;
    return input;
  };
  const WindowsFocal found = estimate_focal(windows, source, {});
  CHECK(found.focal.estimated);
  CHECK(found.focal.focal_px == Approx(400).epsilon(0.02));
  CHECK(found.focal.low_px < found.focal.focal_px);
  CHECK(found.focal.high_px > found.focal.focal_px);
  CHECK_FALSE(found.starts.empty());
  if (found.first) CHECK(found.first->sfm.focal.focal_px == found.focal.focal_px);
}
