// SPDX-License-Identifier: Apache-2.0
#include "stereo/neighbour_poses.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <Eigen/Dense>

#include "geometry/se3.h"
#include "stereo/inverse_depth_fit.h"

namespace vd {
namespace {

constexpr int wanted_samples = 3000;
constexpr std::size_t fewest_samples = 300;
constexpr int iterations = 5;
constexpr double prior_angle_rad = 0.02;
constexpr double prior_translation = 0.05;  // of the distance between the cameras
constexpr double worthwhile = 0.75;         // of the median cost before; right poses keep 0.85 and more

using Vec6 = Eigen::Matrix<double, 6, 1>;
using VecX = Eigen::VectorXd;
using MatX = Eigen::MatrixXd;

/// One pixel of the reference and its trusted vectors.
struct Sample {
  Vec2 pixel;
  Vec3 ray;
  double inverse_depth = 0;
  double cost = 0;                                    // a vector
  std::vector<std::pair<std::size_t, Vec2>> targets;  // neighbour, end of the vector
  std::vector<double> information;
};

/// A grid of samples of the reference.
class SampleGrid {
 public:
  SampleGrid(const Camera& reference, const FlowSet& flows, const Map<float>& texture,
             const TrustLimits& limits, const std::vector<InverseDepthWarp>& warps)
      : reference_(reference), width_(texture.width()) {
    const double pixels = static_cast<double>(texture.pixels());
    step_ = std::max(2, static_cast<int>(std::sqrt(pixels / wanted_samples)));
    count_ = static_cast<std::size_t>((width_ - step_ / 2 + step_ - 1) / step_);
    for (int y = step_ / 2; y < texture.height(); y += step_) {
      rows_y_.push_back(y);
      rows_.emplace_back(flows.size(), RowObservations(count_));
      for (std::size_t k = 0; k < flows.size(); ++k)
        FlowObserver(flows, k, warps[k], limits)
            .read_row(y, step_ / 2, step_, texture.row(y), rows_.back()[k]);
    }
  }

  /// Fits all inverse depths: the samples with two vectors or more, and the median of their costs. A median,
  /// so that what moves has no say.
  double fit(const std::vector<InverseDepthWarp>& warps, double largest, std::vector<Sample>& samples) const {
    samples.clear();
    InverseDepthFit fit(warps, count_, step_ / 2, step_, largest);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      fit.fit(rows_y_[r], rows_[r]);
      for (std::size_t k = 0; k < count_; ++k) {
        Sample sample;
        for (std::size_t j = 0; j < warps.size(); ++j) {
          const RowObservations& row = rows_[r][j];
          if (row.information[k] <= 0) continue;
          sample.targets.emplace_back(j, Vec2(row.u[k], row.v[k]));
          sample.information.push_back(row.information[k]);
        }
        if (sample.targets.size() < 2) continue;
        sample.cost = fit.cost()[k] / static_cast<double>(sample.targets.size());
        sample.pixel = Vec2(step_ / 2 + static_cast<double>(k) * step_, rows_y_[r]);
        sample.ray = reference_.intrinsics.unproject(sample.pixel);
        sample.inverse_depth = fit.inverse_depth()[k];
        samples.push_back(std::move(sample));
      }
    }
    std::vector<double> costs;
    for (const Sample& sample : samples) costs.push_back(sample.cost);
    if (costs.empty()) return 0;
    const auto middle = costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2);
    std::nth_element(costs.begin(), middle, costs.end());
    return *middle;
  }

 private:
  const Camera& reference_;
  int width_;
  int step_;
  std::size_t count_;
  std::vector<int> rows_y_;
  std::vector<std::vector<RowObservations>> rows_;
};

/// Poses relative to the reference, translations in units of the median step.
struct Poses {
  std::vector<Intrinsics> intrinsics;
  std::vector<SE3> neighbour_from_reference;
  Intrinsics reference;

  [[nodiscard]] std::vector<InverseDepthWarp> warps() const {
    std::vector<InverseDepthWarp> result;
    for (std::size_t k = 0; k < intrinsics.size(); ++k) {
      const SE3& pose = neighbour_from_reference[k];
      result.push_back({intrinsics[k].matrix() * pose.matrix() * reference.matrix().inverse(),
                        intrinsics[k].matrix() * pose.translation});
    }
    return result;
  }
};

/// Normal equations of all corrections (6 a neighbour: turn, shift), inverse depths eliminated.
struct NormalEquations {
  MatX hessian;
  VecX gradient;
};

void add_sample(const Sample& sample, const Poses& poses, NormalEquations& sum) {
  const auto size = sum.gradient.size();
  VecX mixed = VecX::Zero(size);  // of the inverse depth with the corrections
  double curvature = 0, slope = 0;
  for (std::size_t i = 0; i < sample.targets.size(); ++i) {
    const auto& [k, target] = sample.targets[i];
    const SE3& pose = poses.neighbour_from_reference[k];
    const Intrinsics& camera = poses.intrinsics[k];
    const Vec3 point = pose.rotation * sample.ray + sample.inverse_depth * pose.translation;
    if (point.z() < 1e-6) continue;
    const Vec2 residual = camera.project(point) - target;
    Eigen::Matrix<double, 2, 3> by_point;
    by_point << camera.fx / point.z(), 0, -camera.fx * point.x() / (point.z() * point.z()), 0,
        camera.fy / point.z(), -camera.fy * point.y() / (point.z() * point.z());
    Mat3 cross;
    cross << 0, -point.z(), point.y(), point.z(), 0, -point.x(), -point.y(), point.x(), 0;
    Eigen::Matrix<double, 2, 6> by_pose;
    by_pose.leftCols<3>() = -by_point * cross;
    by_pose.rightCols<3>() = by_point * sample.inverse_depth;
    const Vec2 by_depth = by_point * pose.translation;
    const double damping = 1 + residual.squaredNorm() * sample.information[i] / 9;
    const double weight = sample.information[i] / (damping * damping);
    const auto at = static_cast<Eigen::Index>(6 * k);
    sum.hessian.block<6, 6>(at, at) += weight * by_pose.transpose() * by_pose;
    sum.gradient.segment<6>(at) += weight * by_pose.transpose() * residual;
    mixed.segment<6>(at) = weight * by_pose.transpose() * by_depth;
    curvature += weight * by_depth.squaredNorm();
    slope += weight * by_depth.dot(residual);
  }
  // An inverse depth of 0 that wants to be less cannot give way.
  if (curvature <= 1e-12 || (sample.inverse_depth <= 0 && slope > 0)) return;
  sum.hessian.noalias() -= mixed * mixed.transpose() / curvature;
  sum.gradient -= mixed * (slope / curvature);
}

/// One Gauss-Newton step of all poses.
void improve(const std::vector<Sample>& samples, const Poses& given, Poses& poses, std::vector<Vec6>& moved) {
  const auto size = static_cast<Eigen::Index>(6 * poses.intrinsics.size());
  NormalEquations sum{MatX::Zero(size, size), VecX::Zero(size)};
  for (const Sample& sample : samples) add_sample(sample, poses, sum);
  const double share = 0.01 * static_cast<double>(samples.size());  // weight of the prior against the samples
  for (std::size_t k = 0; k < moved.size(); ++k) {
    const double distance = given.neighbour_from_reference[k].translation.norm();
    for (int c = 0; c < 6; ++c) {
      const double sigma = c < 3 ? prior_angle_rad : std::max(prior_translation * distance, 1e-9);
      const auto at = static_cast<Eigen::Index>(6 * k) + c;
      sum.hessian(at, at) += share / (sigma * sigma);
      sum.gradient[at] += share * moved[k][c] / (sigma * sigma);
    }
  }
  const VecX step = -sum.hessian.ldlt().solve(sum.gradient);
  if (!step.allFinite()) return;
  for (std::size_t k = 0; k < moved.size(); ++k) {
    const Vec6 d = step.segment<6>(static_cast<Eigen::Index>(6 * k));
    const Quat turn = rotation_exp(Vec3(d.head<3>()));
    SE3& pose = poses.neighbour_from_reference[k];
    pose = {(turn * pose.rotation).normalized(), turn * pose.translation + d.tail<3>()};
    moved[k] += d;
  }
}

double change_px(const std::vector<Sample>& samples, const Poses& a, const Poses& b) {
  const auto from = a.warps();
  const auto to = b.warps();
  double sum = 0, count = 0;
  for (const Sample& sample : samples)
    for (std::size_t k = 0; k < from.size(); ++k) {
      sum += (to[k].project(sample.pixel, sample.inverse_depth) -
              from[k].project(sample.pixel, sample.inverse_depth))
                 .squaredNorm();
      count += 1;
    }
  return count > 0 ? std::sqrt(sum / count) : 0;
}

}  // namespace

double median_step(const Camera& reference, const FlowSet& flows) {
  std::vector<double> steps;
  for (const auto& flow : flows) {
    const Vec3 move = flow.camera.world_from_camera.translation - reference.world_from_camera.translation;
    steps.push_back(move.norm() / std::abs(flow.offset));
  }
  std::sort(steps.begin(), steps.end());
  return steps.empty() ? 0 : steps[steps.size() / 2];
}

NeighbourPoses correct_neighbour_poses(const Camera& reference, const FlowSet& flows,
                                       const Map<float>& texture, const TrustLimits& limits) {
  NeighbourPoses result;
  for (const auto& flow : flows) result.cameras.push_back(flow.camera);
  if (flows.size() < 2) return result;
  const double step = median_step(reference, flows);
  const double unit = step > 1e-12 ? step : 1.0;
  Poses given;
  given.reference = reference.intrinsics;
  for (const auto& flow : flows) {
    SE3 pose = inverse(flow.camera.world_from_camera) * reference.world_from_camera;
    pose.translation /= unit;
    given.intrinsics.push_back(flow.camera.intrinsics);
    given.neighbour_from_reference.push_back(pose);
  }
  const SampleGrid grid(reference, flows, texture, limits, given.warps());
  const double largest = step > 1e-12 ? 1.0 : 0.0;
  std::vector<Sample> samples;
  const double cost_before = grid.fit(given.warps(), largest, samples);
  if (samples.size() < fewest_samples) return result;
  Poses poses = given;
  std::vector<Vec6> moved(flows.size(), Vec6::Zero());
  double cost = cost_before;
  Poses best = given;
  for (int k = 0; k < iterations; ++k) {
    improve(samples, given, poses, moved);
    const double now = grid.fit(poses.warps(), largest, samples);
    if (now < cost) best = poses;
    if (now > 0.999 * cost) break;
    cost = now;
  }
  if (cost > worthwhile * cost_before) return result;
  result.correction_px = change_px(samples, given, best);
  for (std::size_t k = 0; k < flows.size(); ++k) {
    SE3 pose = best.neighbour_from_reference[k];
    pose.translation *= unit;
    result.cameras[k].world_from_camera = reference.world_from_camera * inverse(pose);
  }
  return result;
}

}  // namespace vd
