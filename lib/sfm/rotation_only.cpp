// SPDX-License-Identifier: Apache-2.0
#include "sfm/rotation_only.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <optional>

#include <ceres/ceres.h>

#include "sfm/direction_cost.h"
#include "sfm/reconstruction.h"

namespace vd {
namespace {

/// Tracks as directions in the world, seen from their middle frame.
struct DirectionProblem {
  std::vector<TurningCamera> cameras;
  std::vector<std::optional<WorldDirection>> directions;  // one a track
  double log_focal = 0;
};

int middle_frame(const PointTrack& track) {
  return track.first_frame + static_cast<int>(track.pixels.size()) / 2;
}

/// Rotations from frame to frame, chained; a frame that nothing links to the one before goes on as it.
void chain_rotations(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics, std::uint64_t seed,
                     RotationSolution& solution) {
  const int frames = static_cast<int>(intrinsics.size());
  const auto by_frame = tracks_by_frame(tracks, frames);
  std::vector<std::pair<int, int>> neighbours;
  for (int f = 0; f + 1 < frames; ++f) neighbours.emplace_back(f, f + 1);
  const auto motions = measure_pair_motions(tracks, by_frame, intrinsics, neighbours, seed);
  solution.camera_from_world.assign(static_cast<std::size_t>(frames), Quat::Identity());
  solution.posed.assign(static_cast<std::size_t>(frames), 0);
  for (const PairMotion& motion : motions) {
    const auto f = static_cast<std::size_t>(motion.first);
    solution.camera_from_world[f + 1] =
        (motion.second_from_first * solution.camera_from_world[f]).normalized();
    constexpr int least_common = 6;
    if (motion.common_tracks >= least_common) solution.posed[f] = solution.posed[f + 1] = 1;
  }
}

double track_rms_px(const PointTrack& track, Span<const Intrinsics> intrinsics,
                    const DirectionProblem& problem, const WorldDirection& direction) {
  double sum = 0;
  const Vec3 in_world = direction.in_world();
  for (int f = track.first_frame; f <= track.last_frame(); ++f) {
    const Vec3 x = problem.cameras[static_cast<std::size_t>(f)].rotation() * in_world;
    const auto error = projection_error(x, track.at(f), intrinsics[static_cast<std::size_t>(f)],
                                        std::exp(problem.log_focal));
    if (!error) return 1e9;
    sum += error->residual.squaredNorm();
  }
  return std::sqrt(sum / static_cast<double>(track.pixels.size()));
}

void solve(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics, double huber_px, bool free_focal,
           DirectionProblem& data) {
  std::deque<DirectionCost> costs;
  ceres::Problem::Options problem_options;
  problem_options.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  problem_options.loss_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  problem_options.disable_all_safety_checks = true;
  ceres::HuberLoss loss(huber_px);
  ceres::Problem problem(problem_options);
  auto ordering = std::make_shared<ceres::ParameterBlockOrdering>();
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    if (!data.directions[k]) continue;
    WorldDirection& direction = *data.directions[k];
    for (int f = tracks[k].first_frame; f <= tracks[k].last_frame(); ++f) {
      TurningCamera& camera = data.cameras[static_cast<std::size_t>(f)];
      costs.emplace_back(tracks[k].at(f), intrinsics[static_cast<std::size_t>(f)], camera, direction);
      problem.AddResidualBlock(&costs.back(), &loss, camera.turn.data(), direction.offset.data(),
                               &data.log_focal);
    }
    ordering->AddElementToGroup(direction.offset.data(), 0);
  }
  if (costs.empty()) return;
  bool first = true;
  for (TurningCamera& camera : data.cameras) {
    if (!problem.HasParameterBlock(camera.turn.data())) continue;
    ordering->AddElementToGroup(camera.turn.data(), 1);
    if (first) problem.SetParameterBlockConstant(camera.turn.data());
    first = false;
  }
  // A group of its own: within one, the order is that of addresses, which differs from run to run.
  ordering->AddElementToGroup(&data.log_focal, 2);
  if (!free_focal) problem.SetParameterBlockConstant(&data.log_focal);
  ceres::Solver::Options options;
  options.linear_solver_type = data.cameras.size() <= 200 ? ceres::DENSE_SCHUR : ceres::SPARSE_SCHUR;
  options.linear_solver_ordering = ordering;
  options.max_num_iterations = 30;
  options.function_tolerance = 1e-6;
  options.num_threads = 1;
  options.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  for (TurningCamera& camera : data.cameras) camera.settle();
  for (auto& direction : data.directions)
    if (direction) direction->settle();
}

}  // namespace

std::vector<std::pair<int, int>> rotation_test_pairs(int frames) {
  std::vector<std::pair<int, int>> pairs;
  for (const int distance : {1, 2, 4, 8}) {
    const int step = std::max(1, frames / 16);
    for (int i = 0; i + distance < frames; i += step) pairs.emplace_back(i, i + distance);
  }
  return pairs;
}

bool is_rotation_only(Span<const PairMotion> motions, double max_residual_px) {
  constexpr double least_overlap = 0.3;
  constexpr int least_tracks = 20;
  bool any = false;
  for (const PairMotion& motion : motions) {
    if (motion.overlap < least_overlap || motion.common_tracks < least_tracks) continue;
    any = true;
    if (motion.rotation_residual_px > max_residual_px) return false;
  }
  return any;
}

double best_focal_of_rotations(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                               std::uint64_t seed) {
  const int frames = static_cast<int>(intrinsics.size());
  const auto by_frame = tracks_by_frame(tracks, frames);
  std::vector<std::pair<int, int>> pairs;
  const int distance = std::min(8, frames - 1);
  const int step = std::max(1, (frames - distance) / 5);
  for (int i = 0; i + distance < frames; i += step) pairs.emplace_back(i, i + distance);
  const double longer_side = std::max(intrinsics[0].width, intrinsics[0].height);
  double best_focal = intrinsics[0].fx;
  double least_residual = std::numeric_limits<double>::infinity();
  for (double factor = 0.45; factor < 2.6; factor *= 1.12) {
    std::vector<Intrinsics> guessed(intrinsics.begin(), intrinsics.end());
    for (Intrinsics& k : guessed) {
      k.fy *= factor * longer_side / k.fx;
      k.fx = factor * longer_side;
    }
    double sum = 0;
    for (const PairMotion& motion : measure_pair_motions(tracks, by_frame, guessed, pairs, seed))
      sum += motion.rotation_residual_px;
    if (sum >= least_residual) continue;
    least_residual = sum;
    best_focal = factor * longer_side;
  }
  return best_focal;
}

RotationSolution solve_rotations(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                                 bool free_focal, std::uint64_t seed) {
  RotationSolution solution;
  chain_rotations(tracks, intrinsics, seed, solution);
  DirectionProblem data;
  for (const Quat& rotation : solution.camera_from_world) data.cameras.emplace_back(rotation);
  data.directions.resize(tracks.size());
  for (const double threshold_px : {8.0, 2.0, 1.0}) {
    for (std::size_t k = 0; k < tracks.size(); ++k) {
      const int middle = middle_frame(tracks[k]);
      Intrinsics scaled = intrinsics[static_cast<std::size_t>(middle)];
      scaled.fx *= std::exp(data.log_focal);
      scaled.fy *= std::exp(data.log_focal);
      const Quat world_from_camera = data.cameras[static_cast<std::size_t>(middle)].start.conjugate();
      if (!data.directions[k])
        data.directions[k].emplace(world_from_camera * scaled.unproject(tracks[k].at(middle)));
      if (track_rms_px(tracks[k], intrinsics, data, *data.directions[k]) > threshold_px)
        data.directions[k].reset();
    }
    solve(tracks, intrinsics, threshold_px > 1 ? 0.5 : 0.25, free_focal, data);
  }
  double squared_sum = 0;
  double observations = 0;
  double explained = 0;
  double all_observations = 0;
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    const auto length = static_cast<double>(tracks[k].pixels.size());
    all_observations += length;
    if (!data.directions[k]) continue;
    const double rms = track_rms_px(tracks[k], intrinsics, data, *data.directions[k]);
    explained += length * std::max(0.0, 1 - rms * rms);
    squared_sum += length * rms * rms;
    observations += length;
  }
  for (std::size_t f = 0; f < data.cameras.size(); ++f)
    solution.camera_from_world[f] = (data.cameras[f].start * data.cameras[0].start.conjugate()).normalized();
  solution.focal_factor = std::exp(data.log_focal);
  solution.rms_px = observations > 0 ? std::sqrt(squared_sum / observations) : 0;
  solution.explained_share = all_observations > 0 ? explained / all_observations : 0;
  return solution;
}

}  // namespace vd
