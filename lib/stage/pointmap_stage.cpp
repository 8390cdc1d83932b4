// SPDX-License-Identifier: Apache-2.0
#include "stage/pointmap_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "clip/stage_session.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "image/convert.h"
#include "io/intrinsics.h"
#include "io/pairs.h"
#include "pointmap/correspondences.h"
#include "stage/selected_pairs.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_focal_pairs = 40;  // pairs that vote for the focal length, spread over the clip
constexpr int focal_samples = 800;

/// What a pair is computed from.
struct PairSources {
  const Clip& clip;
  fs::path flow_folder;
  fs::path mono_folder;  // empty: none
  std::vector<Intrinsics> intrinsics;
  std::optional<std::vector<SE3>> world_from_camera;

  [[nodiscard]] fs::path flow_path(int i, int j) const {
    const auto file = find_item(flow_folder, pair_stem(i, j));
    if (file) return *file;
    throw Error((flow_folder / pair_stem(i, j)).string(),
                "no such flow; vd-flow makes it when its pair list has both directions");
  }
  [[nodiscard]] std::optional<fs::path> mono_path(int frame) const {
    return mono_folder.empty() ? std::nullopt : find_item(mono_folder, frame_stem(frame));
  }
};

Item item_of(const PairSources& sources, int i, int j, const fs::path& output,
             const std::vector<fs::path>& shared) {
  Item item{pair_stem(i, j), {output}, shared};
  for (const fs::path& path : {sources.clip.frame_path(i), sources.clip.frame_path(j),
                               sources.flow_path(i, j), sources.flow_path(j, i)}) {
    item.inputs.push_back(path);
  }
  for (const int frame : {i, j})
    if (const auto mono = sources.mono_path(frame)) item.inputs.push_back(*mono);
  return item;
}

PairImage load_view(const PairSources& sources, int frame, int other) {
  PairImage view;
  view.intrinsics = sources.intrinsics[static_cast<std::size_t>(frame)];
  view.grey = to_grey(sources.clip.read_frame(frame));
  const fs::path flow = sources.flow_path(frame, other);
  view.flow = read_flow(flow).flow;
  if (!view.flow.same_size(view.grey)) throw Error(flow.string(), "not of the size of the frames");
  if (const auto mono = sources.mono_path(frame)) view.mono = read_depth(*mono);
  return view;
}

/// Returns why the pair could not be used, or an empty text.
std::string compute_pair(const PairSources& sources, int i, int j, const PointmapStageOptions& options,
                         const fs::path& output) {
  std::optional<SE3> known;
  if (sources.world_from_camera) {
    const auto& poses = *sources.world_from_camera;
    known = inverse(poses[static_cast<std::size_t>(i)]) * poses[static_cast<std::size_t>(j)];
  }
  PairPointMap maps =
      geometric_point_map(load_view(sources, i, j), load_view(sources, j, i), known, options.geometric);
  write_point_maps(output,
                   {std::move(maps.a), std::move(maps.a_conf), std::move(maps.b), std::move(maps.b_conf)},
                   options.output);
  const TwoViewGeometry& geometry = maps.report.geometry;
  const bool usable = geometry.kind == PairKind::parallax || geometry.kind == PairKind::planar;
  return usable ? "" : to_string(geometry.kind) + ": " + geometry.reason;
}

std::vector<Correspondences> focal_votes(const PairSources& sources, const PairList& pairs) {
  const std::size_t step = std::max<std::size_t>(1, pairs.size() / most_focal_pairs);
  std::vector<std::pair<int, int>> chosen;
  for (std::size_t k = 0; k < pairs.size(); k += step) chosen.push_back(pairs[k]);
  std::vector<Correspondences> votes(chosen.size());
  parallel_for(chosen.size(), [&](std::size_t k) {
    const auto [i, j] = chosen[k];
    votes[k] = sample_flow(read_flow(sources.flow_path(i, j)).flow, read_flow(sources.flow_path(j, i)).flow,
                           focal_samples, 1.0);
  });
  return votes;
}

/// The clip's intrinsics, given or estimated from all pairs, written as a stage of their own so that a rerun,
/// a shard and a reader find the same.
std::vector<Intrinsics> stage_intrinsics(const PairSources& sources, const PairList& pairs,
                                         const CameraPriors& priors, const PointmapStageOptions& options,
                                         const std::string& name, Run& run) {
  const Clip& clip = sources.clip;
  const fs::path file = clip.stage_file("intrinsics", name, "txt");
  Item item{"intrinsics", {file}, priors.files};
  if (!priors.intrinsics) {
    for (const auto& [i, j] : pairs) item.inputs.push_back(sources.flow_path(i, j));
  }
  Run unsharded = run;
  unsharded.common.shard = "1/1";
  StageSpec spec{"intrinsics", name, true};
  const double pixels = static_cast<double>(clip.info().width) * clip.info().height;
  const auto votes = static_cast<double>(priors.intrinsics ? 0 : std::min(pairs.size(), most_focal_pairs));
  spec.item_cost.work = Work(WorkKind::file, 2);
  // A vote fits geometries to some hundred samples for each of some dozen focal lengths.
  spec.item_cost.spread =
      votes * (read_maps_work(intermediate_options(), 2, 6 * pixels) + Work(WorkKind::adjust, focal_samples));
  spec.item_cost.memory_megabytes = votes > 0 ? pixels * 40e-6 : 0;
  spec.item_cost.shared_megabytes = 8;
  StageSession session(clip, unsharded, spec, {item});
  run_items(session, [&](std::size_t) {
    if (priors.intrinsics) {
      write_intrinsics(file, *priors.intrinsics);
      return;
    }
    const auto all_frames = [&](double focal_px) {
      return std::vector<Intrinsics>(static_cast<std::size_t>(clip.frame_count()),
                                     centred_intrinsics(focal_px, clip.info().width, clip.info().height));
    };
    if (pairs.empty()) {
      session.set_fact("focal", R"({"guessed": true})");
      log_warning(clip.folder().string() + ": without pairs the focal length is a guess");
      write_intrinsics(file, all_frames(guessed_focal_px(clip)));
      return;
    }
    const auto focal = estimate_shared_focal(focal_votes(sources, pairs), clip.info().width,
                                             clip.info().height, options.focal);
    if (!focal)
      throw Error(clip.folder().string(), "no focal length explains the flow; give one with --intrinsics");
    session.set_fact("focal", nlohmann::json({{"px", focal->focal_px},
                                              {"spread_px", {focal->low_px, focal->high_px}},
                                              {"pairs", focal->pairs_used}})
                                  .dump());
    if (focal->high_px > 1.1 * focal->low_px) {
      log_warning(fmt::format("{}: the flow leaves the focal length open between {:.0f} and {:.0f} px",
                              clip.folder().string(), focal->low_px, focal->high_px));
    }
    write_intrinsics(file, all_frames(focal->focal_px));
  });
  if (run.planned->count(file) > 0) return {};
  return read_intrinsics(file).for_frames(clip.frame_count());
}

fs::path mono_folder(const Clip& clip, const std::string& requested) {
  if (requested.empty() && !fs::exists(clip.stage_folder("depth", "mono"))) return {};
  return clip.stage_folder("depth",
                           clip.choose_stage("depth", requested.empty() ? "mono" : requested, "vd-mono"));
}

}  // namespace

void describe(PointmapStageOptions& o, OptionTable& t) {
  t.topic("Point maps");
  t.add("--model", o.model, "geometric: two-view geometry from flow, without a network");
  t.add("--pairs", o.pairs, "pair list to follow");
  t.add("--flow", o.flow, "flow stage, with both directions of every pair");
  t.add("--depth", o.depth, "monocular depth that fills what was not observed (depth/mono when there)");
  describe(o.geometric, t);
  describe(o.priors, t);
  t.topic("Result");
  describe(o.output, t);
}

void pointmap_stage(const Clip& clip, const PointmapStageOptions& options, Run& run) {
  if (options.model != "geometric") {
    throw MisuseError("--model", fmt::format("'{}' is not known; there is: geometric", options.model));
  }
  const std::string name = run.output_or(options.model);
  const std::string pair_name = clip.choose_stage("pairs", options.pairs, "vd-pairs", "txt");
  const PairList pairs = read_selected_pairs(clip, clip.stage_file("pairs", pair_name, "txt"), run);
  const CameraPriors priors = read_camera_priors(clip, options.priors);
  PairSources sources{clip,
                      clip.stage_folder("flow", clip.choose_stage("flow", options.flow, "vd-flow")),
                      mono_folder(clip, options.depth),
                      {},
                      priors.world_from_camera};
  sources.intrinsics = stage_intrinsics(sources, pairs, priors, options, name, run);

  const fs::path folder = clip.stage_folder("pointmap", name);
  std::vector<fs::path> shared = priors.files;
  shared.push_back(clip.stage_file("intrinsics", name, "txt"));
  std::vector<Item> items;
  for (const auto& [i, j] : pairs) {
    items.push_back(item_of(
        sources, i, j, folder / (pair_stem(i, j) + point_maps_extension(options.output.format)), shared));
  }
  StageSpec spec{"pointmap", name};
  spec.facts["model"] = "\"geometric\"";
  spec.facts["unit"] = priors.world_from_camera ? nlohmann::json(priors.poses_unit).dump() : "\"relative\"";
  const double pixels = static_cast<double>(clip.info().width) * clip.info().height;
  spec.item_cost.work = frames_work(2, pixels) + read_maps_work(intermediate_options(), 2, 6 * pixels) +
                        Work(WorkKind::pair_depth, 2 * pixels) +
                        write_maps_work(options.output, 1, 8 * pixels);
  spec.item_cost.memory_megabytes = pixels * 250e-6;
  StageSession session(clip, run, spec, std::move(items));
  const auto& pending = session.pending();
  parallel_for(pending.size(), [&](std::size_t k) {
    const auto [i, j] = pairs[pending[k]];
    const std::string problem = compute_pair(sources, i, j, options, session.item(pending[k]).outputs[0]);
    if (problem.empty())
      session.done(pending[k]);
    else
      session.failed(pending[k], problem);
  });
  session.finish();
}

}  // namespace vd
