// SPDX-License-Identifier: Apache-2.0
#include "sfm/starts.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "sfm/polish.h"

namespace vd {
namespace {

constexpr double degree = 0.017453292519943295;

struct Attempt {
  StartPair pair;
  std::vector<Intrinsics> intrinsics;
  double focal_guess_px = 0;
  int focal_free_from = 0;
  Reconstruction reconstruction;  // of the covering tracks
  double explained = 0;
};

/// What all attempts share.
struct Evidence {
  Span<const PointTrack> tracks;
  std::vector<std::vector<int>> by_frame;
  std::vector<PointTrack> covering;
  std::vector<int> covering_index;
  std::vector<std::vector<int>> covering_by_frame;
};

Evidence gather(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics, const SfmOptions& options) {
  Evidence evidence;
  const int frames = static_cast<int>(intrinsics.size());
  evidence.tracks = tracks;
  evidence.by_frame = tracks_by_frame(tracks, frames);
  evidence.covering_index = choose_covering_tracks(tracks, frames, intrinsics[0].width, intrinsics[0].height,
                                                   options.growing_points_per_frame);
  for (const int k : evidence.covering_index)
    evidence.covering.push_back(tracks[static_cast<std::size_t>(k)]);
  evidence.covering_by_frame = tracks_by_frame(evidence.covering, frames);
  return evidence;
}

std::vector<StartPair> pairs_for(const Evidence& evidence, Span<const Intrinsics> intrinsics, int count,
                                 std::uint64_t seed) {
  const auto candidates = start_candidates(evidence.tracks, evidence.by_frame);
  const auto motions = measure_pair_motions(evidence.tracks, evidence.by_frame, intrinsics, candidates, seed);
  return choose_start_pairs(evidence.tracks, evidence.by_frame, intrinsics, motions, count, seed);
}

void run(const Evidence& evidence, const SfmOptions& options, Attempt& attempt) {
  MapperOptions mapper;
  mapper.seed = options.seed;
  mapper.focal_free_from = attempt.focal_free_from;
  attempt.reconstruction = grow_reconstruction(evidence.covering, evidence.covering_by_frame,
                                               attempt.intrinsics, attempt.pair, mapper);
  // Over all tracks: those that did not take part are an independent opinion.
  Reconstruction full;
  full.views = attempt.reconstruction.views;
  full.points.resize(evidence.tracks.size());
  for (std::size_t k = 0; k < evidence.covering.size(); ++k)
    full.points[static_cast<std::size_t>(evidence.covering_index[k])] = attempt.reconstruction.points[k];
  attempt.explained = explained_share(evidence.tracks, full);
  attempt.reconstruction = std::move(full);
}

/// How far a focal length is from that of common lenses.
double unusual(const Attempt& attempt) {
  const Intrinsics& k = attempt.reconstruction.views[0].intrinsics;
  return std::abs(std::log(k.fx / usual_focal_px(k.width, k.height)));
}

/// The attempt that explains most; among those within `tie` of it the one with the most usual focal length.
BestStart conclude(std::vector<Attempt>& attempts, double tie) {
  BestStart best;
  double share = 0;
  for (const Attempt& a : attempts) {
    best.records.push_back({a.pair.first, a.pair.second, a.focal_guess_px,
                            a.reconstruction.views[0].intrinsics.fx, a.reconstruction.posed_count(),
                            a.explained});
    if (a.reconstruction.posed_count() >= 2) share = std::max(share, a.explained);
  }
  for (std::size_t k = 0; k < attempts.size(); ++k) {
    const Attempt& a = attempts[k];
    if (a.reconstruction.posed_count() < 2 || a.explained < share - tie) continue;
    if (best.best >= 0 && unusual(a) >= unusual(attempts[static_cast<std::size_t>(best.best)])) continue;
    best.best = static_cast<int>(k);
  }
  if (best.best >= 0)
    best.reconstruction = std::move(attempts[static_cast<std::size_t>(best.best)].reconstruction);
  return best;
}

std::vector<Intrinsics> with_focal(Span<const Intrinsics> intrinsics, double focal_px) {
  std::vector<Intrinsics> result(intrinsics.begin(), intrinsics.end());
  for (Intrinsics& k : result) {
    const double aspect = k.fx > 0 && k.fy > 0 ? k.fy / k.fx : 1.0;
    k.fx = focal_px;
    k.fy = focal_px * aspect;
  }
  return result;
}

}  // namespace

bool agree(const Reconstruction& a, const Reconstruction& b) {
  std::vector<SE3> motion_a;
  std::vector<SE3> motion_b;
  std::size_t anchor = a.views.size();
  for (std::size_t f = 0; f < a.views.size(); ++f) {
    if (a.views[f].posed != b.views[f].posed) return false;
    if (!a.views[f].posed) continue;
    if (anchor == a.views.size()) anchor = f;
    // Both in the first common frame's camera, so that only the scale is left to be found.
    motion_a.push_back(a.views[anchor].camera_from_world * inverse(a.views[f].camera_from_world));
    motion_b.push_back(b.views[anchor].camera_from_world * inverse(b.views[f].camera_from_world));
  }
  double aa = 0;
  double ab = 0;
  double bb = 0;
  for (std::size_t k = 0; k < motion_a.size(); ++k) {
    if (rotation_angle_rad(motion_a[k].rotation.conjugate() * motion_b[k].rotation) > 0.3 * degree)
      return false;
    aa += motion_a[k].translation.squaredNorm();
    ab += motion_a[k].translation.dot(motion_b[k].translation);
    bb += motion_b[k].translation.squaredNorm();
  }
  if (!(aa > 0) || !(bb > 0)) return false;
  const double unexplained = 1 - ab * ab / (aa * bb);  // of the squared spread, after the best scale
  return ab > 0 && unexplained < 0.02 * 0.02;
}

BestStart try_starts(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                     const SfmOptions& options) {
  const Evidence evidence = gather(tracks, intrinsics, options);
  const auto pairs = pairs_for(evidence, intrinsics, options.starts, options.seed);
  std::vector<Attempt> attempts;
  for (const StartPair& pair : pairs)
    attempts.push_back({pair, {intrinsics.begin(), intrinsics.end()}, intrinsics[0].fx});
  const std::size_t first = std::min<std::size_t>(2, attempts.size());
  parallel_for(first, [&](std::size_t k) { run(evidence, options, attempts[k]); });
  // Two starts may agree on a large moving object; then little of the clip is explained.
  constexpr double most_of_it = 0.5;
  const bool settled = first == 2 && attempts[0].explained > most_of_it &&
                       agree(attempts[0].reconstruction, attempts[1].reconstruction);
  if (settled)
    attempts.resize(2);
  else
    parallel_for(attempts.size() - first,
                 [&](std::size_t k) { run(evidence, options, attempts[first + k]); });
  return conclude(attempts, 0);
}

BestStart try_focal_starts(Span<const PointTrack> tracks, Span<const Intrinsics> intrinsics,
                           const SfmOptions& options) {
  const Evidence evidence = gather(tracks, intrinsics, options);
  const double longer_side = std::max(intrinsics[0].width, intrinsics[0].height);
  std::vector<double> guesses;
  for (const double factor : {0.85, 1.2, 0.6, 1.7}) guesses.push_back(factor * longer_side);
  if (intrinsics[0].fx > 0) guesses.insert(guesses.begin(), intrinsics[0].fx);
  const int frames = static_cast<int>(intrinsics.size());
  const int free_from = frames >= 4 ? std::min(8, frames) : 0;
  std::vector<Attempt> attempts;
  std::vector<Attempt> second_attempts;
  for (const double guess : guesses) {
    const auto guessed = with_focal(intrinsics, guess);
    const auto pairs = pairs_for(evidence, guessed, 2, options.seed);
    if (!pairs.empty()) attempts.push_back({pairs[0], guessed, guess, free_from});
    if (pairs.size() > 1) second_attempts.push_back({pairs[1], guessed, guess, free_from});
  }
  parallel_for(attempts.size(), [&](std::size_t k) { run(evidence, options, attempts[k]); });

  // A second pair where the first did best, in case it was an unlucky one everywhere.
  const auto share_of_first = [&](const Attempt& second) {
    for (const Attempt& a : attempts)
      if (a.focal_guess_px == second.focal_guess_px) return a.explained;
    return 0.0;
  };
  std::stable_sort(second_attempts.begin(), second_attempts.end(),
                   [&](const Attempt& a, const Attempt& b) { return share_of_first(a) > share_of_first(b); });
  if (second_attempts.size() > 2) second_attempts.resize(2);
  parallel_for(second_attempts.size(), [&](std::size_t k) { run(evidence, options, second_attempts[k]); });
  for (Attempt& attempt : second_attempts) attempts.push_back(std::move(attempt));
  return conclude(attempts, 0.002);
}

}  // namespace vd
