// SPDX-License-Identifier: Apache-2.0
#include "sfm/start_pairs.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/parallel.h"
#include "geometry/relative_pose.h"
#include "geometry/rotation_fit.h"

namespace vd {
namespace {

constexpr double degree = 0.017453292519943295;

double mean_focal(const Intrinsics& k) { return 0.5 * (k.fx + k.fy); }

std::vector<int> common_tracks(Span<const PointTrack> tracks, const std::vector<std::vector<int>>& by_frame,
                               int first, int second) {
  std::vector<int> common;
  for (const int k : by_frame[static_cast<std::size_t>(first)])
    if (tracks[static_cast<std::size_t>(k)].visible_in(second)) common.push_back(k);
  return common;
}

PairMotion measure(Span<const PointTrack> tracks, const std::vector<std::vector<int>>& by_frame,
                   Span<const Intrinsics> intrinsics, int first, int second, std::uint64_t seed) {
  const Intrinsics& from = intrinsics[static_cast<std::size_t>(first)];
  const Intrinsics& to = intrinsics[static_cast<std::size_t>(second)];
  std::vector<Vec3> rays_from;
  std::vector<Vec3> rays_to;
  const std::vector<int> common = common_tracks(tracks, by_frame, first, second);
  for (const int k : common) {
    const PointTrack& track = tracks[static_cast<std::size_t>(k)];
    rays_from.push_back(from.unproject(track.at(first)).normalized());
    rays_to.push_back(to.unproject(track.at(second)).normalized());
  }
  PairMotion motion{first, second, static_cast<int>(common.size())};
  const std::size_t seen = by_frame[static_cast<std::size_t>(first)].size();
  motion.overlap = seen == 0 ? 0 : static_cast<double>(common.size()) / static_cast<double>(seen);
  const auto fit = fit_rotation(rays_from, rays_to, 1.0 / mean_focal(to), seed);
  if (!fit) return motion;
  motion.second_from_first = fit->target_from_source;
  std::vector<double> residuals;
  for (std::size_t k = 0; k < common.size(); ++k) {
    const Vec3 turned = fit->target_from_source * rays_from[k];
    const Vec2 seen_at = tracks[static_cast<std::size_t>(common[k])].at(second);
    residuals.push_back(turned.z() > 0 ? (to.project(turned) - seen_at).norm() : 1e6);
  }
  std::sort(residuals.begin(), residuals.end());
  motion.rotation_residual_px = residuals[residuals.size() / 2];
  motion.rotation_residual_80_px = residuals[residuals.size() * 4 / 5];
  return motion;
}

std::optional<StartPair> judge(Span<const PointTrack> tracks, const std::vector<std::vector<int>>& by_frame,
                               Span<const Intrinsics> intrinsics, const PairMotion& candidate,
                               std::uint64_t seed) {
  std::vector<int> common = common_tracks(tracks, by_frame, candidate.first, candidate.second);
  constexpr std::size_t enough = 500;  // points for one essential matrix
  const std::size_t stride = (common.size() + enough - 1) / enough;
  std::vector<Vec2> first;
  std::vector<Vec2> second;
  for (std::size_t k = 0; k < common.size(); k += stride) {
    const PointTrack& track = tracks[static_cast<std::size_t>(common[k])];
    first.push_back(track.at(candidate.first));
    second.push_back(track.at(candidate.second));
  }
  const auto pose =
      estimate_relative_pose(first, second, intrinsics[static_cast<std::size_t>(candidate.first)],
                             intrinsics[static_cast<std::size_t>(candidate.second)], 1.0, seed);
  if (!pose || pose->in_front_count < 8) return {};
  const double inlier_share = pose->in_front_count / static_cast<double>(first.size());
  const double n = inlier_share * static_cast<double>(common.size());
  const double angle_deg = std::min(pose->median_angle_rad / degree, 4.0);
  return StartPair{candidate.first, candidate.second, pose->second_from_first,
                   angle_deg * std::sqrt(n) * inlier_share};
}

}  // namespace

std::vector<PairMotion> measure_pair_motions(Span<const PointTrack> tracks,
                                             const std::vector<std::vector<int>>& by_frame,
                                             Span<const Intrinsics> intrinsics,
                                             Span<const std::pair<int, int>> pairs, std::uint64_t seed) {
  std::vector<PairMotion> motions(pairs.size());
  parallel_for(pairs.size(), [&](std::size_t k) {
    motions[k] = measure(tracks, by_frame, intrinsics, pairs[k].first, pairs[k].second, seed + k);
  });
  return motions;
}

std::vector<std::pair<int, int>> start_candidates(Span<const PointTrack> tracks,
                                                  const std::vector<std::vector<int>>& by_frame) {
  const int frames = static_cast<int>(by_frame.size());
  // Steps grow with the clip, yet no further than tracks live.
  const int step_first = std::clamp(frames / 8, 1, 8);
  const int step_second = std::clamp(frames / 16, 1, 4);
  for (const std::size_t least_common : {std::size_t{80}, std::size_t{30}, std::size_t{10}}) {
    std::vector<std::pair<int, int>> pairs;
    for (int i = 0; i < frames; i += step_first) {
      for (int j = i + 1; j < frames; j += step_second) {
        if (common_tracks(tracks, by_frame, i, j).size() < least_common) break;
        pairs.emplace_back(i, j);
      }
    }
    if (!pairs.empty()) return pairs;
  }
  return {};
}

std::vector<StartPair> choose_start_pairs(Span<const PointTrack> tracks,
                                          const std::vector<std::vector<int>>& by_frame,
                                          Span<const Intrinsics> intrinsics,
                                          Span<const PairMotion> candidates, int count, std::uint64_t seed) {
  // Essential matrices are dear: of the candidates with the same first frame only the three with the best
  // parallax, by a score like theirs, are judged.
  const auto promise = [&](const PairMotion& m) {
    const double angle_deg =
        m.rotation_residual_px / mean_focal(intrinsics[static_cast<std::size_t>(m.first)]) / degree;
    return std::min(angle_deg, 4.0) * std::sqrt(static_cast<double>(m.common_tracks));
  };
  std::vector<PairMotion> order(candidates.begin(), candidates.end());
  std::stable_sort(order.begin(), order.end(),
                   [&](const PairMotion& a, const PairMotion& b) { return promise(a) > promise(b); });
  std::vector<PairMotion> judged;
  for (const PairMotion& candidate : order) {
    const auto same_first = std::count_if(judged.begin(), judged.end(),
                                          [&](const PairMotion& m) { return m.first == candidate.first; });
    if (same_first < 3) judged.push_back(candidate);
    if (judged.size() >= 24) break;
  }
  std::vector<std::optional<StartPair>> results(judged.size());
  parallel_for(judged.size(),
               [&](std::size_t k) { results[k] = judge(tracks, by_frame, intrinsics, judged[k], seed + k); });
  std::vector<StartPair> pairs;
  for (const auto& result : results)
    if (result) pairs.push_back(*result);
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const StartPair& a, const StartPair& b) { return a.score > b.score; });

  const double apart = std::max(1.0, static_cast<double>(by_frame.size()) / 8);
  std::vector<StartPair> chosen;
  for (const bool must_be_apart : {true, false}) {
    for (const StartPair& pair : pairs) {
      if (static_cast<int>(chosen.size()) >= count) return chosen;
      const auto near = [&](const StartPair& c) {
        if (c.first == pair.first && c.second == pair.second) return true;
        return must_be_apart && std::abs(0.5 * (c.first + c.second - pair.first - pair.second)) < apart;
      };
      if (std::none_of(chosen.begin(), chosen.end(), near)) chosen.push_back(pair);
    }
  }
  return chosen;
}

}  // namespace vd
