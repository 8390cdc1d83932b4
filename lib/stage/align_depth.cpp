// SPDX-License-Identifier: Apache-2.0
#include "stage/align_depth.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "clip/stage_session.h"
#include "core/log.h"
#include "image/convert.h"
#include "stage/align_masks.h"
#include "stage/find_cuts.h"
#include "stage/work_counts.h"
#include "stereo/ground_plane.h"
#include "stereo/mover_depth.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// Confidence keeps this part where the flow could not tell whether the pixel moves.
constexpr float unknown_motion_factor = 0.5F;

struct DepthFiles {
  fs::path depth, confidence;
  DepthFiles(const Clip& clip, const std::string& name, int frame, const DenseOptions& output)
      : depth(clip.stage_folder("depth", name) / (frame_stem(frame) + map_extension(output.format))),
        confidence(clip.stage_folder("conf", name) / (frame_stem(frame) + map_extension(output.format))) {}
};

std::vector<Camera> cameras_of(const AlignedCameras& aligned, const FrameRange& shot) {
  return {aligned.cameras.begin() + shot.first, aligned.cameras.begin() + shot.end};
}

/// Cameras of other shots may stand in another world.
std::vector<int> neighbours_in_shot(const Clip& clip, const AlignedCameras& aligned, int frame,
                                    const DepthOptions& options) {
  const FrameRange shot = shots_of(clip.info())[static_cast<std::size_t>(shot_of(clip.info(), frame))];
  auto neighbours = choose_neighbours(cameras_of(aligned, shot), frame - shot.first,
                                      aligned.ranges[static_cast<std::size_t>(frame)], options.neighbours);
  for (int& other : neighbours) other += shot.first;
  return neighbours;
}

std::vector<Item> depth_items(const Clip& clip, const AlignDepthOptions& options, const std::string& name,
                              const AlignedCameras& aligned) {
  std::vector<Item> items;
  const DepthOptions depth = resolved(options.depth);
  for (int frame = 0; frame < clip.frame_count(); ++frame) {
    const DepthFiles files(clip, name, frame, options.output);
    Item item{frame_stem(frame),
              {files.depth, files.confidence},
              {clip.stage_file("traj", name, "txt"), clip.stage_file("intrinsics", name, "txt"),
               clip.stage_folder("clouds", name) / "points.npz", clip.frame_path(frame),
               moving_mask_path(clip, name, frame), unknown_mask_path(clip, name, frame)}};
    // Neighbours of neighbours take part through the check, but their frames are those of the trajectory's
    // inputs. A dry run may not know the cameras yet, which it then counts as changed.
    const auto neighbours =
        aligned.cameras.empty() ? std::vector<int>() : neighbours_in_shot(clip, aligned, frame, depth);
    for (const int other : neighbours) {
      item.inputs.push_back(clip.frame_path(other));
      item.inputs.push_back(moving_mask_path(clip, name, other));
    }
    items.push_back(std::move(item));
  }
  return items;
}

/// Bytes a pixel of the frames that are looked at for one depth: its neighbours' neighbours as images (21
/// bytes), and its neighbours' depth (12 bytes). In a dry run that does not know the cameras neighbours are
/// taken to lie 1, 2, 4, ... frames to either side.
double window_bytes(const AlignedCameras& aligned, int frames, const AlignDepthOptions& options) {
  const NeighbourOptions neighbours = resolved(options.depth).neighbours;
  int reach = aligned.cameras.empty() ? 1 << std::clamp((neighbours.count - 1) / 2, 0, 4) : 0;
  for (int frame = 0; frame < static_cast<int>(aligned.cameras.size()); ++frame) {
    const auto& range = aligned.ranges[static_cast<std::size_t>(frame)];
    for (const int other : choose_neighbours(aligned.cameras, frame, range, neighbours))
      reach = std::max(reach, std::abs(other - frame));
  }
  return 21.0 * std::min(frames, 4 * reach + 1) + 12.0 * std::min(frames, 2 * reach + 1);
}

/// The ground as the depth of the frame shows it, for movers to stand on.
std::optional<GroundPlane> ground_of(const FrameDepth& frame, const MaskMap& moving,
                                     const Intrinsics& intrinsics) {
  Map<float> inverse(frame.depth.width(), frame.depth.height());
  MaskMap usable(frame.depth.width(), frame.depth.height());
  for (std::size_t p = 0; p < inverse.pixels(); ++p) {
    const float depth = frame.depth.values()[p];
    const bool observed = depth > 0 && frame.confidence.values()[p] > 0 && moving.values()[p] == 0;
    inverse.values()[p] = depth > 0 ? 1.0F / depth : 0.0F;
    usable.values()[p] = observed ? 255 : 0;
  }
  return find_ground_plane(inverse, usable, intrinsics, GroundPlaneOptions{});
}

void lower_unknown(FrameDepth& frame, const MaskMap& unknown) {
  for (std::size_t p = 0; p < unknown.pixels(); ++p) {
    if (unknown.values()[p] > 0) frame.confidence.values()[p] *= unknown_motion_factor;
  }
}

void write_frame(const WorkingFrames& frames, int frame, FrameDepth result, const AlignDepthOptions& options,
                 const std::string& name, const Camera& camera, bool native_size) {
  const Clip& clip = frames.clip();
  const MaskMap moving = frames.at_working_size(read_mask(moving_mask_path(clip, name, frame)));
  const bool has_movers =
      std::any_of(moving.values().begin(), moving.values().end(), [](auto value) { return value > 0; });
  if (has_movers) {
    result.depth = mover_depth(result.depth, moving, *frames.grey(frame), camera.intrinsics,
                               ground_of(result, moving, camera.intrinsics))
                       .depth;
  }
  lower_unknown(result, frames.at_working_size(read_mask(unknown_mask_path(clip, name, frame))));
  if (!native_size) {
    result.depth = frames.at_clip_size(result.depth, frame);
    result.confidence = frames.at_clip_size(result.confidence, frame);
  }
  const DepthFiles files(clip, name, frame, options.output);
  write_confidence(files.confidence, result.confidence, options.output);
  write_depth(files.depth, result.depth, options.output);
}

}  // namespace

void align_depth(const WorkingFrames& frames, const AlignDepthOptions& options, const AlignedCameras& aligned,
                 const std::string& name, Run& run) {
  const Clip& clip = frames.clip();
  StageSpec spec{"depth", name};
  spec.facts["unit"] = nlohmann::json(aligned.unit).dump();
  spec.facts["quantity"] = "\"depth\"";
  spec.facts["working_size"] = nlohmann::json({frames.size().width, frames.size().height}).dump();
  spec.part = "depth";  // cameras and masks come in as files
  spec.companions = {"conf/" + name};
  const double pixels = static_cast<double>(frames.size().width) * frames.size().height;
  const double written = run.common.native_size ? pixels : pixels_of({clip.info().width, clip.info().height});
  spec.item_cost.work = frames_work(1, written) + Work(WorkKind::read_image, written) +
                        depth_work(options.depth, frames.size()) +
                        write_maps_work(options.output, 2, 2 * written);
  if (frames.reduced() && !run.common.native_size)  // enlarged along the edges of the frame, twice
    spec.item_cost.work += Work(WorkKind::complete, 2 * written);
  spec.item_cost.memory_megabytes = pixels * 160e-6;
  spec.item_cost.shared_megabytes = pixels * 1e-6 * window_bytes(aligned, clip.frame_count(), options);
  StageSession session(clip, run, spec, depth_items(clip, options, name, aligned));
  if (session.pending().empty()) {
    session.finish();
    return;
  }
  const std::set<int> wanted(session.pending().begin(), session.pending().end());
  DepthReport report;
  double observed = 0;
  for (const FrameRange& shot : shots_of(clip.info())) {
    DepthClip depth_clip;
    depth_clip.cameras = cameras_of(aligned, shot);
    depth_clip.ranges = {aligned.ranges.begin() + shot.first, aligned.ranges.begin() + shot.end};
    depth_clip.wanted = [&](int k) { return wanted.count(shot.first + k) > 0; };
    depth_clip.image = [&](int k) {
      return posed_image(frames.read(shot.first + k),
                         aligned.cameras[static_cast<std::size_t>(shot.first + k)]);
    };
    depth_clip.moving = [&](int k) {
      return frames.at_working_size(read_mask(moving_mask_path(clip, name, shot.first + k)));
    };
    depth_clip.sink = [&](int k, FrameDepth result) {
      const int frame = shot.first + k;
      write_frame(frames, frame, std::move(result), options, name,
                  aligned.cameras[static_cast<std::size_t>(frame)], run.common.native_size);
      session.done(static_cast<std::size_t>(frame));
    };
    const DepthReport part = for_each_frame_depth(depth_clip, options.depth);
    observed += part.observed * part.frames;
    report.frames += part.frames;
    report.frames_without_parallax += part.frames_without_parallax;
  }
  report.observed = report.frames > 0 ? observed / report.frames : 0;
  if (report.frames_without_parallax > 0) {
    log_warning(clip.folder().string() + ": " + std::to_string(report.frames_without_parallax) +
                " frames see no parallax: their depth is filled or unknown, with confidence 0");
  }
  session.set_fact("observed_share", std::to_string(report.observed));
  session.finish();
}

}  // namespace vd
