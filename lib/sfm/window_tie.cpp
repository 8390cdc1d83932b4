// SPDX-License-Identifier: Apache-2.0
#include "sfm/window_tie.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

namespace vd {
namespace {

constexpr int median_steps = 30;

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool is_registered(const SolvedWindow& window, int frame) {
  return window.sfm.status[static_cast<std::size_t>(frame - window.frames.first)] == FrameStatus::registered;
}

const SE3& pose(const SolvedWindow& window, int frame) {
  return window.sfm.cameras[static_cast<std::size_t>(frame - window.frames.first)].world_from_camera;
}

/// Weiszfeld's steps: the rotation with the least sum of angles to all.
Quat geodesic_median(const std::vector<Quat>& rotations) {
  constexpr double least_angle_rad = 1e-9;
  constexpr std::size_t most_candidates = 32;
  // Begins at the one nearest to the others, so that a few wild ones do not matter.
  Quat median = rotations.front();
  double least_sum = std::numeric_limits<double>::infinity();
  const std::size_t stride = (rotations.size() + most_candidates - 1) / most_candidates;
  for (std::size_t k = 0; k < rotations.size(); k += stride) {
    double sum = 0;
    for (const Quat& other : rotations) sum += rotation_angle_rad(rotations[k].conjugate() * other);
    if (sum >= least_sum) continue;
    least_sum = sum;
    median = rotations[k];
  }
  for (int step = 0; step < median_steps; ++step) {
    Vec3 sum = Vec3::Zero();
    double weights = 0;
    for (const Quat& other : rotations) {
      const Vec3 towards = rotation_log(median.conjugate() * other);
      const double weight = 1 / std::max(towards.norm(), least_angle_rad);
      sum += weight * towards;
      weights += weight;
    }
    median = (median * rotation_exp(sum / weights)).normalized();
  }
  return median;
}

/// Weiszfeld's steps: the point with the least sum of distances to all.
Vec3 geometric_median(const std::vector<Vec3>& points) {
  Vec3 median;
  double spread = 0;
  for (int c = 0; c < 3; ++c) {
    std::vector<double> values;
    for (const Vec3& point : points) values.push_back(point[c]);
    median[c] = median_of(values);
    for (const double value : values) spread = std::max(spread, std::abs(value - median[c]));
  }
  const double least_distance = 1e-9 * spread;
  if (!(least_distance > 0)) return median;
  for (int step = 0; step < median_steps; ++step) {
    Vec3 sum = Vec3::Zero();
    double weights = 0;
    for (const Vec3& point : points) {
      const double weight = 1 / std::max((point - median).norm(), least_distance);
      sum += weight * point;
      weights += weight;
    }
    median = sum / weights;
  }
  return median;
}

/// Logarithm of a scale, and how well what it comes from agrees with itself.
struct LogScale {
  double value = 0;
  double deviation = 0;
};

/// Median of the ratios of distances between frames half the way apart.
std::optional<double> median_ratio(const std::vector<Vec3>& earlier, const std::vector<Vec3>& later) {
  std::vector<double> ratios;
  for (std::size_t k = 0, half = later.size() / 2; k + half < later.size(); ++k) {
    const double distance = (later[k + half] - later[k]).norm();
    if (distance > 0) ratios.push_back((earlier[k + half] - earlier[k]).norm() / distance);
  }
  if (ratios.empty()) return {};
  return median_of(ratios);
}

/// Scale between two courses of the same camera, already turned alike, under weights that let go of frames
/// that only one window has placed well.
std::optional<LogScale> scale_of_paths(const std::vector<Vec3>& earlier, const std::vector<Vec3>& later) {
  constexpr std::size_t least_frames = 3;
  constexpr int reweighting_steps = 10;
  if (earlier.size() < least_frames) return {};
  const auto begin = median_ratio(earlier, later);
  if (!begin || !(*begin > 0)) return {};
  double factor = *begin;
  std::vector<Vec3> offsets;
  for (std::size_t k = 0; k < earlier.size(); ++k) offsets.push_back(earlier[k] - factor * later[k]);
  Vec3 offset = geometric_median(offsets);
  double deviation = 0;
  for (int step = 0; step < reweighting_steps; ++step) {
    std::vector<double> residuals;
    for (std::size_t k = 0; k < earlier.size(); ++k)
      residuals.push_back((earlier[k] - factor * later[k] - offset).norm());
    const double typical = median_of(residuals);
    double weights = 0, spread_earlier = 0, spread_later = 0, together = 0;
    Vec3 mean_earlier = Vec3::Zero(), mean_later = Vec3::Zero();
    std::vector<double> weight(earlier.size());
    for (std::size_t k = 0; k < earlier.size(); ++k) {
      const double ratio = residuals[k] / (2 * typical + 1e-12 * factor);
      weight[k] = 1 / (1 + ratio * ratio);
      weights += weight[k];
      mean_earlier += weight[k] * earlier[k];
      mean_later += weight[k] * later[k];
    }
    mean_earlier /= weights;
    mean_later /= weights;
    for (std::size_t k = 0; k < earlier.size(); ++k) {
      const Vec3 a = earlier[k] - mean_earlier, b = later[k] - mean_later;
      spread_earlier += weight[k] * a.squaredNorm();
      spread_later += weight[k] * b.squaredNorm();
      together += weight[k] * a.dot(b);
    }
    if (!(together > 0)) return {};  // one of them stands still, or they go opposite ways
    factor = std::sqrt(spread_earlier / spread_later);
    offset = mean_earlier - factor * mean_later;
    deviation = typical / std::sqrt(spread_earlier / weights);
  }
  return LogScale{std::log(factor), deviation};
}

double depth_in(const SolvedWindow& window, int frame, const ScenePoint& point) {
  return (inverse(pose(window, frame)) * point.in_world).z();
}

/// Scale by the depths of points that both windows have triangulated, each in the middle of the shared frames
/// that see it.
std::optional<LogScale> scale_of_points(const SolvedWindow& earlier, const SolvedWindow& later,
                                        const std::vector<int>& frames, int& shared_points) {
  constexpr std::size_t least_points = 12;
  constexpr double telling_angle_deg = 1;
  constexpr double points_that_err_alike = 4;
  // Points at the end of a window are seen briefly and from afar, and those that seem nearer than they are
  // pass for telling; so all of them together may be wrong by this much.
  constexpr double common_error = 0.02;
  std::unordered_map<std::int64_t, const ScenePoint*> by_number;
  for (const ScenePoint& point : earlier.sfm.points)
    by_number[earlier.track_numbers[static_cast<std::size_t>(point.track)]] = &point;
  struct Ratio {
    double angle_deg, log_ratio;
  };
  std::vector<Ratio> ratios;
  for (const ScenePoint& point : later.sfm.points) {
    const auto found = by_number.find(later.track_numbers[static_cast<std::size_t>(point.track)]);
    if (found == by_number.end()) continue;
    const PointTrack& track = later.sfm.tracks[static_cast<std::size_t>(point.track)];
    const int seen_first = std::max(later.frames.first + track.first_frame, frames.front());
    const int seen_last = std::min(later.frames.first + track.last_frame(), frames.back());
    const auto in_view = std::lower_bound(frames.begin(), frames.end(), (seen_first + seen_last) / 2);
    if (in_view == frames.end() || *in_view < seen_first || *in_view > seen_last) continue;
    const double a = depth_in(earlier, *in_view, *found->second), b = depth_in(later, *in_view, point);
    if (!(a > 0 && b > 0)) continue;
    ratios.push_back({std::min(point.angle_deg, found->second->angle_deg), std::log(a / b)});
  }
  shared_points = static_cast<int>(ratios.size());
  // Points under little parallax err most, but they are all there is when the camera hardly moves.
  std::stable_sort(ratios.begin(), ratios.end(),
                   [](const Ratio& a, const Ratio& b) { return a.angle_deg > b.angle_deg; });
  const auto telling = static_cast<std::size_t>(std::count_if(
      ratios.begin(), ratios.end(), [](const Ratio& r) { return r.angle_deg > telling_angle_deg; }));
  ratios.resize(std::min(ratios.size(), std::max(telling, ratios.size() / 2)));
  if (ratios.size() < least_points) return {};
  std::vector<double> logs, from_median;
  for (const Ratio& ratio : ratios) logs.push_back(ratio.log_ratio);
  const double median = median_of(logs);
  for (const double value : logs) from_median.push_back(std::abs(value - median));
  const double alone = 1.4826 * median_of(from_median);
  const double by_chance = alone / std::sqrt(static_cast<double>(logs.size()) / points_that_err_alike);
  return LogScale{median, std::hypot(by_chance, common_error)};
}

/// The mean of two opinions by their variances; an opinion that agrees with itself to nothing is no opinion.
std::optional<LogScale> weighed(const std::optional<LogScale>& a, const std::optional<LogScale>& b) {
  constexpr double least_deviation = 1e-9;
  constexpr double most_deviation = 0.3;
  double weights = 0, sum = 0;
  for (const auto* opinion : {&a, &b}) {
    if (!*opinion || !((*opinion)->deviation < most_deviation)) continue;
    const double weight = std::pow(std::max((*opinion)->deviation, least_deviation), -2);
    weights += weight;
    sum += weight * (*opinion)->value;
  }
  if (!(weights > 0)) return {};
  return LogScale{sum / weights, 1 / std::sqrt(weights)};
}

/// Nothing is shared: the cameras of the middle frame of the overlap are put onto each other.
Sim3 join_at_middle(const SolvedWindow& earlier, const SolvedWindow& later) {
  const int middle = (later.frames.first + earlier.frames.end - 1) / 2;
  const SE3 tie = pose(earlier, middle) * inverse(pose(later, middle));
  return {1.0, tie.rotation, tie.translation};
}

}  // namespace

WindowTie tie_windows(const SolvedWindow& earlier, const SolvedWindow& later) {
  WindowTie tie;
  std::vector<int> frames;
  for (int f = later.frames.first; f < std::min(earlier.frames.end, later.frames.end); ++f)
    if (is_registered(earlier, f) && is_registered(later, f)) frames.push_back(f);
  tie.shared_frames = static_cast<int>(frames.size());
  if (frames.empty()) {
    tie.earlier_from_later = join_at_middle(earlier, later);
    return tie;
  }
  std::vector<Quat> rotations;
  for (const int f : frames)
    rotations.push_back((pose(earlier, f).rotation * pose(later, f).rotation.conjugate()).normalized());
  const Quat rotation = geodesic_median(rotations);
  tie.rotation_tied = true;

  std::vector<Vec3> centres_earlier, centres_later;
  for (const int f : frames) {
    centres_earlier.push_back(pose(earlier, f).translation);
    centres_later.push_back(rotation * pose(later, f).translation);
  }
  const auto scale = weighed(scale_of_paths(centres_earlier, centres_later),
                             scale_of_points(earlier, later, frames, tie.shared_points));
  tie.scale_tied = scale.has_value();
  if (scale) tie.log_scale_deviation = scale->deviation;
  const double factor = scale ? std::exp(scale->value) : 1.0;
  std::vector<Vec3> offsets;
  for (std::size_t k = 0; k < frames.size(); ++k)
    offsets.push_back(centres_earlier[k] - factor * centres_later[k]);
  tie.earlier_from_later = {factor, rotation, geometric_median(offsets)};
  std::vector<double> apart;
  for (const Vec3& offset : offsets) apart.push_back((offset - tie.earlier_from_later.translation).norm());
  tie.disagreement = median_of(apart) / static_cast<double>(frames.size());
  return tie;
}

}  // namespace vd
