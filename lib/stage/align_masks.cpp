// SPDX-License-Identifier: Apache-2.0
#include "stage/align_masks.h"

#include <algorithm>

#include "clip/stage_session.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "io/dense.h"
#include "stage/find_cuts.h"
#include "stage/flow_window.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr int reach = 2;  // frames on either side that vote

/// Frames of the same shot that vote.
std::vector<int> neighbours_of(const ClipInfo& info, int frame) {
  std::vector<int> frames;
  for (int other = std::max(0, frame - reach); other <= std::min(info.frames - 1, frame + reach); ++other) {
    if (other != frame && shot_of(info, other) == shot_of(info, frame)) frames.push_back(other);
  }
  return frames;
}

/// There and back to each neighbour, and the second half of every way of two frames.
std::vector<std::pair<int, int>> flows_needed(const ClipInfo& info, int frame) {
  std::vector<std::pair<int, int>> pairs;
  for (const int other : neighbours_of(info, frame)) {
    pairs.emplace_back(frame, other);
    pairs.emplace_back(other, frame);
    if ((other - frame) % 2 == 0) {
      const int halfway = (frame + other) / 2;
      pairs.emplace_back(frame, halfway);
      pairs.emplace_back(halfway, other);
    }
  }
  return pairs;
}

FlowSet flow_set(const ClipInfo& info, int frame, const std::vector<Camera>& cameras,
                 const FlowWindow& window) {
  FlowSet flows;
  for (const int other : neighbours_of(info, frame)) {
    NeighbourFlow flow;
    flow.offset = other - frame;
    flow.camera = cameras[static_cast<std::size_t>(other)];
    flow.flow = window.flow(frame, other);
    flow.flow_back = window.flow(other, frame);
    if (flow.offset % 2 == 0) flow.second_half = window.flow((frame + other) / 2, other);
    // The window keeps the frame longer than this set lives.
    flow.grey = {std::shared_ptr<const void>(), &window.grey(other)};
    flows.push_back(std::move(flow));
  }
  return flows;
}

/// The flow stage to take flow from; empty: none. Flow on disk has the size of the frames, so it serves only
/// where the stage works at that size.
fs::path flow_folder(const WorkingFrames& frames, const AlignMasksOptions& options) {
  if (options.flow.empty()) return {};
  const Clip& clip = frames.clip();
  const fs::path folder = clip.stage_folder("flow", clip.choose_stage("flow", options.flow, "vd-flow"));
  if (!frames.reduced()) return folder;
  log_warning(folder.string() +
              ": not used, for the frames are reduced to --working-side; DIS serves instead");
  return {};
}

FlowWindow::Compute flow_source(const fs::path& folder, const AlignMasksOptions& options) {
  const FlowOptions dis{"dis", options.flow_preset};
  return [dis, folder](int i, int j, const GreyImage& from, const GreyImage& to) {
    if (!folder.empty()) {
      if (const auto file = find_item(folder, pair_stem(i, j))) {
        FlowMap flow = read_flow(*file).flow;
        if (!flow.same_size(from)) throw Error(file->string(), "not of the size of the frames");
        return flow;
      }
    }
    return dense_flow(from, to, dis);
  };
}

struct MaskFiles {
  fs::path moving, unknown;
  MaskFiles(const Clip& clip, const std::string& name, int frame)
      : moving(moving_mask_path(clip, name, frame)), unknown(unknown_mask_path(clip, name, frame)) {}
};

/// A frame's inputs are the cameras, the frames around it and, where they come from a stage, the flows
/// between them.
std::vector<Item> mask_items(const Clip& clip, const std::string& name, const fs::path& flows,
                             const GivenMasks& given) {
  std::vector<Item> items;
  for (int frame = 0; frame < clip.frame_count(); ++frame) {
    const MaskFiles files(clip, name, frame);
    Item item{frame_stem(frame),
              {files.moving, files.unknown},
              {clip.stage_file("traj", name, "txt"), clip.stage_file("intrinsics", name, "txt"),
               clip.frame_path(frame)}};
    if (const auto file = given.file(frame)) item.inputs.push_back(*file);
    for (const int other : neighbours_of(clip.info(), frame)) item.inputs.push_back(clip.frame_path(other));
    for (const auto& [i, j] : flows_needed(clip.info(), frame)) {
      const auto flow = flows.empty() ? std::nullopt : find_item(flows, pair_stem(i, j));
      if (flow) item.inputs.push_back(*flow);
    }
    items.push_back(std::move(item));
  }
  return items;
}

/// What the user says moves counts as moving: nothing is learnt from it.
MaskMap with_given(MaskMap mask, const GivenMasks& given, int frame) {
  if (!given.file(frame)) return mask;
  const MaskMap moving = given.moving(frame);
  for (std::size_t p = 0; p < mask.pixels(); ++p) {
    if (moving.values()[p] > 0) mask.values()[p] = 255;
  }
  return mask;
}

void compute_mask(const WorkingFrames& frames, const std::string& name, int frame,
                  const AlignMasksOptions& options, const std::vector<Camera>& cameras,
                  const FlowWindow& window, const GivenMasks& given) {
  const MaskFiles files(frames.clip(), name, frame);
  if (!options.find_movers || neighbours_of(frames.clip().info(), frame).empty()) {
    const MaskMap nothing(frames.clip().info().width, frames.clip().info().height);
    write_mask(files.moving, with_given(nothing, given, frame));
    write_mask(files.unknown, nothing);
    return;
  }
  const Camera& camera = cameras[static_cast<std::size_t>(frame)];
  const FlowSet flows = flow_set(frames.clip().info(), frame, cameras, window);
  const GreyImage& grey = window.grey(frame);
  const MotionEvidence evidence = motion_evidence(camera, flows, grey, options.masks.evidence);
  const MotionMask mask = motion_mask(camera, evidence, flows, grey, options.masks);
  write_mask(files.moving, with_given(frames.at_clip_size(mask.moving), given, frame));
  write_mask(files.unknown, frames.at_clip_size(mask.unknown));
}

}  // namespace

std::string mask_stage(const std::string& name) { return name == "align" ? "dynamic" : name; }

fs::path moving_mask_path(const Clip& clip, const std::string& name, int frame) {
  return clip.stage_folder("masks", mask_stage(name)) / (frame_stem(frame) + ".png");
}

fs::path unknown_mask_path(const Clip& clip, const std::string& name, int frame) {
  return clip.stage_folder("unknown", name) / (frame_stem(frame) + ".png");
}

void align_masks(const WorkingFrames& frames, const AlignMasksOptions& options, const AlignedCameras& aligned,
                 const std::string& name, Run& run) {
  const Clip& clip = frames.clip();
  const fs::path flows = flow_folder(frames, options);
  const GivenMasks given(clip, options.given);
  const auto items = mask_items(clip, name, flows, given);
  StageSpec spec{"masks", mask_stage(name)};
  spec.part = "masks";  // cameras come in as files
  spec.companions = {"unknown/" + name};
  const double pixels = static_cast<double>(frames.size().width) * frames.size().height;
  const double written = static_cast<double>(clip.info().width) * clip.info().height;
  // Masks are plain: a third of what an image costs.
  spec.item_cost.work = Work(WorkKind::write_image, 2.0 / 3 * written) + Work(WorkKind::file, 2);
  if (options.find_movers)
    spec.item_cost.work += frames_work(1, written) + motion_work(options.flow_preset, pixels);
  spec.item_cost.memory_megabytes = pixels * 110e-6;
  spec.item_cost.shared_megabytes = pixels * 130e-6;  // four flows of each frame within reach
  Run whole = run;  // the depth of every shard's frames needs the masks of the frames around them
  whole.common.shard = "1/1";
  StageSession session(clip, whole, spec, items);
  FlowWindow window(frames, flow_source(flows, options));
  const auto& pending = session.pending();
  const auto chunk = static_cast<std::size_t>(2 * thread_count());
  for (std::size_t first = 0; first < pending.size(); first += chunk) {
    const std::size_t last = std::min(first + chunk, pending.size());
    std::vector<std::pair<int, int>> needed;
    for (std::size_t k = first; k < last && options.find_movers; ++k) {
      const auto pairs = flows_needed(clip.info(), static_cast<int>(pending[k]));
      needed.insert(needed.end(), pairs.begin(), pairs.end());
    }
    window.prepare(needed);
    parallel_for(last - first, [&](std::size_t k) {
      compute_mask(frames, name, static_cast<int>(pending[first + k]), options, aligned.cameras, window,
                   given);
    });
    for (std::size_t k = first; k < last; ++k) session.done(pending[k]);
    if (last < pending.size()) window.forget_before(static_cast<int>(pending[last]) - reach);
  }
  session.finish();
  run.records = whole.records;
}

}  // namespace vd
