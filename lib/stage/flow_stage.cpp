// SPDX-License-Identifier: Apache-2.0
#include "stage/flow_stage.h"

#include <algorithm>
#include <map>

#include "clip/stage_session.h"
#include "core/error.h"
#include "flow/consistency.h"
#include "image/convert.h"
#include "io/dense.h"
#include "io/pairs.h"
#include "stage/selected_pairs.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Two frames and the directions that were asked for.
struct FlowItem {
  int first = 0;
  int second = 0;
  bool forward = false;
  bool backward = false;
};

PairList neighbours_both_ways(const std::vector<int>& frames) {
  PairList pairs;
  for (std::size_t k = 0; k + 1 < frames.size(); ++k) {
    pairs.emplace_back(frames[k], frames[k + 1]);
    pairs.emplace_back(frames[k + 1], frames[k]);
  }
  return pairs;
}

PairList wanted_pairs(const Clip& clip, const std::string& requested, const Run& run) {
  const auto frames = select_frames(run.common.frames, clip.frame_count());
  if (requested.empty() && clip.stage_names("pairs", "txt").empty()) {
    if (frames.size() < 2) warn_of_no_pairs(clip);
    PairList pairs = neighbours_both_ways(frames);
    leave_out_pairs_across_cuts(clip, pairs);
    return pairs;
  }
  const std::string name = clip.choose_stage("pairs", requested, "vd-pairs", "txt");
  return read_selected_pairs(clip, clip.stage_file("pairs", name, "txt"), run);
}

std::vector<FlowItem> grouped(const PairList& pairs) {
  std::map<std::pair<int, int>, FlowItem> items;
  for (const auto& [i, j] : pairs) {
    FlowItem& item = items[std::minmax(i, j)];
    item.first = std::min(i, j);
    item.second = std::max(i, j);
    (i < j ? item.forward : item.backward) = true;
  }
  std::vector<FlowItem> list;
  for (const auto& [key, item] : items) list.push_back(item);
  return list;
}

void compute(const Clip& clip, const FlowItem& item, const FlowStageOptions& options, const fs::path& folder,
             const std::string& extension) {
  const GreyImage first = to_grey(clip.read_frame(item.first));
  const GreyImage second = to_grey(clip.read_frame(item.second));
  const FlowMap forward = dense_flow(first, second, options.flow);
  const FlowMap backward = dense_flow(second, first, options.flow);
  const auto write = [&](int i, int j, const FlowMap& there, const FlowMap& back) {
    write_flow(folder / (pair_stem(i, j) + extension), there, flow_confidence(there, back), options.output);
  };
  if (item.forward) write(item.first, item.second, forward, backward);
  if (item.backward) write(item.second, item.first, backward, forward);
}

/// Of the mean item: some are asked for one direction only, which saves no flow.
ItemCost cost_of(const FlowStageOptions& options, double pixels, const std::vector<FlowItem>& items) {
  double directions = 0;
  for (const FlowItem& item : items) directions += (item.forward ? 1 : 0) + (item.backward ? 1 : 0);
  const double written = items.empty() ? 0 : directions / static_cast<double>(items.size());
  ItemCost cost;
  cost.work = 2 * flow_work(options.flow, pixels) + frames_work(2, pixels) +
              write_maps_work(options.output, written, written * 3 * pixels);
  cost.memory_megabytes = pixels * 85e-6;
  cost.shared_megabytes = 8;  // the library's own
  return cost;
}

}  // namespace

void describe(FlowStageOptions& o, OptionTable& t) {
  t.topic("Flow");
  describe(o.flow, t);
  t.add("--pairs", o.pairs, "pair list to follow; neighbours both ways when the clip has none");
  t.topic("Result");
  describe_flow_output(o.output, t);
}

void flow_stage(const Clip& clip, const FlowStageOptions& options, Run& run) {
  const std::string name = run.output_or(options.flow.method);
  const fs::path folder = clip.stage_folder("flow", name);
  const std::string extension = map_extension(options.output.format);
  const auto flow_items = grouped(wanted_pairs(clip, options.pairs, run));
  std::vector<Item> items;
  for (const auto& flow_item : flow_items) {
    Item item{pair_stem(flow_item.first, flow_item.second),
              {},
              {clip.frame_path(flow_item.first), clip.frame_path(flow_item.second)}};
    if (flow_item.forward)
      item.outputs.push_back(folder / (pair_stem(flow_item.first, flow_item.second) + extension));
    if (flow_item.backward)
      item.outputs.push_back(folder / (pair_stem(flow_item.second, flow_item.first) + extension));
    items.push_back(std::move(item));
  }
  StageSpec spec{"flow", name};
  spec.facts["unit"] = "\"px\"";
  const double pixels = static_cast<double>(clip.info().width) * clip.info().height;
  spec.item_cost = cost_of(options, pixels, flow_items);
  StageSession session(clip, run, spec, std::move(items));
  run_items(session, [&](std::size_t k) { compute(clip, flow_items[k], options, folder, extension); });
}

}  // namespace vd
