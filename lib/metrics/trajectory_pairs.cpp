// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>

#include "metrics/trajectory.h"

namespace vd {
namespace {

constexpr double degrees_per_radian = 180.0 / 3.14159265358979323846;

std::vector<IndexPair> pairs_by_frames(std::size_t count, const RelativePoseOptions& options) {
  std::vector<IndexPair> pairs;
  const auto delta = static_cast<std::size_t>(std::max(1.0, options.delta));
  for (std::size_t i = 0; i + delta < count; i += options.all_pairs ? 1 : delta)
    pairs.emplace_back(i, i + delta);
  return pairs;
}

/// Cuts the sequence whenever the steps since the last cut add up to delta; pairs of successive cuts.
std::vector<IndexPair> consecutive_pairs(std::size_t count, double delta, bool starts_at_first_pose,
                                         const std::function<double(std::size_t)>& step_before) {
  std::vector<std::size_t> cuts;
  if (starts_at_first_pose && count > 0) cuts.push_back(0);
  double accumulated = 0;
  for (std::size_t k = 1; k < count; ++k) {
    accumulated += step_before(k);
    if (accumulated < delta) continue;
    cuts.push_back(k);
    accumulated = 0;
  }
  std::vector<IndexPair> pairs;
  for (std::size_t k = 0; k + 1 < cuts.size(); ++k) pairs.emplace_back(cuts[k], cuts[k + 1]);
  return pairs;
}

std::vector<IndexPair> all_pairs_by_path(Span<const SE3> poses, double delta, double tolerance) {
  std::vector<double> path(poses.size(), 0.0);
  for (std::size_t k = 1; k < poses.size(); ++k) {
    path[k] = path[k - 1] + (poses[k].translation - poses[k - 1].translation).norm();
  }
  std::vector<IndexPair> pairs;
  for (std::size_t i = 0; i + 1 < poses.size(); ++i) {
    std::size_t best = i + 1;
    for (std::size_t j = i + 2; j < poses.size(); ++j) {
      if (std::abs(path[j] - path[i] - delta) < std::abs(path[best] - path[i] - delta)) best = j;
    }
    if (std::abs(path[best] - path[i] - delta) <= tolerance) pairs.emplace_back(i, best);
  }
  return pairs;
}

std::vector<IndexPair> all_pairs_by_angle(Span<const SE3> poses, double delta_rad, double tolerance_rad) {
  std::vector<IndexPair> pairs;
  for (std::size_t i = 0; i < poses.size(); ++i) {
    for (std::size_t j = i + 1; j < poses.size(); ++j) {
      const double angle = rotation_angle_rad(poses[i].rotation.conjugate() * poses[j].rotation);
      if (angle >= delta_rad - tolerance_rad && angle <= delta_rad + tolerance_rad) pairs.emplace_back(i, j);
    }
  }
  return pairs;
}

}  // namespace

std::vector<IndexPair> relative_pairs(Span<const SE3> poses, const RelativePoseOptions& options) {
  if (options.unit == DeltaUnit::frames) return pairs_by_frames(poses.size(), options);
  if (options.unit == DeltaUnit::metres) {
    if (options.all_pairs)
      return all_pairs_by_path(poses, options.delta, options.delta * options.relative_tolerance);
    // evo drops the piece before the first cut for paths, and keeps it for angles.
    return consecutive_pairs(poses.size(), options.delta, false, [&](std::size_t k) {
      return (poses[k].translation - poses[k - 1].translation).norm();
    });
  }
  const double delta_rad =
      options.unit == DeltaUnit::degrees ? options.delta / degrees_per_radian : options.delta;
  if (options.all_pairs) return all_pairs_by_angle(poses, delta_rad, delta_rad * options.relative_tolerance);
  return consecutive_pairs(poses.size(), delta_rad, true, [&](std::size_t k) {
    return rotation_angle_rad(poses[k - 1].rotation.conjugate() * poses[k].rotation);
  });
}

std::vector<IndexPair> associate_nearest(Span<const double> first_s, Span<const double> second_s,
                                         double max_difference_s, double second_offset_s) {
  const bool first_is_shorter = first_s.size() <= second_s.size();
  const Span<const double> shorter = first_is_shorter ? first_s : second_s;
  const Span<const double> longer = first_is_shorter ? second_s : first_s;
  const double offset = first_is_shorter ? second_offset_s : -second_offset_s;
  std::vector<IndexPair> pairs;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < longer.size(); ++j) {
      if (std::abs(longer[j] + offset - shorter[i]) < std::abs(longer[best] + offset - shorter[i])) best = j;
    }
    if (std::abs(longer[best] + offset - shorter[i]) > max_difference_s) continue;
    pairs.push_back(first_is_shorter ? IndexPair{i, best} : IndexPair{best, i});
  }
  return pairs;
}

std::vector<IndexPair> associate_one_to_one(Span<const double> first_s, Span<const double> second_s,
                                            double max_difference_s, double second_offset_s) {
  std::vector<std::tuple<double, double, double, std::size_t, std::size_t>> candidates;
  for (std::size_t i = 0; i < first_s.size(); ++i) {
    for (std::size_t j = 0; j < second_s.size(); ++j) {
      const double difference = std::abs(first_s[i] - (second_s[j] + second_offset_s));
      if (difference < max_difference_s) candidates.emplace_back(difference, first_s[i], second_s[j], i, j);
    }
  }
  std::sort(candidates.begin(), candidates.end());
  std::vector<bool> first_used(first_s.size(), false), second_used(second_s.size(), false);
  std::vector<IndexPair> pairs;
  for (const auto& [difference, a, b, i, j] : candidates) {
    if (first_used[i] || second_used[j]) continue;
    first_used[i] = second_used[j] = true;
    pairs.emplace_back(i, j);
  }
  std::sort(pairs.begin(), pairs.end(), [&](const IndexPair& a, const IndexPair& b) {
    return std::make_pair(first_s[a.first], a.first) < std::make_pair(first_s[b.first], b.first);
  });
  return pairs;
}

}  // namespace vd
