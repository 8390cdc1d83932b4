// SPDX-License-Identifier: Apache-2.0
#include "stage/pairs_stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "clip/program.h"
#include "clip/stage_session.h"
#include "core/error.h"
#include "core/log.h"
#include "io/pairs.h"
#include "stage/select_stage.h"
#include "stage/selected_pairs.h"
#include "stage/work_counts.h"

namespace vd {

void describe(PairsStageOptions& o, OptionTable& t) {
  t.topic("Graph");
  describe(o.graph, t);
  describe(o.selection, t);
  t.add("--flow", o.flow, "flow stage that overlap and parallax are read from");
  t.topic("Graph");
  t.flag("--print", o.print, "print the pairs instead of writing them").keeps_result();
}

namespace {

/// The pairs of the selected frames, which keep their own numbers.
PairList make_pairs(const Clip& clip, const PairsStageOptions& options, const std::string& flow,
                    const std::vector<int>& frames) {
  PairList pairs;
  if (!flow.empty()) {
    pairs = select_clip_pairs(clip, flow, frames, options.selection);
    const std::size_t count = options.graph.symmetrise ? pairs.size() : 0;
    for (std::size_t k = 0; k < count; ++k) pairs.emplace_back(pairs[k].second, pairs[k].first);
    return pairs;
  }
  const PairGraph graph = make_pair_graph(static_cast<int>(frames.size()), options.graph);
  for (const auto& warning : graph.warnings) log_warning(warning);
  for (const auto& [a, b] : graph.edges) {
    pairs.emplace_back(frames[static_cast<std::size_t>(a)], frames[static_cast<std::size_t>(b)]);
  }
  leave_out_pairs_across_cuts(clip, pairs);
  return pairs;
}

}  // namespace

void pairs_stage(const Clip& clip, const PairsStageOptions& options, Run& run) {
  const auto frames = select_frames(run.common.frames, clip.frame_count());
  const bool by_flow = options.graph.graph == "select";
  const std::string flow = by_flow ? clip.choose_stage("flow", options.flow, "vd-flow") : "";
  std::vector<std::filesystem::path> inputs = {clip.folder() / "clip.json"};
  if (by_flow) {
    const auto files = flow_evidence_files(clip, flow, options.selection.reach);
    if (files.empty() && clip.frame_count() > 1) {
      throw Error(clip.stage_folder("flow", flow).string(),
                  "no flow from a frame to a later one; make it with: vd-pairs --graph stride-1, vd-flow");
    }
    inputs.insert(inputs.end(), files.begin(), files.end());
  }
  const std::string comment = options.graph.graph + ", " + std::to_string(frames.size()) + " frames";
  if (options.print) {
    print_result(encode_pairs(make_pairs(clip, options, flow, frames), comment));
    run.printed_result = true;
    return;
  }
  const std::string name = run.output_or(options.graph.graph.substr(0, options.graph.graph.find('-')));
  StageSpec spec{"pairs", name, true};
  const double pixels = by_flow ? static_cast<double>(clip.info().width) * clip.info().height : 0;
  const auto flows = static_cast<double>(inputs.size() - 1);
  spec.item_cost.work = Work(WorkKind::file, 2);
  if (by_flow) spec.item_cost.spread = read_maps_work(intermediate_options(), flows, flows * 3 * pixels);
  spec.item_cost.memory_megabytes = pixels * 30e-6;
  spec.item_cost.shared_megabytes = 4;
  const auto file = clip.stage_file("pairs", name, "txt");
  // Which frames were selected changes this file, unlike in stages of one file a frame.
  const std::string item = fmt::format("{} frames {}", name, run.common.frames);
  std::string item_name = item;
  std::replace(item_name.begin(), item_name.end(), ' ', '_');
  StageSession session(clip, run, spec, {{item_name, {file}, inputs}});
  run_items(session, [&](std::size_t) {
    const PairList pairs = make_pairs(clip, options, flow, frames);
    session.set_fact("pair_count", std::to_string(pairs.size()));
    write_pairs(file, pairs, comment);
  });
}

}  // namespace vd
