// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/atomic_file.h"
#include "core/error.h"
#include "io/image.h"
#include "metrics/trajectory.h"
#include "report/camera_path.h"
#include "report/ticks.h"
#include "stage/view_pictures.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

double path_length(const std::vector<SE3>& poses) {
  double length = 0;
  for (std::size_t k = 1; k < poses.size(); ++k)
    length += (poses[k].translation - poses[k - 1].translation).norm();
  return length;
}

std::string frames_text(std::size_t frames, double length, const std::string& unit) {
  return fmt::format("{} frames, path {}", frames, length_text(length, unit));
}

std::vector<std::string> notes_of(const TrajectoryScore& score, std::size_t frames, const std::string& unit) {
  std::vector<std::string> notes = {frames_text(frames, score.path_length, unit)};
  std::string ate = "ATE " + length_text(score.ate.rmse, unit);
  if (score.path_length > 0)
    ate += fmt::format(" ({} % of the path)", number_text(100 * score.ate.rmse / score.path_length, 2));
  notes.push_back(ate);
  notes.push_back(fmt::format("rotation {} deg a step", number_text(score.rre_deg.rmse, 2)));
  notes.push_back(score.degenerate ? "first poses brought together" : "aligned by a similarity");
  return notes;
}

}  // namespace

void write_path(const Clip& clip, const Results& results, const std::vector<int>& frames,
                const fs::path& svg_file, const fs::path& png_file) {
  const fs::path name = fs::absolute(clip.folder()).lexically_normal();
  CameraPathOptions options;
  options.title =
      (name.filename().empty() ? name.parent_path() : name).filename().string() + ": camera path from above";
  std::vector<SE3> path, truth;
  const fs::path estimate_file = results.trajectory_file(), truth_file = results.true_trajectory_file();
  if (!estimate_file.empty() && !truth_file.empty()) {
    PosePairs pairs = read_pose_pairs(clip, estimate_file, truth_file, frames);
    if (pairs.frames.empty()) throw Error(estimate_file.string(), "no pose has a true pose at its time");
    const TrajectoryScore score = evaluate_trajectory(pairs.truth, pairs.estimate, {});
    path = transformed(pairs.estimate, score.reference_from_estimate);
    truth = pairs.truth;
    options.unit = clip.info().gt_unit;
    options.notes = notes_of(score, pairs.frames.size(), options.unit);
  } else {
    const bool is_truth = estimate_file.empty();
    path = read_poses(clip, is_truth ? truth_file : estimate_file, frames);
    if (path.empty())
      throw Error((is_truth ? truth_file : estimate_file).string(), "no pose of the selected frames");
    options.path_name = is_truth ? "ground truth" : "estimate";
    options.unit = is_truth                                  ? clip.info().gt_unit
                   : results.trajectory() == results.depth() ? results.depth_unit()
                                                             : "relative";
    options.notes = {frames_text(path.size(), path_length(path), options.unit)};
  }
  const Drawing drawing = draw_camera_path(path, truth, options);
  write_text(svg_file, to_svg(drawing));
  write_png(png_file, to_picture(drawing));
}

}  // namespace vd
