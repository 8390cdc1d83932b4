// SPDX-License-Identifier: Apache-2.0
#include "stage/eval_stage.h"

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "clip/program.h"
#include "clip/stage_session.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/log.h"
#include "stage/evaluation.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Last components of all metrics' names: a requirement on one that the clip does not have fails, any other
/// is misuse.
const std::set<std::string>& metric_names() {
  static const std::set<std::string> names = {"abs_rel",
                                              "sq_rel",
                                              "rmse",
                                              "log_rmse",
                                              "log10",
                                              "irmse",
                                              "si_log",
                                              "delta1",
                                              "delta2",
                                              "delta3",
                                              "coverage",
                                              "pixels",
                                              "abs_rel_best_half",
                                              "ate",
                                              "ate_percent",
                                              "ate_max",
                                              "rpe_trans",
                                              "rpe_rot_deg",
                                              "rpe_rot_deg_mean",
                                              "zero_motion_rpe_trans",
                                              "zero_rotation_rpe_rot_deg",
                                              "path_length",
                                              "scale",
                                              "frames",
                                              "focal_error_percent",
                                              "iou",
                                              "iou_pooled",
                                              "precision",
                                              "recall",
                                              "f1",
                                              "false_alarms"};
  return names;
}

std::string last_component(const std::string& name) { return name.substr(name.rfind('.') + 1); }

std::vector<Requirement> requirements_of(const EvalStageOptions& options) {
  std::vector<Requirement> requirements;
  for (const std::string& text : options.requirements) {
    // An unset variable of a script must not pass for a requirement that holds.
    if (text.find_first_not_of(" \t") == std::string::npos) throw MisuseError("--require", "is empty");
    for (const Requirement& requirement : parse_requirements(text)) {
      if (metric_names().count(last_component(requirement.metric)) == 0) {
        throw MisuseError("--require", fmt::format("there is no metric '{}'; there are {}",
                                                   requirement.metric, fmt::join(metric_names(), ", ")));
      }
      requirements.push_back(requirement);
    }
  }
  return requirements;
}

/// Every file whose content decides the scores.
std::vector<fs::path> inputs_of(const Clip& clip, const Results& results, const EvalStageOptions& options,
                                const std::vector<int>& frames) {
  std::vector<fs::path> inputs = {clip.folder() / "clip.json"};
  for (const int frame : frames) {
    for (const fs::path& file : results.files(frame)) inputs.push_back(file);
    const auto mask =
        options.mask.empty() ? std::nullopt : find_item(options.mask, frame_stem(frame), {"png"});
    if (mask) inputs.push_back(*mask);
  }
  for (const fs::path& file : results.path_files()) inputs.push_back(file);
  for (const fs::path& file :
       {intrinsics_file(clip, results, options), clip.folder() / "gt" / "intrinsics.txt"}) {
    if (!file.empty() && fs::exists(file)) inputs.push_back(file);
  }
  return inputs;
}

/// The options that decide what the numbers mean: scores under different ones cannot be compared.
nlohmann::ordered_json protocol_of(const OptionTable& table) {
  nlohmann::ordered_json protocol;
  for (const Option& option : table.options()) {
    const std::string name = long_name(option).substr(2);
    for (const char* relevant :
         {"align", "fit", "fit-pixels", "pooling", "disparity", "min-depth", "max-depth", "clip-min",
          "clip-max", "align-path", "delta", "delta-unit", "static-scene"}) {
      if (name == relevant) protocol[name] = option.get();
    }
  }
  return protocol;
}

Evaluation evaluate(const Clip& clip, const Results& results, const EvalStageOptions& options,
                    const std::vector<int>& frames, const Run& run) {
  Evaluation scores;
  scores.frames = frames;
  scores.facts["protocol"] = protocol_of(*run.table);
  evaluate_depth_of(clip, results, options, run.common.memory_bytes, scores);
  evaluate_poses_of(clip, results, options, scores);
  evaluate_masks_of(clip, results, options, scores);
  return scores;
}

std::string clip_name(const Clip& clip) {
  const fs::path folder = fs::absolute(clip.folder()).lexically_normal();
  return folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string();
}

/// What became of one requirement; empty value: this clip has no truth for it.
struct Verdict {
  std::string requirement;
  std::string value;
  bool holds = false;
};

Verdict judge(const Requirement& requirement, const Evaluation& scores) {
  const auto is_same_kind = [&](const Metric& metric) {
    return last_component(metric.name) == last_component(requirement.metric);
  };
  if (std::none_of(scores.metrics.begin(), scores.metrics.end(), is_same_kind))
    return {requirement.text, "", false};
  const Metric metric =
      find_metric(scores.metrics, requirement.metric,
                  {"depth.observed_static", "depth.observed", "depth.all", "masks", "poses"});
  return {requirement.text, fmt::format("{} is {:.4g}", metric.name, metric.value),
          holds(requirement, metric.value)};
}

/// One line a requirement on standard output (unless the report goes there); throws for the first that does
/// not hold.
void check_requirements(const std::vector<Requirement>& requirements, const Evaluation& scores,
                        const std::string& name, bool print) {
  std::vector<Verdict> verdicts;
  for (const Requirement& requirement : requirements) verdicts.push_back(judge(requirement, scores));
  for (const Verdict& verdict : verdicts) {
    if (!print) break;
    print_result(fmt::format("{:6} {}: {}\n", verdict.holds ? "holds" : "FAILS", verdict.requirement,
                             verdict.value.empty() ? "could not be scored here" : verdict.value));
  }
  for (const Verdict& verdict : verdicts) {
    if (verdict.holds) continue;
    const std::string reason = verdict.value.empty() ? "that could not be scored here" : verdict.value;
    throw RequirementError(name, fmt::format("required {}, but {}", verdict.requirement, reason));
  }
}

/// True when a file of the clip can be written, or its folder made.
bool can_write(const Clip& clip, const fs::path& file) {
  const fs::path folder = file.parent_path();
  if (!fs::exists(folder)) return ::access(clip.folder().c_str(), W_OK) == 0;
  return fs::is_directory(folder) && ::access(folder.c_str(), W_OK) == 0;
}

/// Depth, confidence and truth are read once while their pixels fit into what may be kept; what does not fit
/// is read again in every round.
ItemCost cost_of(const Clip& clip, std::size_t frame_count, const Run& run) {
  const double pixels = pixels_of({clip.info().width, clip.info().height});
  const auto frames = static_cast<double>(frame_count);
  const double all_bytes = 13 * pixels * frames;
  const double kept_bytes =
      std::min(all_bytes, static_cast<double>(kept_pixel_bytes(run.common.memory_bytes)));
  constexpr double rounds = 5;
  const double reads = all_bytes > 0 ? 1 + (rounds - 1) * (1 - kept_bytes / all_bytes) : 1;
  ItemCost cost;
  cost.work =
      frames * reads * (read_maps_work(DenseOptions(), 5, 3 * pixels) + Work(WorkKind::read_image, pixels)) +
      frames * Work(WorkKind::score, 0.5 * rounds * pixels);  // truth is rarely dense
  cost.memory_megabytes = pixels * 60e-6;
  cost.shared_megabytes = 4 + 1e-6 * kept_bytes;
  return cost;
}

/// The report as text, from the clip where it is up to date. Nothing in a dry run, and where it is another
/// shard's.
std::optional<std::string> report_text(const Clip& clip, const Results& results,
                                       const EvalStageOptions& options, const std::vector<int>& frames,
                                       const std::string& name, Run& run) {
  const fs::path file = clip.stage_file("report", name, "json");
  if (!run.common.dry_run && run.common.output.empty() && !can_write(clip, file)) {
    log_warning(clip_name(clip) + ": cannot be written, so the report is not kept");
    return to_json_text(evaluate(clip, results, options, frames, run));
  }
  StageSpec spec{"report", name};
  spec.single_file = true;
  spec.item_cost = cost_of(clip, frames.size(), run);
  StageSession session(clip, run, spec, {{name, {file}, inputs_of(clip, results, options, frames)}});
  run_items(session, [&](std::size_t) {
    write_text(file, to_json_text(evaluate(clip, results, options, frames, run)));
  });
  if (run.common.dry_run || !fs::exists(file)) return {};
  return read_text(file);
}

}  // namespace

void describe(EvalStageOptions& o, OptionTable& t) {
  describe(o.results, t);
  t.add("--intrinsics", o.intrinsics, "intrinsics to score; those with the name of the camera path");
  t.add("--mask", o.mask, "folder with a PNG for each frame: only pixels that are not 0 are scored");
  describe(o.depth, t);
  t.choice("--fit-pixels", o.fit_pixels,
           {{"observed", FitPixels::observed}, {"all", FitPixels::all}, {"own", FitPixels::own}},
           "pixels that the fit sees: observed (and static) ones, all, or each group its own")
      .hidden_in_short_help();
  describe(o.alignment, t);
  describe(o.relative, t);
  t.topic("Masks");
  t.flag("--static-scene", o.static_scene, "nothing moves: whatever the masks mark is a false alarm");
  t.topic("Report");
  t.add("--require", o.requirements,
        "fail with exit code 3 unless this holds, such as ate<=0.05 or delta1>=0.9; may be given again")
      .keeps_result();
  t.choice("--table", o.table,
           {{"text", TableFormat::text}, {"markdown", TableFormat::markdown}, {"csv", TableFormat::csv}},
           "how the tables on standard output are written")
      .keeps_result();
}

void score_stage(const Clip& clip, const EvalStageOptions& options, Run& run) {
  (void)report_text(clip, Results(clip, options.results), options,
                    select_frames(run.common.frames, clip.frame_count()), run.output_or("eval"), run);
}

void eval_stage(const Clip& clip, const EvalStageOptions& options, Run& run) {
  const auto requirements = requirements_of(options);
  const auto frames = select_frames(run.common.frames, clip.frame_count());
  const Results results(clip, options.results);
  const std::string name = run.output_or("eval");
  const auto text = report_text(clip, results, options, frames, name, run);
  if (!text) return;
  const Evaluation scores = from_json_text(*text, clip_name(clip));
  for (const std::string& note : scores.notes) log_warning(clip_name(clip) + ": " + note);
  if (run.common.json)
    print_result(*text);
  else
    print_result(evaluation_tables(clip_name(clip), scores, options.table));
  check_requirements(requirements, scores, clip_name(clip), !run.common.json);
}

}  // namespace vd
