// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <ceres/sized_cost_function.h>

#include "sfm/pose_prior.h"
#include "sfm/reprojection_cost.h"

namespace vd {

/// A similarity in a solve, seven parameters (w, t, log s): x_target = s exp(w) R_0 x_source + t.
struct SimilarityBlock {
  std::array<double, 7> parameters{};
  Mat3 start_rotation = Mat3::Identity();

  explicit SimilarityBlock(const Sim3& target_from_source);
  [[nodiscard]] Sim3 similarity() const;
};

/// Deviation of a camera (6) from its prior in the world of the given path, which a similarity (7) leads to:
/// centre and rotation vector in sigmas, times a weight. The similarity is free, so the gauge of the
/// reconstruction stays what it is and the priors say nothing about it. A part of infinite sigma counts 0.
class PosePriorCost final : public ceres::SizedCostFunction<6, 6, 7> {
 public:
  /// camera, given_from_world  outlive this, and are those that the parameters belong to
  PosePriorCost(const PosePrior& prior, double weight, const CameraBlock& camera,
                const SimilarityBlock& given_from_world);
  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override;

 private:
  Vec3 given_centre_;
  Mat3 given_rotation_;  // world of the path from camera
  double by_unit_;       // residual of one unit of the path
  double by_radian_;
  const CameraBlock* camera_;
  const SimilarityBlock* similarity_;
};

}  // namespace vd
