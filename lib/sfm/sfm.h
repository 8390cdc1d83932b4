// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/span.h"
#include "geometry/camera.h"
#include "geometry/tracks.h"
#include "image/grey_frames.h"
#include "sfm/pose_prior.h"
#include "sfm/start_pairs.h"

namespace vd {

/// Structure from motion out of point tracks: poses of all frames, a sparse cloud and, when asked for, the
/// focal length.
///
/// Several reconstructions are grown from different pairs of frames and the one that explains most of the
/// tracks is kept, so that a moving object or an unlucky pair does not decide. It is then adjusted with a
/// loss tight enough to leave moving objects out, its tracks are registered again under the known geometry
/// (guided refinement), and adjusted once more. A camera that only turns is recognised beforehand and gets
/// rotations without a path.
struct SfmOptions {
  int starts = 3;                      // reconstructions tried; fewer when two agree
  int growing_points_per_frame = 400;  // long tracks that cover the image; all tracks join at the end
  double loss_in_medians = 1.0;        // scale of the final loss in units of the median track error
  double track_rms_px = 0.7;      // tracks with a larger error are left out in the end, if the clip allows
  double min_angle_deg = 0.15;    // least parallax of a point in the end
  bool guided = true;             // guided refinement of the tracks (needs frames)
  double rotation_only_px = 0.7;  // median residual below which a pair is a pure rotation
  std::uint64_t seed = 1;
};

void describe(SfmOptions& options, OptionTable& table);

/// What is known about a clip of N frames.
struct SfmInput {
  GreyFrames frames;              // N, or empty: then no guided refinement
  Span<const PointTrack> tracks;  // frames in [0, N)
  std::vector<Intrinsics>
      intrinsics;  // N; without known focal lengths: size and principal point, and a first guess of
                   // fx (0: none); empty is allowed with frames at hand and unknown intrinsics
  bool intrinsics_known = true;
  std::vector<SE3>
      known_world_from_camera;  // N, or empty: unknown; when given, points are triangulated, no pose moves
  /// N, or empty: poses that are known less well, nothing where a frame has none. They are one more place to
  /// start from, are weighed against the tracks where they have a sigma, stand in for poses that the tracks
  /// do not give, and the result is in their world and unit.
  std::vector<std::optional<PosePrior>> pose_priors;
};

/// Where the pose of a frame comes from.
enum class FrameStatus {
  registered,    // from its tracks
  given,         // by the user
  turned,        // rotation from tracks shared with a neighbour, place of that neighbour
  interpolated,  // between its neighbours in time
  held,          // copy of the nearest frame with a pose
};

struct ScenePoint {
  Vec3 in_world;
  int track;  // index into the tracks; -1 where they were not kept
  double rms_px;
  double angle_deg;  // largest angle between two of its rays
};

struct FocalEstimate {
  bool estimated = false;  // false: given
  double focal_px = 0;     // fx of the first frame
  double low_px = 0;       // two standard deviations to either side
  double high_px = 0;
  bool determined = false;  // both are within 5 %
};

/// What to tell users of an estimated focal length that the motion leaves open; nothing of others.
[[nodiscard]] std::optional<std::string> open_focal_warning(const FocalEstimate& focal);

/// One reconstruction that was tried.
struct StartRecord {
  int first = 0;
  int second = 0;
  double focal_guess_px = 0;
  double focal_px = 0;
  int posed_frames = 0;
  double explained_share = 0;
};

struct SfmReport {
  std::vector<StartRecord> starts;
  double explained_share = 0;     // of all track observations, in the end
  double median_residual_px = 0;  // over the tracks kept
  double path_deviation = 0;      // of the camera centres, by what is left in the tracks; share of the path
  double prior_deviation = 0;     // of the poses from their priors [sigmas], root mean square
  int guided_observations = 0;
  int guided_moved = 0;
  double start_seconds = 0;  // rotation test and starting pairs
  double grow_seconds = 0;
  double polish_seconds = 0;  // final adjustments and guided refinement
  std::string stopped_because;
  std::vector<std::string> warnings;
};

struct SfmResult {
  std::vector<Camera> cameras;  // every frame has a pose; world = first frame, mean step between registered
                                // frames = 1; with priors of poses, theirs
  std::vector<FrameStatus> status;
  std::vector<ScenePoint> points;
  std::vector<PointTrack> tracks;  // those given, after guided refinement
  bool rotation_only = false;      // then there are no points, and centres are 0 or those of the priors
  std::vector<PairMotion>
      pair_motions;  // pairs 1, 2, 4 and 8 frames apart, with the residual of the best rotation
  FocalEstimate focal;
  SfmReport report;
};

/// Never fails on evidence that is too thin: the poses that could not be found are held or interpolated,
/// status and report.warnings tell. The same result for any number of threads.
///
/// throws  Error when numbers of frames, intrinsics and poses disagree, a track leaves the clip, or a sigma
/// is
///         not positive
[[nodiscard]] SfmResult solve_structure_from_motion(const SfmInput& input, const SfmOptions& options);

}  // namespace vd
