// SPDX-License-Identifier: Apache-2.0
#include "align/align.h"

#include "align/initialise.h"
#include "align/refine.h"
#include "align_scene.h"
#include "catch.h"
#include "core/error.h"
#include "core/parallel.h"
#include "geometry/pose_alignment.h"

namespace vd {
namespace {

/// A small problem whose pairs live as long as it does.
struct Rendered {
  align_scene::Settings settings;
  std::vector<std::pair<int, int>> edges;
  std::vector<PairMaps> pairs;
  AlignProblem problem;

  explicit Rendered(const align_scene::Settings& s, int window = 2)
      : settings(s),
        edges(align_scene::window_edges(s.images, window)),
        pairs(align_scene::make_pairs(s, edges)) {
    problem = align_scene::make_problem(s, edges, pairs);
  }
  Rendered(const Rendered&) = delete;
  Rendered& operator=(const Rendered&) = delete;
};

align_scene::Settings small(double noise = 0.01, double warp = 0.03, double outliers = 0.02) {
  return {5, 32, 20, 3, noise, warp, outliers};
}

std::vector<SE3> true_poses(const align_scene::Settings& s) {
  std::vector<SE3> poses;
  for (int n = 0; n < s.images; ++n) poses.push_back(align_scene::camera_pose(n, s.images));
  return poses;
}

double position_error(const Alignment& scene, const std::vector<SE3>& truth) {
  const Sim3 motion = align_pose_sets(scene.world_from_camera, truth).value();
  double worst = 0;
  for (std::size_t n = 0; n < truth.size(); ++n) {
    worst =
        std::max(worst, ((motion * scene.world_from_camera[n]).translation - truth[n].translation).norm());
  }
  return worst;
}

}  // namespace

TEST_CASE("pairs without noise are put together exactly", "[align]") {
  const Rendered scene(small(0, 0, 0));
  const Alignment result = align(scene.problem, {});
  CHECK(result.report.final_objective < 1e-5);
  CHECK(position_error(result, true_poses(scene.settings)) < 1e-4);
  for (const double focal : result.focal_px)
    CHECK(focal == Approx(align_scene::focal_px(scene.settings)).epsilon(1e-4));
}

TEST_CASE("refinement lowers the objective and the report tells it", "[align]") {
  const Rendered scene(small());
  const AlignOptions options;
  const Alignment result = align(scene.problem, options);
  CHECK(result.report.final_objective < 0.8 * result.report.initial_objective);
  CHECK(alignment_objective(scene.problem, result, options) ==
        Approx(result.report.final_objective).epsilon(1e-4));
  CHECK(result.report.tree.size() == 4);
  REQUIRE(result.report.levels.size() == 1);
  CHECK(result.report.levels[0].stride == 1);
}

TEST_CASE("the result is the same for any number of threads", "[align][property]") {
  const Rendered scene(small());
  set_thread_count(1);
  const Alignment one = align(scene.problem, {});
  set_thread_count(4);
  const Alignment four = align(scene.problem, {});
  set_thread_count(0);
  for (std::size_t n = 0; n < one.depth.size(); ++n) {
    CHECK(one.depth[n].values() == four.depth[n].values());
    CHECK(one.focal_px[n] == four.focal_px[n]);
    CHECK(one.world_from_camera[n].translation == four.world_from_camera[n].translation);
  }
}

TEST_CASE("the scale of the pairs does not change the scene", "[align][property]") {
  const Rendered plain(small());
  Rendered scaled(small());
  for (std::size_t e = 0; e < scaled.pairs.size(); ++e) {
    const auto factor = static_cast<float>(0.25 * (1 << (e % 4)));  // powers of two: exact in float32
    for (float& x : scaled.pairs[e].first_points.values()) x *= factor;
    for (float& x : scaled.pairs[e].second_points.values()) x *= factor;
  }
  AlignOptions options;
  options.tolerance = 1e-9;
  options.max_iterations = 60;
  const Alignment a = align(plain.problem, options);
  const Alignment b = align(scaled.problem, options);
  CHECK(position_error(b, a.world_from_camera) < 1e-3);
  CHECK(b.focal_px[2] == Approx(a.focal_px[2]).epsilon(1e-3));
}

TEST_CASE("known poses and focal lengths are kept, and give the scene its scale", "[align]") {
  Rendered scene(small());
  const std::vector<SE3> truth = true_poses(scene.settings);
  scene.problem.known_poses.assign(truth.begin(), truth.end());
  scene.problem.known_focals_px.assign(truth.size(), align_scene::focal_px(scene.settings));
  const Alignment result = align(scene.problem, {});
  const auto depths = align_scene::true_depths(scene.settings);
  for (std::size_t n = 0; n < truth.size(); ++n) {
    CHECK(result.world_from_camera[n].translation == truth[n].translation);
    CHECK(result.focal_px[n] == align_scene::focal_px(scene.settings));
    std::vector<double> ratio;
    for (std::size_t k = 0; k < depths[n].size(); ++k)
      ratio.push_back(result.depth[n].values()[k] / depths[n][k]);
    std::nth_element(ratio.begin(), ratio.begin() + 300, ratio.end());
    CHECK(ratio[300] == Approx(1.0).margin(0.05));  // five poses within 0.02 of a path of 1
  }
}

TEST_CASE("one known pose places the scene; some known poses hold, the others follow", "[align]") {
  Rendered scene(small());
  const std::vector<SE3> truth = true_poses(scene.settings);
  scene.problem.known_poses.resize(truth.size());
  scene.problem.known_poses[2] = SE3{rotation_exp({0.1, -0.4, 0.2}), {7, -3, 2}};
  const Alignment one = align(scene.problem, {});
  CHECK(one.world_from_camera[2].translation == Vec3(7, -3, 2));
  CHECK(position_error(one, truth) < 0.03);

  scene.problem.known_poses[2] = truth[2];
  scene.problem.known_poses[0] = truth[0];
  const Alignment two = align(scene.problem, {});
  CHECK(two.world_from_camera[0].translation == truth[0].translation);
  for (std::size_t n = 0; n < truth.size(); ++n) {
    CHECK((two.world_from_camera[n].translation - truth[n].translation).norm() < 0.05);
  }
}

TEST_CASE("the truth, given, does not make the result worse", "[align][property]") {
  Rendered scene(small());
  const std::vector<SE3> truth = true_poses(scene.settings);
  const double free_error = position_error(align(scene.problem, {}), truth);
  scene.problem.known_focals_px.assign(truth.size(), align_scene::focal_px(scene.settings));
  CHECK(position_error(align(scene.problem, {}), truth) <= free_error * 1.5 + 1e-3);
}

TEST_CASE("a shared focal length is one", "[align]") {
  const Rendered scene(small());
  AlignOptions options;
  options.share_focal = true;
  const Alignment result = align(scene.problem, options);
  for (const double focal : result.focal_px) CHECK(focal == Approx(result.focal_px[0]).epsilon(1e-12));
  CHECK(result.focal_px[0] == Approx(align_scene::focal_px(scene.settings)).epsilon(0.02));
}

TEST_CASE("missing points and images that see nothing are lived with", "[align]") {
  Rendered scene(small());
  for (PairMaps& pair : scene.pairs) {
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 10; ++x) {
        for (int c = 0; c < 3; ++c) pair.first_points(x, y, c) = pair.second_points(x, y, c) = NAN;
        pair.first_confidence(x, y) = pair.second_confidence(x, y) = 0;
      }
    }
  }
  for (std::size_t e = 0; e < scene.edges.size(); ++e) {  // nobody sees image 4
    if (scene.edges[e].first == 4) std::fill_n(scene.pairs[e].first_confidence.data(), 32 * 20, 0.0F);
    if (scene.edges[e].second == 4) std::fill_n(scene.pairs[e].second_confidence.data(), 32 * 20, 0.0F);
  }
  const Alignment result = align(scene.problem, {});
  CHECK(result.depth[1](3, 3) == 0);
  CHECK(result.confidence[1](3, 3) == 0);
  CHECK(result.depth[1](20, 12) > 0);
  for (const SE3& pose : result.world_from_camera) CHECK(pose.translation.allFinite());
  for (const DepthMap& map : result.depth) {
    for (const float d : map.values()) CHECK((std::isfinite(d) && d >= 0));
  }
}

TEST_CASE("coarse levels reach the objective of the full one", "[align]") {
  align_scene::Settings settings{4, 160, 128, 5, 0.01, 0.03, 0.02};
  const Rendered scene(settings);
  AlignOptions options;
  const Alignment coarse = align(scene.problem, options);
  CHECK(coarse.report.levels.size() == 3);
  options.finest_stride = 4;
  const Alignment coarsest = align(scene.problem, options);
  CHECK(coarsest.report.final_objective <= coarse.report.final_objective * 1.005);
  CHECK(alignment_objective(scene.problem, coarsest, options) ==
        Approx(coarsest.report.final_objective).epsilon(1e-4));

  options.finest_stride = 1;
  options.memory_bytes = 2 << 20;  // 6.5 MB would be needed
  const Alignment bounded = align(scene.problem, options);
  CHECK(bounded.report.levels.back().stride == 2);
  CHECK(bounded.report.final_objective <= coarse.report.final_objective * 1.005);
}

TEST_CASE("problems that cannot be aligned are refused", "[align]") {
  Rendered scene(small());
  scene.problem.images.push_back({32, 20});
  CHECK_THROWS_AS(align(scene.problem, {}), Error);  // not connected
  scene.problem.images.pop_back();
  scene.problem.edges[0] = {1, 1};
  CHECK_THROWS_AS(align(scene.problem, {}), Error);
  scene.problem.edges[0] = {0, 9};
  CHECK_THROWS_AS(align(scene.problem, {}), Error);
  scene.problem.edges[0] = {0, 1};
  scene.problem.images[1] = {30, 20};
  CHECK_THROWS_AS(align(scene.problem, {}), Error);  // sizes
}

}  // namespace vd
