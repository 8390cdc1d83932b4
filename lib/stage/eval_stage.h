// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "clip/clip.h"
#include "clip/run.h"
#include "metrics/depth.h"
#include "metrics/trajectory.h"
#include "report/grouped_depth.h"
#include "report/table.h"
#include "stage/results.h"

namespace vd {

// vd-eval scores the results of a clip against its ground truth and writes report/NAME.json:
//   "metrics"    object of numbers under the stable names below; null where one is not defined
//   "per_frame"  object of lists, one number for each frame of "frames"
//   "protocol"   the options that decide what the numbers mean
//   "depth", "poses", "masks"   which stage was scored, and how it was brought onto the truth
//   "notes"      what could not be scored, and why
//
// Names of metrics:
//   depth.GROUP.abs_rel sq_rel rmse log_rmse log10 irmse si_log delta1 delta2 delta3 coverage pixels
//   depth.GROUP.abs_rel_best_half    of the half of the pixels with the higher confidence
//     GROUP: all observed filled, and where true masks exist static observed_static filled_static dynamic
//     observed_dynamic (see report/grouped_depth.h)
//   poses.ate              root mean square of the distances between camera centres after alignment [unit of
//   the truth] poses.ate_percent      the same in per cent of the length of the true path; undefined when the
//   camera only turns poses.ate_max          the largest distance poses.rpe_trans        root mean square of
//   the relative translation error, from frame to frame by default poses.rpe_rot_deg      ... of the relative
//   rotation error; poses.rpe_rot_deg_mean is its mean poses.path_length      of the truth; poses.scale of
//   the alignment; poses.frames scored intrinsics.focal_error_percent   mean over frames of |fx / true fx -
//   1|, in per cent masks.iou precision recall f1    of moving pixels; iou is the mean over frames with
//   truth, the others are pooled masks.iou_pooled false_alarms    false_alarms: still pixels that were called
//   moving, as a fraction
//
// Short names in --require: the last components ("ate", "observed.abs_rel"). A depth metric without its group
// means observed_static, else observed, else all, whichever the clip has; "iou" means masks.iou.

struct EvalStageOptions {
  ResultChoice results;
  std::string intrinsics;  // empty: the one with the name of the camera path, when there is one
  DepthEvaluationOptions depth;
  FitPixels fit_pixels = FitPixels::observed;
  std::string mask;  // folder with a PNG for each frame, non-zero where a pixel counts
  TrajectoryAlignmentOptions alignment;
  RelativePoseOptions relative;
  bool static_scene = false;  // nothing moves: every pixel of the masks is a false alarm
  TableFormat table = TableFormat::text;
  std::vector<std::string> requirements;
};
void describe(EvalStageOptions& options, OptionTable& table);

/// Scores what has truth, writes report/NAME.json (NAME is "eval" unless -o says otherwise), prints the
/// tables or with --json the report. A clip that cannot be written is scored all the same, and the report not
/// kept; with -o that is an error. Without any truth it says so and prints nothing. Throws RequirementError
/// naming the first requirement that does not hold.
void eval_stage(const Clip& clip, const EvalStageOptions& options, Run& run);

/// The first half of it: brings the report up to date, and prints nothing.
void score_stage(const Clip& clip, const EvalStageOptions& options, Run& run);

}  // namespace vd
