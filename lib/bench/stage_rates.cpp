// SPDX-License-Identifier: Apache-2.0
#include "bench/stage_rates.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "clip/clip.h"
#include "core/error.h"
#include "stage/align_stage.h"
#include "stage/eval_stage.h"
#include "stage/flow_stage.h"
#include "stage/pairs_stage.h"
#include "stage/pointmap_stage.h"
#include "stage/synth_stage.h"
#include "stage/view_stage.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// The records of a run, each with the work that was counted for it.
std::vector<StageRun> runs_of(const Run& run) {
  std::vector<StageRun> runs;
  for (const PlannedStage& plan : *run.stages) {
    for (const std::string& text : run.records) {
      const auto record = nlohmann::json::parse(text);
      if (record.at("stage") != plan.stage) continue;
      runs.push_back({plan.stage, plan, record.at("wall_s"), record.at("cpu_s"),
                      record.at("peak_memory_bytes"), record.at("expected_memory_bytes")});
    }
  }
  return runs;
}

CommonOptions forced(CommonOptions common) {
  common.force = common.quiet = true;
  common.json = common.dry_run = false;
  return common;
}

/// A stage with its options, run on the clip.
template <typename Options>
StageCase stage_case(const std::string& program, const CommonOptions& common, const Options& options,
                     std::function<void(const Clip&, const Options&, Run&)> stage) {
  return {program, [=](const fs::path& folder) {
            Options own = options;
            OptionTable table;
            describe(own, table);
            Run run;
            run.program = program;
            run.common = forced(common);
            run.table = &table;
            stage(Clip::open(folder), own, run);
            return runs_of(run);
          }};
}

StageCase render_case(const StageCaseOptions& given, const CommonOptions& common) {
  SceneOptions options;
  options.frames = given.frames;
  options.width = given.width;
  options.height = given.height;
  return {"vd-clip synth", [=](const fs::path& folder) {
            SceneOptions own = options;
            OptionTable table;
            describe(own, table);
            Run run;
            run.program = "vd-clip";
            run.common = forced(common);
            run.common.output = folder.string();
            run.common.seed = given.seed;
            run.table = &table;
            synth_stage(given.scene, own, run);
            return runs_of(run);
          }};
}

}  // namespace

std::vector<StageCase> stage_cases(const StageCaseOptions& options, const CommonOptions& given) {
  CommonOptions common = given;
  common.seed = options.seed;
  std::vector<StageCase> cases = {render_case(options, common)};
  PairsStageOptions pairs;
  pairs.graph.graph = "stride-2";
  cases.push_back(stage_case<PairsStageOptions>("vd-pairs", common, pairs, pairs_stage));
  cases.push_back(stage_case<FlowStageOptions>("vd-flow", common, {}, flow_stage));
  cases.push_back(stage_case<PointmapStageOptions>("vd-pointmap", common, {}, pointmap_stage));
  AlignStageOptions align;
  align.method = AlignMethod::tracks;
  cases.push_back(stage_case<AlignStageOptions>("vd-align", common, align, align_stage));
  AlignStageOptions from_pairs;
  from_pairs.method = AlignMethod::pointmaps;
  from_pairs.masks.find_movers = false;
  CommonOptions apart = common;
  apart.output = "pairs";
  cases.push_back(
      stage_case<AlignStageOptions>("vd-align --method pointmaps", apart, from_pairs, align_stage));
  EvalStageOptions eval;
  eval.results.depth = eval.results.trajectory = "align";
  eval.results.masks = "dynamic";
  cases.push_back(stage_case<EvalStageOptions>("vd-eval", common, eval, score_stage));
  ViewStageOptions view;
  view.results = eval.results;
  view.what = {"depth", "sheet", "path"};
  cases.push_back(stage_case<ViewStageOptions>(
      "vd-view", common, view,
      [](const Clip& clip, const ViewStageOptions& o, Run& run) { view_stage(clip, o, {}, run); }));
  return cases;
}

}  // namespace vd
