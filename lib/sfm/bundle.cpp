// SPDX-License-Identifier: Apache-2.0
#include "sfm/bundle.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>

#include <ceres/ceres.h>
#include <ceres/evaluation_callback.h>

#include "sfm/reprojection_cost.h"

namespace vd {
namespace {

/// Updates what the residuals of a camera share, once for each point at which the problem is evaluated.
class CameraUpdate final : public ceres::EvaluationCallback {
 public:
  explicit CameraUpdate(std::vector<std::optional<CameraBlock>>& cameras) : cameras_(&cameras) {}
  void PrepareForEvaluation(bool, bool new_evaluation_point) override {
    if (!new_evaluation_point) return;
    for (auto& camera : *cameras_)
      if (camera) camera->update();
  }

 private:
  std::vector<std::optional<CameraBlock>>* cameras_;
};

/// Everything Ceres points into while it solves.
struct BundleProblem {
  std::vector<std::optional<CameraBlock>> cameras;  // one a frame, where it takes part
  std::vector<PointBlock> points;
  std::vector<int> track_of_point;
  std::deque<ReprojectionCost> costs;
  std::deque<FocalReprojectionCost> focal_costs;
  std::optional<BaselineCost> baseline;
  double log_focal = 0;
};

constexpr double baseline_weight =
    1e3;  // stiff against drift, yet mild beside tens of thousands of residuals

Vec3 centre_of_middle_view(const PointTrack& track, const Reconstruction& reconstruction) {
  const int middle = track.first_frame + static_cast<int>(track.pixels.size()) / 2;
  for (int distance = 0; distance <= static_cast<int>(track.pixels.size()); ++distance) {
    for (const int f : {middle - distance, middle + distance}) {
      if (!track.visible_in(f) || !reconstruction.views[static_cast<std::size_t>(f)].posed) continue;
      return inverse(reconstruction.views[static_cast<std::size_t>(f)].camera_from_world).translation;
    }
  }
  return Vec3::Zero();
}

bool sees_free_frame(const PointTrack& track, const std::vector<char>& is_free) {
  for (int f = track.first_frame; f <= track.last_frame(); ++f)
    if (is_free[static_cast<std::size_t>(f)] != 0) return true;
  return false;
}

void add_observations(const PointTrack& track, const Reconstruction& reconstruction,
                      const BundleOptions& options, ceres::LossFunction* loss, PointBlock& point,
                      BundleProblem& data, ceres::Problem& problem) {
  for (int f = track.first_frame; f <= track.last_frame(); ++f) {
    const View& view = reconstruction.views[static_cast<std::size_t>(f)];
    if (!view.posed) continue;
    auto& camera = data.cameras[static_cast<std::size_t>(f)];
    if (!camera) camera.emplace(view.camera_from_world);
    if (options.free_focal) {
      data.focal_costs.emplace_back(track.at(f), view.intrinsics, *camera, point);
      problem.AddResidualBlock(&data.focal_costs.back(), loss, camera->parameters.data(),
                               point.parameters.data(), &data.log_focal);
    } else {
      data.costs.emplace_back(track.at(f), view.intrinsics, *camera, point);
      problem.AddResidualBlock(&data.costs.back(), loss, camera->parameters.data(), point.parameters.data());
    }
  }
}

/// Origin and scale of a problem in which every frame is free.
void fix_gauge(BundleProblem& data, ceres::Problem& problem) {
  const auto centre = [](const CameraBlock& camera) {
    return Vec3(camera.parameters[3], camera.parameters[4], camera.parameters[5]);
  };
  CameraBlock* origin = nullptr;
  CameraBlock* farthest = nullptr;
  double length = 0;
  for (auto& camera : data.cameras) {
    if (!camera) continue;
    if (origin == nullptr) origin = &*camera;
    const double distance = (centre(*camera) - centre(*origin)).norm();
    if (distance <= length) continue;
    length = distance;
    farthest = &*camera;
  }
  if (origin == nullptr) return;
  problem.SetParameterBlockConstant(origin->parameters.data());
  if (farthest == nullptr) return;
  data.baseline.emplace(length, baseline_weight);
  problem.AddResidualBlock(&*data.baseline, nullptr, origin->parameters.data(), farthest->parameters.data());
}

ceres::Solver::Options solver_options(const BundleOptions& options, BundleProblem& data, int free_cameras) {
  ceres::Solver::Options solver;
  // A reduced system of a hundred cameras is still small; beyond, tracks of bounded length leave it banded.
  solver.linear_solver_type = free_cameras <= 100 ? ceres::DENSE_SCHUR : ceres::SPARSE_SCHUR;
  auto ordering = std::make_shared<ceres::ParameterBlockOrdering>();
  for (PointBlock& point : data.points) ordering->AddElementToGroup(point.parameters.data(), 0);
  for (auto& camera : data.cameras)
    if (camera) ordering->AddElementToGroup(camera->parameters.data(), 1);
  if (options.free_focal) ordering->AddElementToGroup(&data.log_focal, 1);
  solver.linear_solver_ordering = ordering;
  solver.max_num_iterations = options.max_iterations;
  solver.function_tolerance = options.function_tolerance;
  solver.gradient_tolerance = 1e-12;
  solver.parameter_tolerance = 1e-12;
  solver.num_threads = 1;
  solver.logging_type = ceres::SILENT;
  return solver;
}

void write_back(const BundleProblem& data, const BundleOptions& options, const std::vector<char>& is_free,
                Reconstruction& reconstruction) {
  for (std::size_t f = 0; f < data.cameras.size(); ++f)
    if (data.cameras[f] && is_free[f] != 0)
      reconstruction.views[f].camera_from_world = data.cameras[f]->camera_from_world();
  for (std::size_t k = 0; k < data.points.size(); ++k)
    reconstruction.points[static_cast<std::size_t>(data.track_of_point[k])] = data.points[k].in_world();
  if (!options.free_focal) return;
  const double factor = std::exp(data.log_focal);
  for (View& view : reconstruction.views) {
    view.intrinsics.fx *= factor;
    view.intrinsics.fy *= factor;
  }
}

}  // namespace

BundleReport adjust_bundle(Span<const PointTrack> tracks, Span<const int> free_frames,
                           const BundleOptions& options, Reconstruction& reconstruction) {
  BundleProblem data;
  data.cameras.resize(reconstruction.views.size());
  const bool all_free = free_frames.empty();
  std::vector<char> is_free(reconstruction.views.size(), all_free ? 1 : 0);
  for (const int f : free_frames) is_free[static_cast<std::size_t>(f)] = 1;
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    if (!reconstruction.points[k] || !sees_free_frame(tracks[k], is_free)) continue;
    data.points.emplace_back(*reconstruction.points[k], centre_of_middle_view(tracks[k], reconstruction));
    data.track_of_point.push_back(static_cast<int>(k));
  }
  if (data.points.empty()) return {0, 0, 0, "no points", false};

  CameraUpdate update(data.cameras);
  ceres::Problem::Options problem_options;
  problem_options.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  problem_options.loss_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  problem_options.evaluation_callback = &update;
  problem_options.disable_all_safety_checks = true;
  ceres::HuberLoss huber(options.loss_px);
  ceres::CauchyLoss cauchy(options.loss_px);
  ceres::LossFunction* loss = &huber;
  if (options.loss == RobustLoss::cauchy) loss = &cauchy;
  ceres::Problem problem(problem_options);
  for (std::size_t k = 0; k < data.points.size(); ++k)
    add_observations(tracks[static_cast<std::size_t>(data.track_of_point[k])], reconstruction, options, loss,
                     data.points[k], data, problem);
  int free_cameras = 0;
  for (std::size_t f = 0; f < data.cameras.size(); ++f) {
    if (!data.cameras[f]) continue;
    if (is_free[f] != 0)
      ++free_cameras;
    else
      problem.SetParameterBlockConstant(data.cameras[f]->parameters.data());
  }
  if (all_free) fix_gauge(data, problem);

  ceres::Solver::Summary summary;
  ceres::Solve(solver_options(options, data, free_cameras), &problem, &summary);
  BundleReport report{static_cast<int>(summary.iterations.size()), summary.initial_cost, summary.final_cost,
                      summary.message, summary.IsSolutionUsable()};
  if (report.usable) write_back(data, options, is_free, reconstruction);
  return report;
}

}  // namespace vd
