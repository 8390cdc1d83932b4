// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/options.h"
#include "core/span.h"
#include "geometry/se3.h"

namespace vd {

// Trajectory errors as the public evo package computes them. Poses are world_from_camera with OpenCV axes on
// both sides: the relative error changes when the camera axes of the two sides differ, whatever the
// alignment.

/// Motion of the estimate's world that is allowed before the comparison.
enum class TrajectoryAlignment {
  none,
  se3,     // rotation and translation
  sim3,    // and one scale
  scale,   // positions times one scale (the one of sim3), nothing else
  origin,  // the first poses coincide
};

/// The part of a pose error that becomes one number.
enum class PoseRelation {
  translation,     // length of the translation
  rotation_deg,    // angle of the rotation, degrees
  rotation_rad,    // ... radians
  rotation_part,   // Frobenius norm of R - I
  full,            // Frobenius norm of the 4x4 E - I
  point_distance,  // relative errors: difference of the distances travelled; absolute errors: as translation
  point_distance_ratio,  // relative errors: the same, per cent of the reference distance; standing pairs are
                         // left out
};

enum class DeltaUnit { frames, metres, degrees, radians };

struct TrajectoryAlignmentOptions {
  TrajectoryAlignment alignment = TrajectoryAlignment::sim3;
  int first_poses = 0;  // fit to the first so many poses only; 0 = all
};

struct RelativePoseOptions {
  double delta = 1;
  DeltaUnit unit = DeltaUnit::frames;
  bool all_pairs = true;              // every start, overlapping; else consecutive pieces of length delta
  double relative_tolerance = 0.1;    // of delta, for all pairs in metres or degrees
  bool pairs_from_reference = false;  // lengths and angles of pairs are measured on the estimate by default
};

/// Of a list of errors; every number is 0 for an empty list (count says so).
struct Statistics {
  double rmse = 0, mean = 0, median = 0, std = 0 /* population */, min = 0, max = 0, sse = 0;
  std::size_t count = 0;
};
[[nodiscard]] Statistics statistics(Span<const double> errors);

/// Motion that brings an estimated trajectory onto the reference.
///
/// reference, estimate  poses of the same frames
/// returns  a similarity (scale 1 for se3 and origin; identity rotation and no translation for scale);
/// nothing when the
///          positions do not determine it (evo's "degenerate covariance rank": fewer than 2 directions of
///          movement)
/// throws   Error when the lengths differ or are 0
/// source   Umeyama 1991, as in evo
[[nodiscard]] std::optional<Sim3> align_trajectory(Span<const SE3> reference, Span<const SE3> estimate,
                                                   const TrajectoryAlignmentOptions& options);

/// Poses in the new world: positions by the similarity, orientations by its rotation.
[[nodiscard]] std::vector<SE3> transformed(Span<const SE3> poses, const Sim3& new_from_old);

/// Absolute pose errors of each frame; alignment is the caller's.
[[nodiscard]] std::vector<double> absolute_pose_errors(Span<const SE3> reference, Span<const SE3> estimate,
                                                       PoseRelation relation);

using IndexPair = std::pair<std::size_t, std::size_t>;

/// Pairs of frames a distance apart. "All pairs" are all starts, not all combinations.
[[nodiscard]] std::vector<IndexPair> relative_pairs(Span<const SE3> poses,
                                                    const RelativePoseOptions& options);

/// Relative pose errors: E = (Q_i^-1 Q_j)^-1 (P_i^-1 P_j) over relative_pairs, Q the reference, P the
/// estimate. Empty when no pair is delta apart.
[[nodiscard]] std::vector<double> relative_pose_errors(Span<const SE3> reference, Span<const SE3> estimate,
                                                       PoseRelation relation,
                                                       const RelativePoseOptions& options);

/// The three numbers of MonST3R, Align3R and TrackingWorld: after one alignment over the whole sequence.
struct TrajectoryScore {
  Statistics ate;      // absolute translation error, unit of the reference; `rmse` is the published ATE
  Statistics rte;      // relative translation error over `delta`
  Statistics rre_deg;  // relative rotation error over `delta`
  Sim3 reference_from_estimate;
  bool degenerate = false;  // the alignment was not determined: positions were compared with the first poses
                            // brought together, and published programs skip such a sequence
  double path_length = 0;   // of the reference
  double zero_motion_rte = 0;  // rte of an estimate that stands still: the figure to beat
  double zero_rotation_rre_deg = 0;
};
[[nodiscard]] TrajectoryScore evaluate_trajectory(Span<const SE3> reference, Span<const SE3> estimate,
                                                  const TrajectoryAlignmentOptions& alignment,
                                                  const RelativePoseOptions& relative = {});

/// Pairs (index in first, index in second) of stamps, as evo: each stamp of the shorter list takes the
/// nearest of the longer one (the first at ties) when they are at most max_difference_s apart; one stamp may
/// serve twice. second_offset_s is added to the stamps of second.
[[nodiscard]] std::vector<IndexPair> associate_nearest(Span<const double> first_s,
                                                       Span<const double> second_s, double max_difference_s,
                                                       double second_offset_s = 0);

/// As the TUM benchmark's associate: all pairs less than max_difference_s apart, best first, one to one,
/// sorted by first.
[[nodiscard]] std::vector<IndexPair> associate_one_to_one(Span<const double> first_s,
                                                          Span<const double> second_s,
                                                          double max_difference_s,
                                                          double second_offset_s = 0);

void describe(TrajectoryAlignmentOptions& options, OptionTable& table);
void describe(RelativePoseOptions& options, OptionTable& table);

}  // namespace vd
