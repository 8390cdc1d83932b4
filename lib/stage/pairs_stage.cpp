// SPDX-License-Identifier: Apache-2.0
#include "stage/pairs_stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "clip/program.h"
#include "clip/stage_session.h"
#include "core/log.h"
#include "io/pairs.h"

namespace vd {

void describe(PairsStageOptions& o, OptionTable& t) {
  t.topic("Graph");
  describe(o.graph, t);
  t.flag("--print", o.print, "print the pairs instead of writing them").keeps_result();
}

void pairs_stage(const Clip& clip, const PairsStageOptions& options, Run& run) {
  // The graph is laid over the selected frames, which then keep their own numbers.
  const auto frames = select_frames(run.common.frames, clip.frame_count());
  const PairGraph graph = make_pair_graph(static_cast<int>(frames.size()), options.graph);
  for (const auto& warning : graph.warnings) log_warning(warning);
  PairList pairs;
  for (const auto& [a, b] : graph.edges) {
    pairs.emplace_back(frames[static_cast<std::size_t>(a)], frames[static_cast<std::size_t>(b)]);
  }
  const std::string comment = options.graph.graph + ", " + std::to_string(frames.size()) + " frames";
  if (options.print) {
    print_result(encode_pairs(pairs, comment));
    run.printed_result = true;
    return;
  }
  const std::string name = run.output_or(options.graph.graph.substr(0, options.graph.graph.find('-')));
  StageSpec spec{"pairs", name, true};
  spec.facts["pair_count"] = std::to_string(pairs.size());
  const auto file = clip.stage_file("pairs", name, "txt");
  // Which frames were selected changes this file, unlike in stages of one file a frame.
  const std::string item = fmt::format("{} frames {}", name, run.common.frames);
  std::string item_name = item;
  std::replace(item_name.begin(), item_name.end(), ' ', '_');
  StageSession session(clip, run, spec, {{item_name, {file}, {clip.folder() / "clip.json"}}});
  run_items(session, [&](std::size_t) { write_pairs(file, pairs, comment); });
}

}  // namespace vd
