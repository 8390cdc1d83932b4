// SPDX-License-Identifier: Apache-2.0
#include "sfm/sfm.h"

#include <algorithm>
#include <cmath>

#include "catch.h"
#include "core/error.h"
#include "core/parallel.h"
#include "geometry/registration.h"
#include "synthetic_tracks.h"

namespace {

using namespace vd;
using test::CameraPath;
using test::TrackScene;

SfmInput input_of(const TrackScene& scene) {
  SfmInput input;
  input.tracks = scene.tracks;
  input.intrinsics = scene.intrinsics;
  return input;
}

struct PathError {
  double centre = 0;        // largest, in units of the longest distance from the first camera
  double rotation_deg = 0;  // largest
};

/// Errors in the frame of the first camera, after the best scale.
PathError path_error(const std::vector<SE3>& truth, const std::vector<Camera>& cameras) {
  REQUIRE(truth.size() == cameras.size());
  double ab = 0;
  double bb = 0;
  double longest = 0;
  const auto local = [](const SE3& first, const SE3& pose) { return inverse(first) * pose; };
  for (std::size_t f = 0; f < truth.size(); ++f) {
    const Vec3 a = local(truth[0], truth[f]).translation;
    const Vec3 b = local(cameras[0].world_from_camera, cameras[f].world_from_camera).translation;
    ab += a.dot(b);
    bb += b.squaredNorm();
    longest = std::max(longest, a.norm());
  }
  PathError error;
  for (std::size_t f = 0; f < truth.size(); ++f) {
    const SE3 a = local(truth[0], truth[f]);
    const SE3 b = local(cameras[0].world_from_camera, cameras[f].world_from_camera);
    error.centre =
        std::max(error.centre, (a.translation - (bb > 0 ? ab / bb : 0) * b.translation).norm() / longest);
    error.rotation_deg = std::max(
        error.rotation_deg, rotation_angle_rad(a.rotation.conjugate() * b.rotation) * 57.29577951308232);
  }
  return error;
}

bool same_poses(const SfmResult& a, const SfmResult& b) {
  for (std::size_t f = 0; f < a.cameras.size(); ++f) {
    if (a.cameras[f].world_from_camera.translation != b.cameras[f].world_from_camera.translation)
      return false;
    if (a.cameras[f].world_from_camera.rotation.coeffs() != b.cameras[f].world_from_camera.rotation.coeffs())
      return false;
  }
  return a.points.size() == b.points.size();
}

}  // namespace

TEST_CASE("exact tracks give exact poses", "[sfm]") {
  const CameraPath path = GENERATE(CameraPath::sideways, CameraPath::forwards);
  const TrackScene scene = test::track_scene(path, 12, 300, 0);
  const SfmResult result = solve_structure_from_motion(input_of(scene), {});
  const PathError error = path_error(scene.world_from_camera, result.cameras);
  CHECK(error.centre < 1e-6);
  CHECK(error.rotation_deg < 1e-5);
  CHECK_FALSE(result.rotation_only);
  CHECK(result.points.size() > 250);
  CHECK(result.report.explained_share > 0.95);
  CHECK(std::all_of(result.status.begin(), result.status.end(),
                    [](FrameStatus s) { return s == FrameStatus::registered; }));
  CHECK(result.report.warnings.empty());

  double path_length = 0;
  for (std::size_t f = 1; f < result.cameras.size(); ++f)
    path_length += (result.cameras[f].world_from_camera.translation -
                    result.cameras[f - 1].world_from_camera.translation)
                       .norm();
  CHECK(path_length / 11 == Approx(1.0));
  CHECK(result.cameras[0].world_from_camera.translation.norm() < 1e-12);
}

TEST_CASE("two frames give the baseline's direction with length 1", "[sfm]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 2, 150, 0);
  const SfmResult result = solve_structure_from_motion(input_of(scene), {});
  CHECK(path_error(scene.world_from_camera, result.cameras).rotation_deg < 1e-4);
  CHECK(path_error(scene.world_from_camera, result.cameras).centre < 1e-5);
  CHECK(result.cameras[1].world_from_camera.translation.norm() == Approx(1.0));
}

TEST_CASE("noise of a third of a pixel costs little", "[sfm]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 16, 500, 0.3);
  const SfmResult result = solve_structure_from_motion(input_of(scene), {});
  const PathError error = path_error(scene.world_from_camera, result.cameras);
  CHECK(error.centre < 0.005);
  CHECK(error.rotation_deg < 0.05);
  CHECK(result.report.median_residual_px < 0.5);
}

TEST_CASE("the order of the tracks does not matter", "[sfm][property]") {
  TrackScene scene = test::track_scene(CameraPath::sideways, 10, 250, 0);
  const SfmResult one = solve_structure_from_motion(input_of(scene), {});
  std::reverse(scene.tracks.begin(), scene.tracks.end());
  const SfmResult other = solve_structure_from_motion(input_of(scene), {});
  for (std::size_t f = 0; f < one.cameras.size(); ++f)
    CHECK((one.cameras[f].world_from_camera.translation - other.cameras[f].world_from_camera.translation)
              .norm() < 1e-4);
}

TEST_CASE("the same poses for one thread and for several", "[sfm][property]") {
  const TrackScene scene =
      test::track_scene(GENERATE(CameraPath::sideways, CameraPath::turning), 12, 300, 0.3);
  SfmInput input = input_of(scene);
  input.intrinsics_known = GENERATE(true, false);
  const int threads_before = thread_count();
  set_thread_count(1);
  const SfmResult alone = solve_structure_from_motion(input, {});
  // More threads than cores, more than once: memory then lies at other addresses in every run.
  for (const int threads : {3, 16, 16, 16}) {
    set_thread_count(threads);
    CHECK(same_poses(alone, solve_structure_from_motion(input, {})));
  }
  set_thread_count(threads_before);
}

TEST_CASE("a moving object does not decide the path", "[sfm]") {
  TrackScene scene = test::track_scene(CameraPath::sideways, 12, 400, 0.2);
  // A rigid body before the camera that goes its own way and holds a third of the tracks.
  Random random(5);
  std::vector<int> mover;
  while (mover.size() < 200) {
    const Vec3 start(random.uniform(-1, 1), random.uniform(-0.8, 0.8), random.uniform(3, 4));
    PointTrack track;
    bool inside = true;
    for (std::size_t f = 0; f < scene.intrinsics.size(); ++f) {
      const Vec3 moved = start + static_cast<double>(f) * Vec3(0.05, 0.04, 0.06);
      const Vec2 pixel = scene.intrinsics[f].project(inverse(scene.world_from_camera[f]) * moved);
      inside = inside && pixel.x() > 0 && pixel.y() > 0 && pixel.x() < 511 && pixel.y() < 287;
      track.pixels.push_back(pixel + Vec2(random.normal(0.2), random.normal(0.2)));
    }
    if (!inside) continue;
    mover.push_back(static_cast<int>(scene.tracks.size()));
    scene.tracks.push_back(track);
  }
  const SfmResult result = solve_structure_from_motion(input_of(scene), {});
  const PathError error = path_error(scene.world_from_camera, result.cameras);
  CHECK(error.centre < 0.01);
  CHECK(error.rotation_deg < 0.1);
  const auto kept = std::count_if(result.points.begin(), result.points.end(),
                                  [&](const ScenePoint& p) { return p.track >= mover.front(); });
  CHECK(kept < 20);
}

TEST_CASE("a camera that only turns gets rotations and no path", "[sfm][rotation]") {
  const bool known = GENERATE(true, false);
  const TrackScene scene = test::track_scene(CameraPath::turning, 16, 400, 0.1);
  SfmInput input = input_of(scene);
  input.intrinsics_known = known;
  if (!known)
    for (Intrinsics& k : input.intrinsics) k.fx = k.fy = 0;
  const SfmResult result = solve_structure_from_motion(input, {});
  CHECK(result.rotation_only);
  CHECK(result.points.empty());
  double worst_deg = 0;
  for (std::size_t f = 0; f < result.cameras.size(); ++f) {
    CHECK(result.cameras[f].world_from_camera.translation.norm() == 0);
    const Quat truth = scene.world_from_camera[0].rotation.conjugate() * scene.world_from_camera[f].rotation;
    worst_deg = std::max(
        worst_deg, rotation_angle_rad(truth.conjugate() * result.cameras[f].world_from_camera.rotation) *
                       57.29577951308232);
  }
  CHECK(worst_deg < (known ? 0.03 : 0.3));
  CHECK(result.focal.focal_px == Approx(400).epsilon(0.02));
  CHECK_FALSE(result.report.warnings.empty());
}

TEST_CASE("an unknown focal length is found where turning and moving determine it", "[sfm][focal]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 20, 400, 0.1);
  SfmInput input = input_of(scene);
  input.intrinsics_known = false;
  for (Intrinsics& k : input.intrinsics) k.fx = k.fy = 0;
  const SfmResult result = solve_structure_from_motion(input, {});
  CHECK(result.focal.estimated);
  CHECK(result.focal.focal_px == Approx(400).epsilon(0.03));
  CHECK(result.focal.low_px <= result.focal.focal_px);
  CHECK(result.focal.high_px >= result.focal.focal_px);
}

TEST_CASE("given poses stay, and points are triangulated in their world", "[sfm]") {
  const TrackScene scene = test::track_scene(CameraPath::forwards, 8, 200, 0);
  const SE3 moved_from_world{rotation_exp(Vec3(0.3, -1, 0.2)), Vec3(5, -2, 7)};
  SfmInput input = input_of(scene);
  for (const SE3& pose : scene.world_from_camera)
    input.known_world_from_camera.push_back(moved_from_world * pose);
  const SfmResult result = solve_structure_from_motion(input, {});
  REQUIRE(result.points.size() > 150);
  for (const ScenePoint& point : result.points)
    CHECK((point.in_world - moved_from_world * scene.points[static_cast<std::size_t>(point.track)]).norm() <
          1e-4);
  for (std::size_t f = 0; f < 8; ++f) {
    CHECK(result.cameras[f].world_from_camera.translation == input.known_world_from_camera[f].translation);
    CHECK(result.status[f] == FrameStatus::given);
  }
}

TEST_CASE("evidence that is too thin gives a truthful result", "[sfm][degenerate]") {
  TrackScene scene = test::track_scene(CameraPath::standing, 5, 100, 0);
  SECTION("a camera that stands still") {
    const SfmResult result = solve_structure_from_motion(input_of(scene), {});
    CHECK(result.rotation_only);
    for (const Camera& camera : result.cameras) {
      CHECK(camera.world_from_camera.translation.norm() == 0);
      CHECK(rotation_angle_rad(camera.world_from_camera.rotation) < 1e-6);
    }
  }
  SECTION("no tracks") {
    scene.tracks.clear();
    const SfmResult result = solve_structure_from_motion(input_of(scene), {});
    CHECK(result.cameras.size() == 5);
    CHECK(result.status[3] == FrameStatus::held);
    CHECK_FALSE(result.report.warnings.empty());
  }
  SECTION("a single frame, no frame") {
    scene.intrinsics.resize(1);
    scene.tracks.clear();
    CHECK(solve_structure_from_motion(input_of(scene), {}).cameras.size() == 1);
    scene.intrinsics.clear();
    CHECK(solve_structure_from_motion(input_of(scene), {}).cameras.empty());
  }
  SECTION("frames without tracks at the end are held, and said so") {
    TrackScene cut = test::track_scene(CameraPath::sideways, 10, 300, 0);
    for (PointTrack& track : cut.tracks) {
      const int length = std::min<int>(static_cast<int>(track.pixels.size()), 7 - track.first_frame);
      track.pixels.resize(static_cast<std::size_t>(std::max(0, length)));
    }
    cut.tracks.erase(std::remove_if(cut.tracks.begin(), cut.tracks.end(),
                                    [](const PointTrack& t) { return t.pixels.size() < 2; }),
                     cut.tracks.end());
    const SfmResult result = solve_structure_from_motion(input_of(cut), {});
    CHECK(result.status[6] == FrameStatus::registered);
    CHECK(result.status[7] == FrameStatus::held);
    CHECK(result.cameras[9].world_from_camera.translation == result.cameras[6].world_from_camera.translation);
    CHECK_FALSE(result.report.warnings.empty());
  }
}

TEST_CASE("contradicting input is refused", "[sfm]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 4, 50, 0);
  SfmInput input = input_of(scene);
  input.intrinsics.resize(3);
  CHECK_THROWS_AS(solve_structure_from_motion(input, {}), Error);  // a track leaves the clip
  input = input_of(scene);
  input.known_world_from_camera.resize(2);
  CHECK_THROWS_AS(solve_structure_from_motion(input, {}), Error);
  input = input_of(scene);
  input.intrinsics[1].fx = 0;
  CHECK_THROWS_AS(solve_structure_from_motion(input, {}), Error);
}
