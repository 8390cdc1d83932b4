// SPDX-License-Identifier: Apache-2.0
#include "align/step.h"

#include <Eigen/Cholesky>
#include <Eigen/SparseCholesky>
#include <algorithm>
#include <map>

namespace vd {
namespace {

// Above this a sparse factorisation is faster even for graphs that fill in much.
constexpr int largest_dense_system = 1500;

template <typename Visit>
void for_each_entry(const BlockSystem& system, const Unknowns& unknowns, const Visit& visit) {
  system.for_each_block([&](std::size_t row_block, std::size_t column_block, const Mat7& values) {
    for (int a = 0; a < 7; ++a) {
      const int row = unknowns.column(row_block, a);
      if (row < 0) continue;
      for (int b = 0; b < 7; ++b) {
        const int column = unknowns.column(column_block, b);
        if (column < 0) continue;
        if (row_block == column_block) {
          if (row >= column) visit(row, column, values(a, b));
        } else {
          // Two blocks may share a column (one focal length): both triangles then fall onto the diagonal.
          visit(std::max(row, column), std::min(row, column),
                row == column ? 2 * values(a, b) : values(a, b));
        }
      }
    }
  });
}

double damped(double diagonal, double damping, double largest) {
  return diagonal * (1 + damping) + 1e-14 * largest + 1e-300;
}

/// Solutions of H x = rhs for the columns of rhs.
std::optional<Eigen::MatrixXd> solve_dense(const BlockSystem& system, const Unknowns& unknowns,
                                           double damping, const Eigen::MatrixXd& rhs) {
  Eigen::MatrixXd h = Eigen::MatrixXd::Zero(unknowns.count(), unknowns.count());
  for_each_entry(system, unknowns, [&](int row, int column, double value) { h(row, column) += value; });
  const double largest = h.diagonal().maxCoeff();
  for (int k = 0; k < unknowns.count(); ++k) h(k, k) = damped(h(k, k), damping, largest);
  const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(h);
  if (factor.info() != Eigen::Success) return {};
  return Eigen::MatrixXd(factor.solve(rhs));
}

std::optional<Eigen::MatrixXd> solve_sparse(const BlockSystem& system, const Unknowns& unknowns,
                                            double damping, const Eigen::MatrixXd& rhs) {
  std::vector<Eigen::Triplet<double>> entries;
  for_each_entry(system, unknowns,
                 [&](int row, int column, double value) { entries.emplace_back(row, column, value); });
  for (int k = 0; k < unknowns.count(); ++k) entries.emplace_back(k, k, 0.0);
  Eigen::SparseMatrix<double> h(unknowns.count(), unknowns.count());
  h.setFromTriplets(entries.begin(), entries.end());
  double largest = 0;
  for (int k = 0; k < unknowns.count(); ++k) largest = std::max(largest, h.coeff(k, k));
  for (int k = 0; k < unknowns.count(); ++k) h.coeffRef(k, k) = damped(h.coeff(k, k), damping, largest);
  const Eigen::SimplicialLLT<Eigen::SparseMatrix<double>, Eigen::Lower> factor(h);
  if (factor.info() != Eigen::Success) return {};
  return Eigen::MatrixXd(factor.solve(rhs));
}

}  // namespace

Unknowns::Unknowns(const AlignProblem& problem, const AlignOptions& options)
    : columns_(7 * (problem.images.size() + problem.edges.size()), -1) {
  const auto images = static_cast<int>(problem.images.size());
  bool pose_is_known = false;
  for (int n = images - 1; n >= 0; --n) {
    if (!problem.known_pose(n)) continue;
    pose_is_known = true;
    held_camera_ = n;
  }
  std::map<std::pair<int, int>, int> shared_columns;  // by image size
  for (int n = 0; n < images; ++n) {
    const bool held = problem.known_pose(n) || (!pose_is_known && n == held_camera_);
    for (int c = 0; c < 6 && !held; ++c) columns_[7 * n + c] = count_++;
    if (problem.known_focal_px(n) || options.fix_focals) continue;
    if (!options.share_focal) {
      columns_[7 * n + 6] = count_++;
      continue;
    }
    const auto size = std::make_pair(problem.images[n].width, problem.images[n].height);
    const auto place = shared_columns.find(size);
    columns_[7 * n + 6] = place == shared_columns.end() ? count_ : place->second;
    if (place == shared_columns.end()) shared_columns[size] = count_++;
  }
  for (std::size_t k = 7 * problem.images.size(); k < columns_.size(); ++k) columns_[k] = count_++;
}

std::optional<std::vector<Vec7>> solve_step(const BlockSystem& system, const Unknowns& unknowns,
                                            double damping) {
  Eigen::MatrixXd rhs = Eigen::MatrixXd::Zero(unknowns.count(), 2);  // -b, and the constraint's direction
  const std::size_t images = system.images();
  for (std::size_t block = 0; block < system.blocks(); ++block) {
    for (int c = 0; c < 7; ++c) {
      const int column = unknowns.column(block, c);
      if (column >= 0) rhs(column, 0) -= system.gradient()[block][c];
    }
    if (block >= images) rhs(unknowns.column(block, 6), 1) = 1;
  }
  const auto solutions = unknowns.count() <= largest_dense_system
                             ? solve_dense(system, unknowns, damping, rhs)
                             : solve_sparse(system, unknowns, damping, rhs);
  if (!solutions || !solutions->allFinite()) return {};
  Eigen::VectorXd z = solutions->col(0);
  if (system.blocks() > images) {
    const Eigen::VectorXd constraint = rhs.col(1);
    z -= solutions->col(1) * (constraint.dot(z) / constraint.dot(solutions->col(1)));
  }
  std::vector<Vec7> step(system.blocks(), Vec7::Zero());
  for (std::size_t block = 0; block < system.blocks(); ++block) {
    for (int c = 0; c < 7; ++c) {
      const int column = unknowns.column(block, c);
      if (column >= 0) step[block][c] = z[column];
    }
    step[block][6] = std::min(0.3, std::max(-0.3, step[block][6]));
  }
  return step;
}

void apply_step(const std::vector<Vec7>& step, Alignment& scene) {
  const std::size_t images = scene.world_from_camera.size();
  for (std::size_t n = 0; n < images; ++n) {
    SE3& pose = scene.world_from_camera[n];
    const Quat turn = rotation_exp(step[n].head<3>());
    pose.rotation = (turn * pose.rotation).normalized();
    pose.translation = turn * pose.translation + step[n].segment<3>(3);
    scene.focal_px[n] *= std::exp(step[n][6]);
  }
  for (std::size_t e = 0; e < scene.world_from_pair.size(); ++e) {
    Sim3& pair = scene.world_from_pair[e];
    const Vec7& z = step[images + e];
    const Quat turn = rotation_exp(z.head<3>());
    const double stretch = std::exp(z[6]);
    pair.rotation = (turn * pair.rotation).normalized();
    pair.scale *= stretch;
    pair.translation = stretch * (turn * pair.translation) + z.segment<3>(3);
  }
}

double mean_pair_scale(const Alignment& scene) {
  if (scene.world_from_pair.empty()) return 1;
  double log_sum = 0;
  for (const Sim3& pair : scene.world_from_pair) log_sum += std::log(pair.scale);
  return std::exp(log_sum / static_cast<double>(scene.world_from_pair.size()));
}

double renormalise_scale(double mean_scale, int held_camera, Alignment& scene) {
  const double factor = mean_scale / mean_pair_scale(scene);
  const Vec3 centre = scene.world_from_camera[held_camera].translation;
  for (SE3& pose : scene.world_from_camera) pose.translation = centre + factor * (pose.translation - centre);
  for (Sim3& pair : scene.world_from_pair) {
    pair.scale *= factor;
    pair.translation = centre + factor * (pair.translation - centre);
  }
  return factor;
}

}  // namespace vd
