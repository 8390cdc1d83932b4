// SPDX-License-Identifier: Apache-2.0
#include "metrics/depth.h"
#include "metrics/trajectory.h"

namespace vd {

void describe(DepthEvaluationOptions& o, OptionTable& t) {
  t.topic("Depth");
  t.choice("--align", o.fit,
           {{"none", DepthFit::none},
            {"ratio", DepthFit::ratio},
            {"median", DepthFit::median},
            {"scale", DepthFit::scale},
            {"lstsq", DepthFit::lstsq},
            {"lad", DepthFit::lad},
            {"lad2", DepthFit::lad2},
            {"lad-published", DepthFit::lad_published}},
           "fit of the prediction to the truth: median of ratios, ratio of medians, robust scale, or scale "
           "and shift by least "
           "squares, "
           "least absolute errors, or as published programs do");
  t.choice("--fit", o.fit_span, {{"sequence", FitSpan::sequence}, {"frame", FitSpan::frame}},
           "one fit for the sequence, or one a frame");
  t.choice("--pooling", o.pooling,
           {{"pooled", DepthPooling::pooled}, {"frame-mean", DepthPooling::frame_mean}},
           "one mean over all pixels, or the mean over frames of each frame's mean");
  t.flag("--disparity", o.disparity, "the prediction is 1/depth, and is fitted in 1/depth");
  t.add("--min-depth", o.min_depth, at_least(0), "truth at or below is left out [units of the truth]");
  t.add("--max-depth", o.max_depth, at_least(0),
        "truth at or above is left out; 0 = no cap [units of the truth]");
  t.add("--clip-min", o.post_clip_min, at_least(0), "lower bound of the fitted depth; 0 = none")
      .hidden_in_short_help();
  t.add("--clip-max", o.post_clip_max, at_least(0), "upper bound of the fitted depth; 0 = none")
      .hidden_in_short_help();
  t.add("--pre-clip-min", o.pre_clip_min, at_least(0),
        "lower bound of the prediction before the fit; 0 = none")
      .hidden_in_short_help();
  t.add("--pre-clip-max", o.pre_clip_max, at_least(0),
        "upper bound of the prediction before the fit; 0 = none")
      .hidden_in_short_help();
  t.flag("--fit-scored-only", o.fit_scored_only, "fit to the scored pixels only, not to all with known truth")
      .hidden_in_short_help();
  t.flag("--unknown-is-zero", o.unknown_is_zero,
         "fit unknown predictions as if they were 0, as published programs do")
      .hidden_in_short_help();
  t.add("--lad2-rate", o.lad2_learning_rate, positive(), "Adam's learning rate of --align lad2")
      .hidden_in_short_help();
  t.add("--lad2-iterations", o.lad2_max_iterations, range(1, 1000000), "most steps of --align lad2")
      .hidden_in_short_help();
}

void describe(TrajectoryAlignmentOptions& o, OptionTable& t) {
  t.topic("Trajectory");
  t.choice("--align-path", o.alignment,
           {{"none", TrajectoryAlignment::none},
            {"se3", TrajectoryAlignment::se3},
            {"sim3", TrajectoryAlignment::sim3},
            {"scale", TrajectoryAlignment::scale},
            {"origin", TrajectoryAlignment::origin}},
           "motion of the estimated path onto the true one");
  t.add("--align-first", o.first_poses, range(0, 1e9), "fit to the first so many poses; 0 = all")
      .hidden_in_short_help();
}

void describe(RelativePoseOptions& o, OptionTable& t) {
  t.add("--delta", o.delta, positive(), "distance of the pairs of the relative pose error");
  t.choice("--delta-unit", o.unit,
           {{"frames", DeltaUnit::frames},
            {"m", DeltaUnit::metres},
            {"deg", DeltaUnit::degrees},
            {"rad", DeltaUnit::radians}},
           "unit of --delta")
      .hidden_in_short_help();
  t.flag("--all-pairs", o.all_pairs, "a pair from every frame, not consecutive pieces")
      .hidden_in_short_help();
  t.add("--delta-tolerance", o.relative_tolerance, at_least(0), "of --delta, for pairs in metres or degrees")
      .hidden_in_short_help();
  t.flag("--pairs-from-reference", o.pairs_from_reference,
         "measure the pairs on the truth, not on the estimate")
      .hidden_in_short_help();
}

}  // namespace vd
