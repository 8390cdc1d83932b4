// SPDX-License-Identifier: Apache-2.0
#include "stage/evaluation.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "io/dense.h"
#include "io/intrinsics.h"
#include "metrics/mask.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

MaskMap read_scoring_mask(const Clip& clip, const std::string& folder, int frame) {
  if (folder.empty()) return {};
  const auto file = find_item(folder, frame_stem(frame), {"png"});
  if (!file) throw Error(folder, "no mask for frame " + frame_stem(frame));
  MaskMap mask = read_mask(*file);
  if (mask.width() != clip.info().width || mask.height() != clip.info().height) {
    throw Error(file->string(), "has another size than the frames");
  }
  return mask;
}

/// With options.disparity the prediction must be 1/depth; a stage of depth is turned over.
Map<float> prediction_of(const Results& results, int frame, bool disparity) {
  Map<float> prediction = results.read_depth(frame, disparity);
  if (disparity && !results.is_inverse()) {
    for (float& value : prediction.values()) value = value > 0 ? 1 / value : NAN;
  }
  return prediction;
}

void note_depth_facts(const Clip& clip, const Results& results, const std::vector<DepthGroup>& groups,
                      Evaluation& scores) {
  const ScaleShift fit = groups.front().score.fits.front();
  scores.facts["depth"] = {
      {"stage", results.depth()}, {"unit", results.depth_unit()}, {"scale", fit.scale}, {"shift", fit.shift}};
  const Size stored = results.stored_depth_size(scores.frames.front());
  if (stored.width != clip.info().width || stored.height != clip.info().height)
    scores.facts["depth"]["resized_from"] = {stored.width, stored.height};
  for (const DepthGroup& group : groups) {
    auto& list = scores.per_frame["depth." + group.name + ".abs_rel"];
    for (const DepthMetrics& frame : group.score.frames)
      list.push_back(frame.valid_pixels > 0 ? frame.abs_rel : NAN);
  }
}

void evaluate_focal_length(const Clip& clip, const fs::path& file, Evaluation& scores) {
  const fs::path truth_file = clip.folder() / "gt" / "intrinsics.txt";
  if (file.empty() || !fs::exists(truth_file)) return;
  const auto estimate = read_intrinsics(file).for_frames(clip.frame_count());
  const auto truth = read_intrinsics(truth_file).for_frames(clip.frame_count());
  double sum = 0;
  for (const int frame : scores.frames) sum += std::abs(estimate[frame].fx / truth[frame].fx - 1);
  scores.metrics.push_back(
      {"intrinsics.focal_error_percent", 100 * sum / static_cast<double>(scores.frames.size())});
}

std::vector<Metric> pose_metrics(const TrajectoryScore& score, std::size_t frames) {
  const double percent = score.path_length > 0 ? 100 * score.ate.rmse / score.path_length : NAN;
  return {{"poses.ate", score.ate.rmse},
          {"poses.ate_percent", score.path_length > 1e-9 ? percent : NAN},
          {"poses.ate_max", score.ate.max},
          {"poses.rpe_trans", score.rte.rmse},
          {"poses.rpe_rot_deg", score.rre_deg.rmse},
          {"poses.rpe_rot_deg_mean", score.rre_deg.mean},
          {"poses.zero_motion_rpe_trans", score.zero_motion_rte},
          {"poses.zero_rotation_rpe_rot_deg", score.zero_rotation_rre_deg},
          {"poses.path_length", score.path_length},
          {"poses.scale", score.reference_from_estimate.scale},
          {"poses.frames", static_cast<double>(frames)}};
}

}  // namespace

std::size_t kept_pixel_bytes(std::size_t memory_bytes) {
  return memory_bytes == 0 ? std::size_t{1} << 29 : memory_bytes / 2;
}

void evaluate_depth_of(const Clip& clip, const Results& results, const EvalStageOptions& options,
                       std::size_t memory_bytes, Evaluation& scores) {
  if (!results.has_true_depth()) return scores.notes.push_back("no true depth (gt/depth)");
  if (results.depth().empty()) return scores.notes.push_back("no depth to score");
  DepthEvaluationOptions how = options.depth;
  how.disparity = how.disparity || results.is_inverse();
  const auto read = [&](std::size_t k) {
    const int frame = scores.frames[k];
    DepthFrame maps;
    maps.truth = results.read_true_depth(frame);
    if (maps.truth.empty()) maps.truth = DepthMap(clip.info().width, clip.info().height);
    maps.prediction = prediction_of(results, frame, how.disparity);
    if (maps.prediction.empty())
      throw Error(clip.folder().string(), fmt::format("depth/{} has no frame {}", results.depth(), frame));
    maps.confidence = results.read_confidence(frame);
    maps.moving =
        options.static_scene ? MaskMap(clip.info().width, clip.info().height) : results.read_true_mask(frame);
    maps.scored = read_scoring_mask(clip, options.mask, frame);
    return maps;
  };
  // What may be used beside the pixels kept: counters of ranks, and the maps of a frame a thread.
  const std::size_t kept_bytes = kept_pixel_bytes(memory_bytes);
  const auto groups =
      evaluate_grouped_depth({scores.frames.size(), read}, how, options.fit_pixels, kept_bytes);
  if (groups.empty()) return scores.notes.push_back("no pixel with true depth");
  const auto metrics = depth_metrics(groups);
  scores.metrics.insert(scores.metrics.end(), metrics.begin(), metrics.end());
  note_depth_facts(clip, results, groups, scores);
}

void evaluate_poses_of(const Clip& clip, const Results& results, const EvalStageOptions& options,
                       Evaluation& scores) {
  evaluate_focal_length(clip, intrinsics_file(clip, results, options), scores);
  const fs::path truth_file = results.true_trajectory_file();
  if (truth_file.empty()) return scores.notes.push_back("no true camera path (gt/traj.txt)");
  if (results.trajectory().empty()) return scores.notes.push_back("no camera path to score");
  const PosePairs pairs = read_pose_pairs(clip, results.trajectory_file(), truth_file, scores.frames);
  if (pairs.frames.size() < 2) return scores.notes.push_back("fewer than two poses have a true pose");
  const TrajectoryScore score =
      evaluate_trajectory(pairs.truth, pairs.estimate, options.alignment, options.relative);
  const auto metrics = pose_metrics(score, pairs.frames.size());
  scores.metrics.insert(scores.metrics.end(), metrics.begin(), metrics.end());
  scores.facts["poses"] = {{"stage", results.trajectory()}, {"degenerate", score.degenerate}};
  if (score.degenerate) {
    scores.notes.push_back(
        "the camera paths do not determine an alignment: first poses were brought together");
  }
  if (pairs.frames.size() < scores.frames.size()) {
    scores.notes.push_back(fmt::format("{} of {} frames have an estimated and a true pose",
                                       pairs.frames.size(), scores.frames.size()));
  }
}

void evaluate_masks_of(const Clip& clip, const Results& results, const EvalStageOptions& options,
                       Evaluation& scores) {
  if (results.masks().empty() || (!results.has_true_masks() && !options.static_scene)) return;
  MaskCounts pooled;
  double sum_of_iou = 0;
  int scored = 0;
  auto& per_frame = scores.per_frame["masks.iou"];
  for (const int frame : scores.frames) {
    const MaskMap mask = results.read_mask(frame);
    const MaskMap truth =
        options.static_scene ? MaskMap(clip.info().width, clip.info().height) : results.read_true_mask(frame);
    per_frame.push_back(NAN);
    if (mask.empty() || truth.empty()) continue;
    const MaskCounts counts = compare_masks(mask, truth);
    per_frame.back() = counts.iou();
    sum_of_iou += counts.iou();
    ++scored;
    pooled += counts;
  }
  if (scored == 0) return scores.notes.push_back("no frame has a mask and a true mask");
  if (!options.static_scene) {
    const std::vector<Metric> metrics = {{"masks.iou", sum_of_iou / scored},
                                         {"masks.iou_pooled", pooled.iou()},
                                         {"masks.precision", pooled.precision()},
                                         {"masks.recall", pooled.recall()},
                                         {"masks.f1", pooled.f1()}};
    scores.metrics.insert(scores.metrics.end(), metrics.begin(), metrics.end());
  }
  scores.metrics.push_back({"masks.false_alarms", pooled.false_alarm_rate()});
  scores.metrics.push_back({"masks.frames", static_cast<double>(scored)});
  scores.facts["masks"] = {{"stage", results.masks()}};
}

fs::path intrinsics_file(const Clip& clip, const Results& results, const EvalStageOptions& options) {
  if (!options.intrinsics.empty()) {
    return clip.stage_file("intrinsics",
                           clip.choose_stage("intrinsics", options.intrinsics, "vd-align", "txt"), "txt");
  }
  if (results.trajectory().empty()) return {};
  const fs::path file = clip.stage_file("intrinsics", results.trajectory(), "txt");
  return fs::exists(file) ? file : fs::path();
}

}  // namespace vd
