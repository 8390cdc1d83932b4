// SPDX-License-Identifier: Apache-2.0
#include "clip/import_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "clip/clip.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "image/resize.h"
#include "io/dense.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;

const std::vector<DataSet>& data_sets() {
  static const std::vector<DataSet> all = {
      {"bonn", "rgbd_bonn_NAME/{rgb,depth}/, rgb.txt", is_bonn_sequence, open_bonn_sequence},
      {"tum", "{rgb,depth}/, rgb.txt, depth.txt, groundtruth.txt", is_tum_sequence, open_tum_sequence},
      {"kitti", "sequences/NN/{image_2/,calib.txt,times.txt}, poses/NN.txt", is_kitti_sequence,
       open_kitti_sequence},
      {"sintel", "training/{clean,final}/NAME, depth/NAME, camdata_left/NAME", is_sintel_sequence,
       open_sintel_sequence},
      {"7scenes", "seq-NN/frame-*.{color.png,depth.png,pose.txt}", is_seven_scenes_sequence,
       open_seven_scenes_sequence},
  };
  return all;
}

std::optional<Sequence> open_sequence(const fs::path& folder, const std::string& data_set) {
  if (data_set == "none") return {};
  std::string names = "auto, none";
  for (const DataSet& candidate : data_sets()) {
    if (data_set == candidate.name || (data_set == "auto" && candidate.recognises(folder))) {
      return candidate.open(folder);
    }
    names += ", " + candidate.name;
  }
  if (data_set != "auto") throw MisuseError("--dataset", fmt::format("'{}' is none of {}", data_set, names));
  return {};
}

std::vector<std::optional<LensCamera>> cameras_of(const Sequence& sequence) {
  std::vector<std::optional<LensCamera>> cameras;
  for (const SequenceFrame& frame : sequence.frames) cameras.push_back(frame.camera);
  return cameras;
}

std::unique_ptr<FrameSource> open_frames(const Sequence& sequence) {
  std::vector<fs::path> files;
  std::vector<double> times_s;
  for (const SequenceFrame& frame : sequence.frames) {
    files.push_back(frame.image);
    times_s.push_back(frame.time_s);
  }
  return open_image_list(std::move(files), std::move(times_s));
}

std::optional<std::size_t> nearest_in_time(const std::vector<double>& times_s, double time_s,
                                           double max_difference_s) {
  auto after = std::lower_bound(times_s.begin(), times_s.end(), time_s);
  if (after != times_s.begin() && (after == times_s.end() || time_s - *(after - 1) <= *after - time_s)) {
    --after;
  }
  if (after == times_s.end() || std::abs(*after - time_s) > max_difference_s) return {};
  return static_cast<std::size_t>(after - times_s.begin());
}

std::string folder_name(const fs::path& folder) {
  std::error_code problem;
  const fs::path whole = fs::canonical(folder, problem);
  return (problem ? folder : whole).filename().string();
}

DepthMap read_png_depth(const fs::path& path, double stored_per_m, std::optional<std::uint16_t> unknown) {
  const Map<std::uint16_t> stored = read_png16(path);
  DepthMap depth(stored.width(), stored.height());
  std::transform(stored.values().begin(), stored.values().end(), depth.values().begin(),
                 [&](std::uint16_t value) {
                   return unknown && value == *unknown ? 0.0F : static_cast<float>(value / stored_per_m);
                 });
  return depth;
}

template <typename T, int C>
Map<T, C> at_clip_size(const Map<T, C>& map, const ImportedFrames& frames, const fs::path& file) {
  if (map.width() != frames.source_width || map.height() != frames.source_height) {
    throw Error(file.string(), fmt::format("is {}x{}, its frame is {}x{}", map.width(), map.height(),
                                           frames.source_width, frames.source_height));
  }
  if (frames.width == frames.source_width && frames.height == frames.source_height) return map;
  return resize(map, frames.width, frames.height, Resampling::nearest);
}
template DepthMap at_clip_size(const DepthMap&, const ImportedFrames&, const fs::path&);
template MaskMap at_clip_size(const MaskMap&, const ImportedFrames&, const fs::path&);

FlowMap flow_at_clip_size(const FlowMap& flow, const ImportedFrames& frames, const fs::path& file) {
  FlowMap resized = at_clip_size(flow, frames, file);
  for (std::size_t p = 0; p < resized.pixels(); ++p) {
    resized.data()[2 * p] *= static_cast<float>(frames.width) / static_cast<float>(frames.source_width);
    resized.data()[2 * p + 1] *= static_cast<float>(frames.height) / static_cast<float>(frames.source_height);
  }
  return resized;
}

namespace {

void write_true_depth(const Sequence& sequence, const ImportedFrames& frames, const fs::path& gt) {
  parallel_for(frames.source_index.size(), [&](std::size_t k) {
    const fs::path& file = sequence.frames[static_cast<std::size_t>(frames.source_index[k])].depth;
    if (file.empty()) return;
    DepthMap depth = sequence.read_depth(file);
    if (frames.undistortions[k]) depth = frames.undistortions[k]->nearest(depth);
    write_depth(gt / "depth" / (frame_stem(static_cast<int>(k)) + ".exr"), at_clip_size(depth, frames, file));
  });
}

void write_true_flow(const Sequence& sequence, const ImportedFrames& frames, const fs::path& gt) {
  const auto& kept = frames.source_index;
  parallel_for(kept.size(), [&](std::size_t k) {
    const SequenceFrame& frame = sequence.frames[static_cast<std::size_t>(kept[k])];
    // Flow between frames of a lens is no flow between frames of a pinhole.
    if (frames.undistortions[k]) return;
    if (frame.flow_to_next.empty() || k + 1 == kept.size() || kept[k + 1] != kept[k] + 1) return;
    const FlowMap flow = flow_at_clip_size(read_flow(frame.flow_to_next).flow, frames, frame.flow_to_next);
    ConfidenceMap visible;
    if (!frame.hidden_in_next.empty()) {
      const MaskMap hidden =
          resize(read_mask(frame.hidden_in_next), frames.width, frames.height, Resampling::nearest);
      visible = ConfidenceMap(frames.width, frames.height);
      for (std::size_t p = 0; p < hidden.pixels(); ++p)
        visible.values()[p] = hidden.values()[p] == 0 ? 1.0F : 0.0F;
    }
    const auto index = static_cast<int>(k);
    write_flow(gt / "flow" / (pair_stem(index, index + 1) + ".exr"), flow, visible, DenseOptions{});
  });
}

void write_true_cameras(const Sequence& sequence, const ImportedFrames& frames, const Clip& clip) {
  std::vector<TimedPose> poses;
  std::vector<Intrinsics> cameras;
  for (std::size_t k = 0; k < frames.source_index.size(); ++k) {
    const SequenceFrame& frame = sequence.frames[static_cast<std::size_t>(frames.source_index[k])];
    if (frame.world_from_camera) poses.push_back({clip.info().times_s[k], *frame.world_from_camera});
    // A camera that the user gave is known, not true; it decides about the lens all the same.
    const auto& lens = frames.undistortions[k];
    const auto camera = lens           ? std::optional<Intrinsics>(lens->pinhole())
                        : frame.camera ? std::optional<Intrinsics>(frame.camera->intrinsics)
                                       : std::nullopt;
    if (camera) cameras.push_back(camera->resized(frames.width, frames.height));
  }
  const fs::path gt = clip.folder() / "gt";
  if (!poses.empty()) write_trajectory(gt / "traj.txt", poses);
  if (!poses.empty() && poses.size() < frames.source_index.size()) {
    log_warning(fmt::format("{}: {} of {} frames have no true pose", clip.folder().string(),
                            frames.source_index.size() - poses.size(), frames.source_index.size()));
  }
  if (cameras.size() == frames.source_index.size()) write_intrinsics(gt / "intrinsics.txt", cameras);
}

}  // namespace

void import_sequence_truth(const Sequence& sequence, const ImportedFrames& frames, const fs::path& folder) {
  const Clip clip = Clip::open(folder);
  write_true_depth(sequence, frames, folder / "gt");
  write_true_flow(sequence, frames, folder / "gt");
  write_true_cameras(sequence, frames, clip);
  for (const std::string& note : sequence.notes) log_warning(folder.string() + ": " + note);
  ClipInfo info = clip.info();
  if (fs::exists(folder / "gt")) info.gt_unit = sequence.unit;
  Clip::write_info(folder, info);
}

}  // namespace vd
