// SPDX-License-Identifier: Apache-2.0
#include "sfm/pose_prior.h"

#include <cmath>
#include <vector>

#include "catch.h"
#include "core/error.h"
#include "sfm/given_path.h"
#include "sfm/sfm.h"
#include "synthetic_tracks.h"

namespace {

using namespace vd;
using test::CameraPath;
using test::TrackScene;
using Priors = std::vector<std::optional<PosePrior>>;

constexpr double degree = 0.017453292519943295;

/// From the world of the tracks to that of the path that is given.
Sim3 given_from_scene() { return {2.5, rotation_exp(Vec3(0.4, -1.1, 0.3)), Vec3(40, -7, 12)}; }

/// The true path in a world of its own, off by normal errors.
Priors path_of(const TrackScene& scene, double centre_error, double rotation_error_rad, double centre_sigma,
               double rotation_sigma_rad) {
  Random random(17);
  const auto noise = [&](double size) {
    return Vec3(random.normal(size), random.normal(size), random.normal(size));
  };
  Priors priors;
  for (const SE3& pose : scene.world_from_camera) {
    SE3 given = given_from_scene() * pose;
    given.translation += noise(centre_error);
    given.rotation = (rotation_exp(noise(rotation_error_rad)) * given.rotation).normalized();
    priors.emplace_back(PosePrior{given, centre_sigma, rotation_sigma_rad});
  }
  return priors;
}

SfmResult solve(const TrackScene& scene, const Priors& priors) {
  SfmInput input;
  input.tracks = scene.tracks;
  input.intrinsics = scene.intrinsics;
  input.pose_priors = priors;
  return solve_structure_from_motion(input, {});
}

/// Root mean square distance between centres in the world of the given path, without any alignment.
double distance(const std::vector<Camera>& cameras, const std::vector<SE3>& poses) {
  REQUIRE(cameras.size() == poses.size());
  double sum = 0;
  for (std::size_t f = 0; f < poses.size(); ++f)
    sum += (cameras[f].world_from_camera.translation - poses[f].translation).squaredNorm();
  return std::sqrt(sum / static_cast<double>(poses.size()));
}

std::vector<SE3> poses_of(const Priors& priors) {
  std::vector<SE3> poses;
  for (const auto& prior : priors) poses.push_back(prior->world_from_camera);
  return poses;
}

std::vector<SE3> poses_of(const SfmResult& result) {
  std::vector<SE3> poses;
  for (const Camera& camera : result.cameras) poses.push_back(camera.world_from_camera);
  return poses;
}

std::vector<SE3> truth_of(const TrackScene& scene) {
  std::vector<SE3> poses;
  for (const SE3& pose : scene.world_from_camera) poses.push_back(given_from_scene() * pose);
  return poses;
}

std::vector<View> views_of(const TrackScene& scene, const Priors& priors) {
  std::vector<View> views;
  for (std::size_t f = 0; f < priors.size(); ++f)
    views.push_back({scene.intrinsics[f], inverse(scene.world_from_camera[f]), true, priors[f]});
  return views;
}

double difference(const Sim3& a, const Sim3& b) {
  return std::abs(a.scale / b.scale - 1) + rotation_angle_rad(a.rotation * b.rotation.conjugate()) +
         (a.translation - b.translation).norm() / 100;
}

}  // namespace

TEST_CASE("a path is registered by places and rotations, also a straight one", "[sfm][priors]") {
  const TrackScene scene = test::track_scene(GENERATE(CameraPath::sideways, CameraPath::forwards), 9, 10, 0);
  Priors priors = path_of(scene, 0, 0, 1, 1);
  priors[0].reset();
  priors[5].reset();
  CHECK(difference(*register_to_priors(views_of(scene, priors)), given_from_scene()) < 1e-9);
  CHECK(rms_in_sigmas(views_of(scene, priors), given_from_scene()) < 1e-9);
  // A path of places alone, its rotations all the same in the file, where they do not matter.
  if (scene.world_from_camera[8].translation.y() != 0) return;
  SE3 straight;
  Priors line(9);
  std::vector<View> views = views_of(scene, priors);
  for (int f = 0; f < 9; ++f) {
    views[static_cast<std::size_t>(f)].camera_from_world = {Quat::Identity(), Vec3(0, 0, -0.5 * f)};
    views[static_cast<std::size_t>(f)].prior =
        PosePrior{given_from_scene() * SE3{Quat::Identity(), Vec3(0, 0, 0.5 * f)}};
  }
  CHECK(difference(*register_to_priors(views), given_from_scene()) < 1e-9);
}

TEST_CASE("one place says nothing of a world", "[sfm][priors]") {
  const TrackScene scene = test::track_scene(CameraPath::standing, 5, 10, 0);
  CHECK_FALSE(register_to_priors(views_of(scene, path_of(scene, 0, 0, 1, 1))).has_value());
}

TEST_CASE("a sigma near 0 holds poses, an endless one leaves them to the tracks", "[sfm][priors]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 12, 300, 0.3);
  const double error = 0.05;  // of a path of 3.3
  const auto with = [&](double sigma) {
    return solve(scene, path_of(scene, error, 0.5 * degree, sigma, sigma / error * 0.5 * degree));
  };
  const std::vector<SE3> given = poses_of(path_of(scene, error, 0.5 * degree, 1, 1));
  const SfmResult tracks_alone = solve(scene, path_of(scene, error, 0.5 * degree, INFINITY, INFINITY));

  const SfmResult held = with(1e-5);
  CHECK(distance(held.cameras, given) < 1e-4);
  for (std::size_t f = 0; f < given.size(); ++f)
    CHECK(rotation_angle_rad(held.cameras[f].world_from_camera.rotation * given[f].rotation.conjugate()) <
          1e-3);
  const SfmResult free = with(1e4);
  CHECK(distance(free.cameras, poses_of(tracks_alone)) < 2e-3);
  CHECK(distance(free.cameras, given) > 0.02);
  // In between it lies in between.
  double last = 0;
  for (const double sigma : {1e-5, 0.003, 0.05, 1.0, 1e4}) {
    const double now = distance(with(sigma).cameras, given);
    CHECK(now >= last - 1e-3);
    last = now;
  }
}

TEST_CASE("without priors and with first guesses the path has the same shape", "[sfm][priors]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 12, 300, 0.3);
  const Priors guesses = path_of(scene, 0.05, 0.5 * degree, INFINITY, INFINITY);
  SfmResult none = solve(scene, {});
  move_to_given_world(guesses, none);
  CHECK(distance(solve(scene, guesses).cameras, poses_of(none)) < 5e-3);
}

TEST_CASE("an honest sigma is better than to hold the path and than to leave it", "[sfm][priors]") {
  // Few tracks and much noise: both sides have something to say.
  double held = 0, left = 0, weighed = 0;
  for (const std::uint64_t seed : {3U, 4U, 5U}) {
    const TrackScene scene = test::track_scene(CameraPath::sideways, 12, 60, 0.5, seed);
    const std::vector<SE3> truth = truth_of(scene);
    const Priors path = path_of(scene, 0.01, 0.1 * degree, 0.01, 0.1 * degree);
    const SfmResult result = solve(scene, path);
    weighed += distance(result.cameras, truth);
    CHECK(result.report.prior_deviation > 0.3);
    CHECK(result.report.prior_deviation < 2);
    std::vector<Camera> as_given;
    for (const SE3& pose : poses_of(path)) as_given.push_back({{}, pose});
    held += distance(as_given, truth);
    left += distance(solve(scene, path_of(scene, 0.01, 0.1 * degree, INFINITY, INFINITY)).cameras, truth);
  }
  CAPTURE(held, left, weighed);
  CHECK(weighed < held);
  CHECK(weighed < left);
}

TEST_CASE("a path may have gaps, and knows frames that the tracks do not", "[sfm][priors]") {
  TrackScene scene = test::track_scene(CameraPath::sideways, 14, 300, 0.1);
  const std::vector<SE3> truth = truth_of(scene);
  Priors path = path_of(scene, 0, 0, 0.01, 0.1 * degree);
  for (const std::size_t gap : {0U, 4U, 5U, 6U, 9U}) path[gap].reset();
  SECTION("the tracks fill the gaps") {
    const SfmResult result = solve(scene, path);
    CHECK(distance(result.cameras, truth) < 0.01);
    CHECK(result.status[5] == FrameStatus::registered);
    CHECK(result.report.warnings.empty());
  }
  SECTION("the path fills what tracks lack") {
    for (PointTrack& track : scene.tracks) {
      const int length = std::min<int>(static_cast<int>(track.pixels.size()), 11 - track.first_frame);
      track.pixels.resize(static_cast<std::size_t>(std::max(0, length)));
    }
    scene.tracks.erase(std::remove_if(scene.tracks.begin(), scene.tracks.end(),
                                      [](const PointTrack& t) { return t.pixels.size() < 2; }),
                       scene.tracks.end());
    const SfmResult result = solve(scene, path);
    CHECK(result.status[12] == FrameStatus::given);
    CHECK(distance(result.cameras, truth) < 0.01);
  }
}

TEST_CASE("a path that contradicts the tracks is told of", "[sfm][priors]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 12, 300, 0.1);
  const SfmResult result = solve(scene, path_of(scene, 0.2, 0, 0.005, 1 * degree));
  REQUIRE(result.report.warnings.size() == 1);
  CHECK(result.report.warnings[0].find("contradict") != std::string::npos);
}

TEST_CASE("a camera that turns takes the place that is given", "[sfm][priors]") {
  const TrackScene scene = test::track_scene(CameraPath::turning, 10, 200, 0.2);
  const double sigma = GENERATE(0.01, std::numeric_limits<double>::infinity());
  const SfmResult result = solve(scene, path_of(scene, 0, 0, sigma, sigma * 0.1));
  CHECK(result.rotation_only);
  CHECK(distance(result.cameras, truth_of(scene)) < 1e-9);
  for (std::size_t f = 0; f < 10; ++f)
    CHECK(rotation_angle_rad(result.cameras[f].world_from_camera.rotation *
                             truth_of(scene)[f].rotation.conjugate()) < 0.1 * degree);
}

TEST_CASE("priors that are none are refused", "[sfm][priors]") {
  const TrackScene scene = test::track_scene(CameraPath::sideways, 4, 50, 0);
  Priors path = path_of(scene, 0, 0, 1, 1);
  path[2]->centre_sigma = 0;
  CHECK_THROWS_AS(solve(scene, path), Error);
  path.resize(2);
  CHECK_THROWS_AS(solve(scene, path), Error);
}
