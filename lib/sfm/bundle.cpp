// SPDX-License-Identifier: Apache-2.0
#include "sfm/bundle.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <memory>
#include <optional>

#include <ceres/ceres.h>
#include <ceres/evaluation_callback.h>
#include <Eigen/SparseCholesky>

#include "sfm/pose_prior_cost.h"
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

/// A problem and everything that Ceres points into while it solves.
class BundleSystem {
 public:
  BundleSystem(Span<const PointTrack> tracks, Span<const int> free_frames, const BundleOptions& options,
               const Reconstruction& reconstruction);

  ceres::Solver::Summary solve();
  void write_back(Reconstruction& reconstruction) const;
  [[nodiscard]] BundleDeviations deviations();
  [[nodiscard]] bool empty() const { return points_.empty(); }

 private:
  void add_observations(const PointTrack& track, const Reconstruction& reconstruction, PointBlock& point);
  void fix_gauge();
  void add_priors(const Reconstruction& reconstruction, bool all_free);
  [[nodiscard]] ceres::Solver::Options solver_options();

  BundleOptions options_;
  std::vector<char> is_free_;                        // one a frame
  std::vector<std::optional<CameraBlock>> cameras_;  // one a frame, where it takes part
  std::vector<PointBlock> points_;
  std::vector<int> track_of_point_;
  std::vector<int> observations_;  // of each point
  std::deque<ReprojectionCost> costs_;
  std::deque<FocalReprojectionCost> focal_costs_;
  std::optional<BaselineCost> baseline_;
  std::deque<PosePriorCost> priors_;
  std::optional<SimilarityBlock> given_from_world_;  // where there are priors
  double log_focal_ = 0;
  CameraUpdate update_{cameras_};
  std::unique_ptr<ceres::LossFunction> loss_;
  std::optional<ceres::Problem> problem_;
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

ceres::Problem::Options problem_options(ceres::EvaluationCallback& callback) {
  ceres::Problem::Options options;
  options.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  options.loss_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  options.evaluation_callback = &callback;
  options.disable_all_safety_checks = true;
  return options;
}

std::unique_ptr<ceres::LossFunction> loss_of(const BundleOptions& options) {
  if (options.loss == RobustLoss::cauchy) return std::make_unique<ceres::CauchyLoss>(options.loss_px);
  return std::make_unique<ceres::HuberLoss>(options.loss_px);
}

BundleSystem::BundleSystem(Span<const PointTrack> tracks, Span<const int> free_frames,
                           const BundleOptions& options, const Reconstruction& reconstruction)
    : options_(options),
      is_free_(reconstruction.views.size(), free_frames.empty() ? 1 : 0),
      cameras_(reconstruction.views.size()),
      loss_(loss_of(options)) {
  for (const int f : free_frames) is_free_[static_cast<std::size_t>(f)] = 1;
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    if (!reconstruction.points[k] || !sees_free_frame(tracks[k], is_free_)) continue;
    points_.emplace_back(*reconstruction.points[k], centre_of_middle_view(tracks[k], reconstruction));
    track_of_point_.push_back(static_cast<int>(k));
  }
  problem_.emplace(problem_options(update_));
  for (std::size_t k = 0; k < points_.size(); ++k)
    add_observations(tracks[static_cast<std::size_t>(track_of_point_[k])], reconstruction, points_[k]);
  for (std::size_t f = 0; f < cameras_.size(); ++f)
    if (cameras_[f] && is_free_[f] == 0) problem_->SetParameterBlockConstant(cameras_[f]->parameters.data());
  if (free_frames.empty()) fix_gauge();
  add_priors(reconstruction, free_frames.empty());
}

void BundleSystem::add_observations(const PointTrack& track, const Reconstruction& reconstruction,
                                    PointBlock& point) {
  int observations = 0;
  for (int f = track.first_frame; f <= track.last_frame(); ++f) {
    const View& view = reconstruction.views[static_cast<std::size_t>(f)];
    if (!view.posed) continue;
    ++observations;
    auto& camera = cameras_[static_cast<std::size_t>(f)];
    if (!camera) camera.emplace(view.camera_from_world);
    const Sight sight{track.at(f), &view.intrinsics, &*camera, &point};
    if (options_.free_focal) {
      focal_costs_.emplace_back(sight);
      problem_->AddResidualBlock(&focal_costs_.back(), loss_.get(), camera->parameters.data(),
                                 point.parameters.data(), &log_focal_);
    } else {
      costs_.emplace_back(sight);
      problem_->AddResidualBlock(&costs_.back(), loss_.get(), camera->parameters.data(),
                                 point.parameters.data());
    }
  }
  observations_.push_back(observations);
}

/// Origin and scale of a problem in which every frame is free.
void BundleSystem::fix_gauge() {
  const auto centre = [](const CameraBlock& camera) {
    return Vec3(camera.parameters[3], camera.parameters[4], camera.parameters[5]);
  };
  CameraBlock* origin = nullptr;
  CameraBlock* farthest = nullptr;
  double length = 0;
  for (auto& camera : cameras_) {
    if (!camera) continue;
    if (origin == nullptr) origin = &*camera;
    const double distance = (centre(*camera) - centre(*origin)).norm();
    if (distance <= length) continue;
    length = distance;
    farthest = &*camera;
  }
  if (origin == nullptr) return;
  problem_->SetParameterBlockConstant(origin->parameters.data());
  if (farthest == nullptr) return;
  baseline_.emplace(length, baseline_weight);
  problem_->AddResidualBlock(&*baseline_, nullptr, origin->parameters.data(), farthest->parameters.data());
}

void BundleSystem::add_priors(const Reconstruction& reconstruction, bool all_free) {
  const std::vector<View>& views = reconstruction.views;
  std::vector<std::size_t> weighed;
  for (std::size_t f = 0; f < cameras_.size(); ++f) {
    if (cameras_[f] && is_free_[f] != 0 && views[f].prior && views[f].prior->is_weighed())
      weighed.push_back(f);
  }
  if (weighed.empty()) return;
  const std::optional<Sim3> start =
      reconstruction.given_from_world ? reconstruction.given_from_world : register_to_priors(views);
  if (!start) return;
  given_from_world_.emplace(*start);
  for (const std::size_t f : weighed) {
    priors_.emplace_back(*views[f].prior, options_.noise_px, *cameras_[f], *given_from_world_);
    problem_->AddResidualBlock(&priors_.back(), nullptr, cameras_[f]->parameters.data(),
                               given_from_world_->parameters.data());
  }
  if (!all_free) problem_->SetParameterBlockConstant(given_from_world_->parameters.data());
}

ceres::Solver::Options BundleSystem::solver_options() {
  ceres::Solver::Options solver;
  auto ordering = std::make_shared<ceres::ParameterBlockOrdering>();
  for (PointBlock& point : points_) ordering->AddElementToGroup(point.parameters.data(), 0);
  int free_cameras = 0;
  for (std::size_t f = 0; f < cameras_.size(); ++f) {
    if (!cameras_[f]) continue;
    ordering->AddElementToGroup(cameras_[f]->parameters.data(), 1);
    free_cameras += is_free_[f];
  }
  // A group of its own: within one, the order is that of addresses, which differs from run to run.
  if (options_.free_focal) ordering->AddElementToGroup(&log_focal_, 2);
  if (!priors_.empty()) ordering->AddElementToGroup(given_from_world_->parameters.data(), 3);
  solver.linear_solver_ordering = ordering;
  // A reduced system of a hundred cameras is still small; beyond, tracks of bounded length leave it banded.
  solver.linear_solver_type = free_cameras <= 100 ? ceres::DENSE_SCHUR : ceres::SPARSE_SCHUR;
  solver.max_num_iterations = options_.max_iterations;
  solver.function_tolerance = options_.function_tolerance;
  // A focal length hardly shows once all else follows it, while its own column of the Jacobian is the
  // longest: damping in proportion to that would keep it where it began.
  // Tight priors would do the same to what cameras have in common.
  if (options_.free_focal || !priors_.empty()) solver.initial_trust_region_radius = 1e8;
  solver.gradient_tolerance = 1e-12;
  solver.parameter_tolerance = 1e-12;
  solver.num_threads = 1;
  solver.logging_type = ceres::SILENT;
  return solver;
}

ceres::Solver::Summary BundleSystem::solve() {
  ceres::Solver::Summary summary;
  ceres::Solve(solver_options(), &*problem_, &summary);
  return summary;
}

void BundleSystem::write_back(Reconstruction& reconstruction) const {
  for (std::size_t f = 0; f < cameras_.size(); ++f)
    if (cameras_[f] && is_free_[f] != 0)
      reconstruction.views[f].camera_from_world = cameras_[f]->camera_from_world();
  for (std::size_t k = 0; k < points_.size(); ++k)
    reconstruction.points[static_cast<std::size_t>(track_of_point_[k])] = points_[k].in_world();
  if (given_from_world_) reconstruction.given_from_world = given_from_world_->similarity();
  if (!options_.free_focal) return;
  const double factor = std::exp(log_focal_);
  for (View& view : reconstruction.views) {
    view.intrinsics.fx *= factor;
    view.intrinsics.fy *= factor;
  }
}

BundleDeviations BundleSystem::deviations() {
  constexpr double unknown = std::numeric_limits<double>::infinity();
  // Points first, then cameras, the focal length and the similarity; constant cameras are no unknowns.
  ceres::Problem::EvaluateOptions evaluate;
  for (PointBlock& point : points_) evaluate.parameter_blocks.push_back(point.parameters.data());
  const auto first_camera = static_cast<Eigen::Index>(3 * points_.size());
  Eigen::Index cameras = 0;
  for (auto& camera : cameras_) {
    if (!camera || problem_->IsParameterBlockConstant(camera->parameters.data())) continue;
    evaluate.parameter_blocks.push_back(camera->parameters.data());
    ++cameras;
  }
  const Eigen::Index log_focal = first_camera + 6 * cameras;
  if (options_.free_focal) evaluate.parameter_blocks.push_back(&log_focal_);
  if (!priors_.empty()) evaluate.parameter_blocks.push_back(given_from_world_->parameters.data());
  std::vector<double> residuals;
  ceres::CRSMatrix rows;
  if (!problem_->Evaluate(evaluate, nullptr, &residuals, nullptr, &rows)) return {unknown, unknown};
  const Eigen::SparseMatrix<double> jacobian = Eigen::Map<const Eigen::SparseMatrix<double, Eigen::RowMajor>>(
      rows.num_rows, rows.num_cols, static_cast<Eigen::Index>(rows.values.size()), rows.rows.data(),
      rows.cols.data(), rows.values.data());
  Eigen::SparseMatrix<double> normal = jacobian.transpose() * jacobian;
  for (int k = 0; k < normal.cols(); ++k) normal.coeffRef(k, k) *= 1 + 1e-10;
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> solver(normal);
  if (solver.info() != Eigen::Success) return {unknown, unknown};

  const auto variance_of = [&](Eigen::Index parameter) {
    const Eigen::VectorXd by_residual =
        jacobian * solver.solve(Eigen::VectorXd::Unit(normal.cols(), parameter));
    // Errors along a track have one cause, so tracks count, not observations. Their sum is the step that is
    // left.
    double variance = 0;
    double remaining_step = 0;
    Eigen::Index row = 0;
    for (const int count : observations_) {
      double pull = 0;
      for (int k = 0; k < 2 * count; ++k, ++row)
        pull += by_residual[row] * residuals[static_cast<std::size_t>(row)];
      variance += pull * pull;
      remaining_step += pull;
    }
    // Priors come last, and deviate as far as they say.
    for (row = by_residual.size() - 6 * static_cast<Eigen::Index>(priors_.size()); row < by_residual.size();
         ++row) {
      variance += std::pow(options_.noise_px * by_residual[row], 2);
      remaining_step += by_residual[row] * residuals[static_cast<std::size_t>(row)];
    }
    return std::isfinite(variance) ? variance + remaining_step * remaining_step : unknown;
  };
  BundleDeviations deviations;
  if (options_.free_focal) deviations.log_focal = std::sqrt(variance_of(log_focal));
  // A few cameras stand for all.
  const Eigen::Index step = std::max<Eigen::Index>(1, cameras / 8);
  double sum = 0;
  int asked = 0;
  for (Eigen::Index camera = 0; camera < cameras; camera += step, ++asked)
    for (Eigen::Index c = 3; c < 6; ++c) sum += variance_of(first_camera + 6 * camera + c);
  deviations.centre = asked > 0 ? std::sqrt(sum / asked) : 0;
  return deviations;
}

}  // namespace

BundleReport adjust_bundle(Span<const PointTrack> tracks, Span<const int> free_frames,
                           const BundleOptions& options, Reconstruction& reconstruction) {
  BundleSystem system(tracks, free_frames, options, reconstruction);
  if (system.empty()) return {0, 0, 0, "no points", false};
  const ceres::Solver::Summary summary = system.solve();
  BundleReport report{static_cast<int>(summary.iterations.size()), summary.initial_cost, summary.final_cost,
                      summary.message, summary.IsSolutionUsable()};
  if (report.usable) system.write_back(reconstruction);
  return report;
}

BundleDeviations bundle_deviations(Span<const PointTrack> tracks, const BundleOptions& options,
                                   const Reconstruction& reconstruction) {
  constexpr double unknown = std::numeric_limits<double>::infinity();
  BundleSystem system(tracks, {}, options, reconstruction);
  return system.empty() ? BundleDeviations{unknown, unknown} : system.deviations();
}

}  // namespace vd
