// SPDX-License-Identifier: Apache-2.0
#include "align/normal_equations.h"

#include "align/initialise.h"
#include "align/step.h"
#include "align_scene.h"
#include "catch.h"

namespace vd {
namespace {

struct Fixture {
  align_scene::Settings settings;
  std::vector<std::pair<int, int>> edges = align_scene::window_edges(3, 2);
  std::vector<PairMaps> pairs = align_scene::make_pairs(settings, edges);
  AlignProblem problem = align_scene::make_problem(settings, edges, pairs);
  AlignOptions options;
  Alignment scene = initialise(problem, options).alignment;
  std::vector<ImageObservations> images = gather_observations(problem, 1, options.weight);
  GridDepths depths;

  explicit Fixture(const align_scene::Settings& s = {3, 14, 10, 9, 0.05, 0.05, 0.0}) : settings(s) {
    for (std::size_t n = 0; n < images.size(); ++n) depths.push_back(sample_grid(scene.depth[n], images[n]));
    (void)update_depths(images, scene, {{}, 60, 1e-6}, depths);
  }

  /// Objective after a step, depths at their best.
  double objective_after(const std::vector<Vec7>& step) {
    Alignment moved = scene;
    apply_step(step, moved);
    GridDepths moved_depths = depths;
    return update_depths(images, moved, {{}, 60, 1e-6}, moved_depths);
  }
};

}  // namespace

TEST_CASE("the gradient is that of the objective with the depths at their best", "[align]") {
  Fixture f;
  BlockSystem system(f.images.size(), f.edges);
  build_normal_equations(f.images, f.scene, f.depths, {}, system);
  const double h = 1e-5;
  for (std::size_t block = 0; block < system.blocks(); ++block) {
    for (int c = 0; c < 7; ++c) {
      std::vector<Vec7> step(system.blocks(), Vec7::Zero());
      step[block][c] = h;
      const double ahead = f.objective_after(step);
      step[block][c] = -h;
      const double behind = f.objective_after(step);
      const double difference = (ahead - behind) / (2 * h);
      INFO("block " << block << " unknown " << c);
      CHECK(system.gradient()[block][c] == Approx(difference).epsilon(0.01).margin(2e-4));
    }
  }
}

TEST_CASE("with squared residuals one step is Newton's: the quadratic predicts the objective", "[align]") {
  Fixture f;
  const NormOptions squared{true, 1e-4};
  (void)update_depths(f.images, f.scene, {squared, 3, 1e-6}, f.depths);
  BlockSystem system(f.images.size(), f.edges);
  build_normal_equations(f.images, f.scene, f.depths, squared, system);
  const double before = update_depths(f.images, f.scene, {squared, 2, 1e-6}, f.depths);
  // Translations and pair translations only: in these the residuals are linear.
  std::vector<Vec7> step(system.blocks(), Vec7::Zero());
  for (std::size_t b = 0; b < step.size(); ++b)
    step[b].segment<3>(3) = 0.01 * Vec3(std::sin(b), std::cos(3.0 * b), 0.3);
  double predicted = before;
  for (std::size_t b = 0; b < step.size(); ++b) predicted += system.gradient()[b].dot(step[b]);
  system.for_each_block([&](std::size_t row, std::size_t column, const Mat7& h) {
    predicted += (row == column ? 0.5 : 1.0) * step[row].dot(h * step[column]);
  });
  Alignment moved = f.scene;
  apply_step(step, moved);
  GridDepths depths = f.depths;
  CHECK(update_depths(f.images, moved, {squared, 3, 1e-6}, depths) == Approx(predicted).epsilon(1e-5));
}

TEST_CASE("where all residuals vanish the quadratic is the objective, in all unknowns", "[align]") {
  const align_scene::Settings exact{3, 14, 10, 9, 0, 0, 0};
  Fixture f(exact);
  const NormOptions squared{true, 1e-4};
  BlockSystem system(f.images.size(), f.edges);
  build_normal_equations(f.images, f.scene, f.depths, squared, system);
  std::vector<Vec7> step(system.blocks());
  for (std::size_t b = 0; b < step.size(); ++b) {
    for (int c = 0; c < 7; ++c) step[b][c] = 1e-3 * std::sin(1.0 + 7.0 * static_cast<double>(b) + 2.3 * c);
  }
  double predicted = 0;
  system.for_each_block([&](std::size_t row, std::size_t column, const Mat7& h) {
    predicted += (row == column ? 0.5 : 1.0) * step[row].dot(h * step[column]);
  });
  Alignment moved = f.scene;
  apply_step(step, moved);
  CHECK(update_depths(f.images, moved, {squared, 3, 1e-6}, f.depths) == Approx(predicted).epsilon(0.01));
}

TEST_CASE("moving the whole world does not change the quadratic", "[align][property]") {
  Fixture f;
  BlockSystem system(f.images.size(), f.edges);
  build_normal_equations(f.images, f.scene, f.depths, {}, system);
  Vec7 shift = Vec7::Zero();
  shift.segment<3>(3) = Vec3(1.0, 2.0, -1.0);
  Vec7 turn = Vec7::Zero();
  turn.head<3>() = Vec3(0.3, -0.2, 0.5);
  double curvature = 0;
  double size = 0;
  Vec7 slope = Vec7::Zero();
  for (const Vec7& g : system.gradient()) slope += g;
  system.for_each_block([&](std::size_t row, std::size_t column, const Mat7& h) {
    curvature += (row == column ? 1.0 : 2.0) * shift.dot(h * shift);
    if (row == column) size += shift.dot(h * shift);
  });
  CHECK(std::abs(slope.dot(shift)) < 1e-8);
  CHECK(std::abs(slope.dot(turn)) < 1e-8);
  CHECK(std::abs(curvature) < 1e-5 * size);  // rank-one products are in float32
}

TEST_CASE("a step honours the scale constraint and leaves held cameras alone", "[align]") {
  Fixture f;
  BlockSystem system(f.images.size(), f.edges);
  build_normal_equations(f.images, f.scene, f.depths, {}, system);
  const Unknowns unknowns(f.problem, f.options);
  CHECK(unknowns.count() == 7 * 3 + 7 * 6 - 6);
  const auto step = solve_step(system, unknowns, 1e-4);
  REQUIRE(step);
  double sigma = 0;
  for (std::size_t e = 0; e < f.edges.size(); ++e) sigma += (*step)[f.images.size() + e][6];
  CHECK(std::abs(sigma) < 1e-9);
  CHECK((*step)[0].head<6>().norm() == 0);
  CHECK(f.objective_after(*step) < f.objective_after(std::vector<Vec7>(system.blocks(), Vec7::Zero())));
}

}  // namespace vd
