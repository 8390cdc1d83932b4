// SPDX-License-Identifier: Apache-2.0
#include "stereo/ground_plane.h"

#include <cmath>
#include <vector>

#include <Eigen/Dense>

#include "core/random.h"

namespace vd {
namespace {

constexpr std::size_t most_samples = 4000;
constexpr int trials = 300;

struct PlaneSample {
  Vec3 ray;
  double inverse_depth;
};

/// Usable pixels of the lower two thirds on a grid that keeps about most_samples of them.
std::vector<PlaneSample> collect(const Map<float>& inverse_depth, const MaskMap& usable,
                                 const Intrinsics& intrinsics) {
  const int top = inverse_depth.height() / 3;
  const double candidates = static_cast<double>(inverse_depth.width()) * (inverse_depth.height() - top);
  const int step = std::max(1, static_cast<int>(std::sqrt(candidates / most_samples)));
  std::vector<PlaneSample> samples;
  for (int y = top; y < inverse_depth.height(); y += step)
    for (int x = 0; x < inverse_depth.width(); x += step)
      if (usable(x, y) && inverse_depth(x, y) > 0)
        samples.push_back({intrinsics.unproject({x, y}), inverse_depth(x, y)});
  return samples;
}

bool lies_on(const Vec3& plane, const PlaneSample& sample, double tolerance) {
  const double expected = plane.dot(sample.ray);
  return expected > 0 && std::abs(sample.inverse_depth - expected) < tolerance * expected;
}

std::size_t count_inliers(const Vec3& plane, const std::vector<PlaneSample>& samples, double tolerance) {
  std::size_t count = 0;
  for (const auto& sample : samples) count += lies_on(plane, sample, tolerance);
  return count;
}

/// Least squares of the relative error over the inliers.
Vec3 refit(const Vec3& plane, const std::vector<PlaneSample>& samples, double tolerance) {
  Mat3 normal = Mat3::Zero();
  Vec3 right = Vec3::Zero();
  for (const auto& sample : samples) {
    if (!lies_on(plane, sample, tolerance)) continue;
    const Vec3 row = sample.ray / sample.inverse_depth;
    normal += row * row.transpose();
    right += row;
  }
  const Vec3 refined = normal.ldlt().solve(right);
  return refined.allFinite() ? refined : plane;
}

}  // namespace

std::optional<GroundPlane> find_ground_plane(const Map<float>& inverse_depth, const MaskMap& usable,
                                             const Intrinsics& intrinsics,
                                             const GroundPlaneOptions& options) {
  const auto samples = collect(inverse_depth, usable, intrinsics);
  if (samples.size() < 30) return {};
  const auto faces_up = [&](const Vec3& p) { return p.y() > options.least_uprightness * p.norm(); };
  Random random(options.seed);
  const auto draw = [&]() -> const PlaneSample& {
    return samples[random.below(static_cast<std::uint32_t>(samples.size()))];
  };
  Vec3 best = Vec3::Zero();
  std::size_t most = 0;
  for (int trial = 0; trial < trials; ++trial) {
    Mat3 rays;
    Vec3 values;
    for (int k = 0; k < 3; ++k) {
      const auto& sample = draw();
      rays.row(k) = sample.ray.transpose();
      values[k] = sample.inverse_depth;
    }
    if (std::abs(rays.determinant()) < 1e-9) continue;
    const Vec3 plane = rays.inverse() * values;
    if (!faces_up(plane)) continue;
    if (const auto count = count_inliers(plane, samples, options.tolerance); count > most) {
      most = count;
      best = plane;
    }
  }
  if (most == 0) return {};
  for (int round = 0; round < 3; ++round) best = refit(best, samples, options.tolerance);
  if (!faces_up(best)) return {};

  std::size_t on_plane = 0;
  for (int y = inverse_depth.height() / 3; y < inverse_depth.height(); ++y)
    for (int x = 0; x < inverse_depth.width(); ++x)
      on_plane += usable(x, y) && inverse_depth(x, y) > 0 &&
                  lies_on(best, {intrinsics.unproject({x, y}), inverse_depth(x, y)}, options.tolerance);
  const double share = static_cast<double>(on_plane) / static_cast<double>(inverse_depth.pixels());
  if (share < options.least_share) return {};
  return GroundPlane{best, share};
}

}  // namespace vd
