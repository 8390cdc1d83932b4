// SPDX-License-Identifier: Apache-2.0
#include "metrics/trajectory.h"

#include <cmath>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"

namespace vd {
namespace {

Vec3 random_vector(Random& random, double sigma) {
  return {random.normal(sigma), random.normal(sigma), random.normal(sigma)};
}

std::vector<SE3> random_walk(Random& random, int count) {
  std::vector<SE3> poses(1);
  for (int k = 1; k < count; ++k) {
    poses.push_back(poses.back() * SE3{rotation_exp(random_vector(random, 0.1)), random_vector(random, 0.3)});
  }
  return poses;
}

Sim3 random_similarity(Random& random) {
  return {random.uniform(0.3, 3), rotation_exp(random_vector(random, 1)), random_vector(random, 5)};
}

}  // namespace

TEST_CASE("a similarity of the world does not change the score", "[metrics][property]") {
  Random random(static_cast<std::uint64_t>(GENERATE(Catch::Generators::range(0, 10))));
  const std::vector<SE3> reference = random_walk(random, 30);
  std::vector<SE3> estimate = reference;
  for (SE3& pose : estimate)
    pose = pose * SE3{rotation_exp(random_vector(random, 0.01)), random_vector(random, 0.02)};
  const TrajectoryScore a = evaluate_trajectory(reference, estimate, {});
  const TrajectoryScore b =
      evaluate_trajectory(reference, transformed(estimate, random_similarity(random)), {});
  CHECK(a.ate.rmse > 0);
  CHECK(b.ate.rmse == Approx(a.ate.rmse).epsilon(1e-9));
  CHECK(b.rte.rmse == Approx(a.rte.rmse).epsilon(1e-9));
  CHECK(b.rre_deg.rmse == Approx(a.rre_deg.rmse).epsilon(1e-7));
}

TEST_CASE("another camera axis changes relative errors and not the absolute one", "[metrics][property]") {
  Random random(5);
  const std::vector<SE3> reference = random_walk(random, 20);
  std::vector<SE3> estimate = reference;
  for (SE3& pose : estimate) pose = pose * SE3{Quat(0, 1, 0, 0), Vec3::Zero()};  // y and z flipped
  const TrajectoryScore score = evaluate_trajectory(reference, estimate, {});
  CHECK(score.ate.rmse < 1e-9);
  CHECK(score.rre_deg.rmse > 1);
}

TEST_CASE("relative errors by hand", "[metrics]") {
  std::vector<SE3> reference, estimate;
  for (int k = 0; k < 5; ++k) {
    reference.push_back({Quat::Identity(), Vec3(k, 0, 0)});
    estimate.push_back({rotation_exp(Vec3(0, 0.1 * k, 0)), Vec3(1.5 * k, 0, 0)});
  }
  RelativePoseOptions options;
  const auto distance = relative_pose_errors(reference, estimate, PoseRelation::point_distance, options);
  REQUIRE(distance.size() == 4);
  for (const double e : distance) CHECK(e == Approx(0.5));
  for (const double e :
       relative_pose_errors(reference, estimate, PoseRelation::point_distance_ratio, options)) {
    CHECK(e == Approx(50));
  }
  for (const double e : relative_pose_errors(reference, estimate, PoseRelation::rotation_rad, options)) {
    CHECK(e == Approx(0.1));
  }
  options.delta = 2;
  CHECK(relative_pose_errors(reference, estimate, PoseRelation::translation, options).size() == 3);
  options.all_pairs = false;
  CHECK(relative_pose_errors(reference, estimate, PoseRelation::translation, options).size() == 2);
}

TEST_CASE("pairs in metres and degrees", "[metrics]") {
  std::vector<SE3> poses;
  for (int k = 0; k < 9; ++k)
    poses.push_back({rotation_exp(Vec3(0, k * 3.14159265358979 / 18, 0)), Vec3(0.25 * k, 0, 0)});
  RelativePoseOptions options;
  options.unit = DeltaUnit::metres;
  options.delta = 0.5;
  CHECK(relative_pairs(poses, options).size() == 7);
  options.unit = DeltaUnit::degrees;
  options.delta = 20;
  CHECK(relative_pairs(poses, options).size() == 7);
  options.delta = 19.9;
  options.all_pairs = false;
  CHECK(relative_pairs(poses, options) == std::vector<IndexPair>{{0, 2}, {2, 4}, {4, 6}, {6, 8}});
}

TEST_CASE("a camera that stands still is reported and compared all the same", "[metrics]") {
  const std::vector<SE3> standing(6);
  std::vector<SE3> estimate(6);
  estimate[3].translation = {0.1, 0, 0};
  const TrajectoryScore score = evaluate_trajectory(standing, estimate, {});
  CHECK(score.degenerate);
  CHECK(score.ate.max == Approx(0.1));
  CHECK_FALSE(align_trajectory(standing, estimate, {}));
  CHECK_THROWS_AS(evaluate_trajectory(standing, std::vector<SE3>(5), {}), Error);
}

TEST_CASE("association: evo takes the nearest, TUM one to one", "[metrics]") {
  const std::vector<double> few{0.0, 1.0, 1.004, 5.0};
  const std::vector<double> many{0.001, 0.5, 1.003, 2.0, 3.0};
  using Pairs = std::vector<IndexPair>;
  CHECK(associate_nearest(few, many, 0.01) == Pairs{{0, 0}, {1, 2}, {2, 2}});
  CHECK(associate_nearest(many, few, 0.01) == Pairs{{0, 0}, {2, 1}, {2, 2}});
  CHECK(associate_one_to_one(few, many, 0.01) == Pairs{{0, 0}, {2, 2}});
  CHECK(associate_one_to_one(few, many, 0.6, 0.5) == Pairs{{0, 0}, {1, 1}, {2, 2}});
}

TEST_CASE("statistics of a short list", "[metrics]") {
  const Statistics s = statistics(std::vector<double>{3, 1, 2, 2});
  CHECK(s.mean == Approx(2));
  CHECK(s.median == Approx(2));
  CHECK(s.std == Approx(std::sqrt(0.5)));
  CHECK(s.rmse == Approx(std::sqrt(18.0 / 4)));
  CHECK(s.sse == Approx(18));
  CHECK(s.min == 1);
  CHECK(s.max == 3);
  CHECK(statistics({}).count == 0);
}

}  // namespace vd
