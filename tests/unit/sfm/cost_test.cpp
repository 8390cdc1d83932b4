// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include "core/random.h"
#include "sfm/direction_cost.h"
#include "sfm/pose_prior_cost.h"
#include "sfm/reprojection_cost.h"

// After Ceres, whose logging library has a CHECK of its own.
#include "catch.h"

namespace {

using namespace vd;

Vec3 random_vector(Random& random, double size) {
  return {random.uniform(-size, size), random.uniform(-size, size), random.uniform(-size, size)};
}

/// Largest difference between a cost's Jacobians and central differences, relative to their size. prepare()
/// is called after each change of the parameters.
template <typename Prepare>
double worst_jacobian_error(const ceres::CostFunction& cost, std::vector<double*> parameters,
                            const Prepare& prepare) {
  const int rows = cost.num_residuals();
  const auto& sizes = cost.parameter_block_sizes();
  std::vector<std::vector<double>> analytic;
  std::vector<double*> pointers;
  for (const int size : sizes)
    analytic.emplace_back(static_cast<std::size_t>(rows) * static_cast<std::size_t>(size));
  for (auto& block : analytic) pointers.push_back(block.data());
  std::vector<double> residuals(static_cast<std::size_t>(rows));
  prepare();
  REQUIRE(cost.Evaluate(parameters.data(), residuals.data(), pointers.data()));
  double worst = 0;
  for (std::size_t b = 0; b < sizes.size(); ++b) {
    for (int c = 0; c < sizes[b]; ++c) {
      constexpr double step = 1e-6;
      std::vector<double> plus(residuals.size());
      std::vector<double> minus(residuals.size());
      const double before = parameters[b][c];
      parameters[b][c] = before + step;
      prepare();
      REQUIRE(cost.Evaluate(parameters.data(), plus.data(), nullptr));
      parameters[b][c] = before - step;
      prepare();
      REQUIRE(cost.Evaluate(parameters.data(), minus.data(), nullptr));
      parameters[b][c] = before;
      for (std::size_t r = 0; r < residuals.size(); ++r) {
        const double numeric = (plus[r] - minus[r]) / (2 * step);
        const double given =
            analytic[b][r * static_cast<std::size_t>(sizes[b]) + static_cast<std::size_t>(c)];
        worst = std::max(worst, std::abs(numeric - given) / std::max(1.0, std::abs(numeric)));
      }
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("reprojection Jacobians agree with differences", "[sfm][jacobian]") {
  Random random(GENERATE(1U, 2U, 3U, 4U, 5U));
  const Intrinsics intrinsics{410, 395, 250, 140, 512, 288};
  CameraBlock camera(SE3{rotation_exp(random_vector(random, 0.5)), random_vector(random, 1)});
  const Vec3 turn =
      random_vector(random, 0.3);  // away from zero, where the left Jacobian is not the identity
  std::copy(turn.data(), turn.data() + 3, camera.parameters.begin());
  camera.update();
  const SE3 world_from_camera = inverse(camera.camera_from_world());
  const Vec3 point =
      world_from_camera * Vec3(random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(2, 9));
  PointBlock block(point, random_vector(random, 1));
  block.parameters[0] = 0.05;
  block.parameters[1] = -0.02;
  const auto update = [&] { camera.update(); };

  const ReprojectionCost cost({Vec2(200, 100), &intrinsics, &camera, &block});
  CHECK(worst_jacobian_error(cost, {camera.parameters.data(), block.parameters.data()}, update) < 1e-6);

  double log_focal = 0.1;
  const FocalReprojectionCost focal_cost({Vec2(200, 100), &intrinsics, &camera, &block});
  CHECK(worst_jacobian_error(focal_cost, {camera.parameters.data(), block.parameters.data(), &log_focal},
                             update) < 1e-6);
}

TEST_CASE("baseline and direction Jacobians agree with differences", "[sfm][jacobian]") {
  Random random(GENERATE(11U, 12U, 13U));
  CameraBlock a(SE3{rotation_exp(random_vector(random, 0.5)), random_vector(random, 2)});
  CameraBlock b(SE3{rotation_exp(random_vector(random, 0.5)), random_vector(random, 2)});
  const BaselineCost baseline(0.7, 100);
  CHECK(worst_jacobian_error(baseline, {a.parameters.data(), b.parameters.data()}, [] {}) < 1e-6);

  TurningCamera camera(rotation_exp(random_vector(random, 0.4)));
  camera.turn = {0.1, -0.2, 0.05};
  WorldDirection direction(camera.start.conjugate() * Vec3(0.2, 0.1, 1));
  direction.offset = {0.03, -0.01};
  double log_focal = -0.1;
  const Intrinsics intrinsics{410, 395, 250, 140, 512, 288};
  const DirectionCost cost(Vec2(10, 20), intrinsics, camera, direction);
  CHECK(worst_jacobian_error(cost, {camera.turn.data(), direction.offset.data(), &log_focal}, [] {}) < 1e-6);
}

TEST_CASE("Jacobians of priors of poses agree with differences", "[sfm][jacobian]") {
  Random random(GENERATE(21U, 22U, 23U, 24U));
  CameraBlock camera(SE3{rotation_exp(random_vector(random, 0.8)), random_vector(random, 2)});
  const Sim3 similarity{random.uniform(0.3, 3), rotation_exp(random_vector(random, 0.9)),
                        random_vector(random, 5)};
  SimilarityBlock block(similarity);
  const PosePrior prior{similarity * inverse(camera.camera_from_world()), 0.3, 0.2};
  const Vec3 turn = random_vector(random, 0.4);
  std::copy(turn.data(), turn.data() + 3, camera.parameters.begin());
  const Vec3 other_turn = random_vector(random, 0.4);
  std::copy(other_turn.data(), other_turn.data() + 3, block.parameters.begin());
  block.parameters[6] += 0.2;
  const PosePriorCost cost(prior, 1.7, camera, block);
  CHECK(worst_jacobian_error(cost, {camera.parameters.data(), block.parameters.data()},
                             [&] { camera.update(); }) < 1e-6);
}

TEST_CASE("a point behind the camera fails its residual, one beyond infinity does not", "[sfm]") {
  CameraBlock camera(SE3{});
  const Intrinsics intrinsics = centred_intrinsics(400, 512, 288);
  PointBlock block(Vec3(0, 0, 5), Vec3(0.5, 0, 0));
  const ReprojectionCost cost({Vec2(256, 144), &intrinsics, &camera, &block});
  const double* parameters[] = {camera.parameters.data(), block.parameters.data()};
  double residuals[2];
  CHECK(cost.Evaluate(parameters, residuals, nullptr));
  block.parameters[2] = -0.01;
  CHECK(cost.Evaluate(parameters, residuals, nullptr));
  CHECK_FALSE(block.in_world().has_value());
  camera.parameters[4] = 0;
  camera.parameters[5] = 100;  // far past the point
  block.parameters[2] = 0.2;
  CHECK_FALSE(cost.Evaluate(parameters, residuals, nullptr));
}

TEST_CASE("the residual of a pose is its deviation in the world of the path, in sigmas", "[sfm][priors]") {
  const SE3 world_from_camera{rotation_exp(Vec3(0.2, 0.5, -0.1)), Vec3(1, 2, 3)};
  const Sim3 given_from_world{2.5, rotation_exp(Vec3(0.4, -1.1, 0.3)), Vec3(40, -7, 12)};
  SE3 given = given_from_world * world_from_camera;
  given.translation -= Vec3(0.3, 0, -0.1);
  given.rotation = rotation_exp(Vec3(0, -0.04, 0)) * given.rotation;
  const CameraBlock camera(inverse(world_from_camera));
  const SimilarityBlock similarity(given_from_world);
  const double* parameters[] = {camera.parameters.data(), similarity.parameters.data()};
  Vec6 residual;
  PosePriorCost({given, 0.1, 0.02}, 5, camera, similarity).Evaluate(parameters, residual.data(), nullptr);
  Vec6 expected;
  expected << 5 * 0.3 / 0.1, 0, 5 * -0.1 / 0.1, 0, 5 * 0.04 / 0.02, 0;
  CHECK((residual - expected).norm() < 1e-9);
  // What has no sigma counts nothing.
  PosePriorCost({given, 0.1}, 5, camera, similarity).Evaluate(parameters, residual.data(), nullptr);
  CHECK((residual.head<3>() - expected.head<3>()).norm() < 1e-9);
  CHECK(residual.tail<3>().norm() == 0);
}
