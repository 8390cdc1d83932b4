// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "clip/clip.h"
#include "clip/import.h"
#include "clip/import_dataset.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/parallel.h"
#include "io/dense.h"
#include "io/exr.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/npz.h"
#include "io/trajectory.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

void import_depth(const fs::path& source, double scale, const ImportedFrames& frames, const fs::path& gt) {
  parallel_for(frames.source_index.size(), [&](std::size_t k) {
    const fs::path file = source / "depth" / (frame_stem(frames.source_index[k]) + ".png");
    if (!fs::exists(file)) return;
    write_depth(gt / "depth" / (frame_stem(static_cast<int>(k)) + ".exr"),
                at_clip_size(read_png_depth(file, scale), frames, file));
  });
}

void import_masks(const fs::path& source, const ImportedFrames& frames, const fs::path& gt) {
  parallel_for(frames.source_index.size(), [&](std::size_t k) {
    const fs::path file = source / "mask" / (frame_stem(frames.source_index[k]) + ".png");
    if (!fs::exists(file)) return;
    write_mask(gt / "masks" / (frame_stem(static_cast<int>(k)) + ".png"),
               at_clip_size(read_mask(file), frames, file));
  });
}

/// Flow from every imported frame to its source neighbour at the given offset, when that one was imported
/// too.
void import_flow(const fs::path& source, const std::string& direction, int offset,
                 const ImportedFrames& frames, const fs::path& gt) {
  const auto& kept = frames.source_index;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const fs::path file = source / ("flow_" + direction) / (frame_stem(kept[k]) + ".png");
    const auto other = std::find(kept.begin(), kept.end(), kept[k] + offset);
    if (!fs::exists(file) || other == kept.end()) continue;
    const fs::path visible = source / ("vis_" + direction) / (frame_stem(kept[k]) + ".png");
    const FlowMap flow = flow_at_clip_size(read_flow(file).flow, frames, file);
    ConfidenceMap confidence;
    if (fs::exists(visible)) {
      const MaskMap mask = at_clip_size(read_mask(visible), frames, visible);
      confidence = ConfidenceMap(mask.width(), mask.height());
      for (std::size_t p = 0; p < mask.pixels(); ++p)
        confidence.values()[p] = mask.values()[p] > 127 ? 1.0F : 0.0F;
    }
    const int to = static_cast<int>(other - kept.begin());
    write_flow(gt / "flow" / (pair_stem(static_cast<int>(k), to) + ".exr"), flow, confidence, DenseOptions{});
  }
}

void import_flo(const fs::path& source, const ImportedFrames& frames, const fs::path& gt) {
  const auto& kept = frames.source_index;
  for (std::size_t k = 0; k + 1 < kept.size(); ++k) {
    const fs::path file = source / ("flow_" + frame_stem(kept[k]) + ".flo");
    if (kept[k + 1] == kept[k] + 1 && fs::exists(file)) {
      write_flow(gt / "flow" / (pair_stem(static_cast<int>(k), static_cast<int>(k) + 1) + ".exr"),
                 flow_at_clip_size(read_flow(file).flow, frames, file), {}, DenseOptions{});
    }
  }
}

void import_trajectory(const fs::path& source, const ImportedFrames& frames, const Clip& clip,
                       const fs::path& gt) {
  const fs::path file = source / "groundtruth.txt";
  if (!fs::exists(file)) return;
  const auto poses = read_trajectory(file);
  std::vector<TimedPose> kept;
  for (std::size_t k = 0; k < frames.source_index.size(); ++k) {
    const auto index = static_cast<std::size_t>(frames.source_index[k]);
    if (index >= poses.size())
      throw Error(file.string(), fmt::format("{} poses, none for frame {}", poses.size(), index));
    kept.push_back({clip.info().times_s[k], poses[index].world_from_camera});
  }
  write_trajectory(gt / "traj.txt", kept);
}

void import_intrinsics(const fs::path& source, const ImportedFrames& frames, const fs::path& gt) {
  const fs::path shared = source / "intrinsics.txt";
  if (!fs::exists(shared)) return;
  std::vector<Intrinsics> cameras;
  for (const int index : frames.source_index) {
    const fs::path own = source / ("intrinsics_" + frame_stem(index) + ".txt");
    const Intrinsics given = read_intrinsics(fs::exists(own) ? own : shared).at(index);
    cameras.push_back(given.resized(frames.width, frames.height));
  }
  write_intrinsics(gt / "intrinsics.txt", cameras);
}

/// The samples keep tracks by point [N, T]; clips keep them by frame [T, N] and only for the imported frames.
template <typename T>
NpyArray frames_first(const NpyArray& by_point, const std::vector<int>& kept) {
  const auto values = by_point.as<T>();
  const std::size_t points = by_point.shape.at(0);
  const std::size_t frames = by_point.shape.at(1);
  const std::size_t channels = by_point.shape.size() > 2 ? by_point.shape[2] : 1;
  std::vector<T> turned;
  for (const int frame : kept) {
    if (static_cast<std::size_t>(frame) >= frames)
      throw Error("tracks.npz", fmt::format("nothing for frame {}", frame));
    for (std::size_t n = 0; n < points; ++n) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>((n * frames + frame) * channels);
      turned.insert(turned.end(), from, from + static_cast<std::ptrdiff_t>(channels));
    }
  }
  std::vector<std::size_t> shape = {kept.size(), points};
  if (by_point.shape.size() > 2) shape.push_back(channels);
  return make_npy<T>(shape, turned);
}

/// Places of points in the frames of the clip, from those in the frames of the source.
NpyArray at_clip_size(const NpyArray& xy, const ImportedFrames& frames) {
  auto values = xy.as<float>();
  const double scale_x = static_cast<double>(frames.width) / frames.source_width;
  const double scale_y = static_cast<double>(frames.height) / frames.source_height;
  for (std::size_t k = 0; k + 1 < values.size(); k += 2) {
    values[k] = static_cast<float>((values[k] + 0.5) * scale_x - 0.5);
    values[k + 1] = static_cast<float>((values[k + 1] + 0.5) * scale_y - 0.5);
  }
  return make_npy<float>(xy.shape, values);
}

void import_tracks(const fs::path& source, const ImportedFrames& frames, const fs::path& gt) {
  const fs::path file = source / "tracks.npz";
  if (!fs::exists(file)) return;
  const NpzReader tracks(file);
  const auto& kept = frames.source_index;
  const NpyArray visible = tracks.read("vis");
  std::vector<std::int32_t> first_frame;
  for (const auto frame : tracks.read("query_frame").as<std::int32_t>()) {
    const auto found = std::find(kept.begin(), kept.end(), frame);
    first_frame.push_back(found == kept.end() ? -1 : static_cast<std::int32_t>(found - kept.begin()));
  }
  const std::size_t points = first_frame.size();
  write_npz(gt / "tracks.npz",
            {{"xy", at_clip_size(frames_first<float>(tracks.read("xy"), kept), frames)},
             {"vis", frames_first<std::uint8_t>(visible, kept)},
             {"xyz", frames_first<float>(tracks.read("xyz"), kept)},
             {"dynamic", make_npy<std::uint8_t>({points}, tracks.read("dynamic").as<std::uint8_t>())},
             {"first_frame", make_npy<std::int32_t>({points}, first_frame)}});
}

}  // namespace

bool is_sample_layout(const fs::path& folder) {
  if (!fs::exists(folder / "clip.json") || !fs::is_directory(folder / "rgb")) return false;
  const json info = json::parse(read_text(folder / "clip.json"), nullptr, false);
  return info.is_object() && info.contains("kind") && !info.contains("format");
}

double image_rate(const fs::path& folder, double asked_fps) {
  constexpr double usual_fps = 24;
  if (asked_fps > 0) return asked_fps;
  if (!is_sample_layout(folder)) return usual_fps;
  const json info = json::parse(read_text(folder / "clip.json"), nullptr, false);
  const bool is_stated = info.contains("fps") && info["fps"].is_number() && info["fps"].get<double>() > 0;
  return is_stated ? info["fps"].get<double>() : usual_fps;
}

bool import_sample_truth(const fs::path& source, const ImportedFrames& frames, const fs::path& folder) {
  const json info = json::parse(read_text(source / "clip.json"), nullptr, false);
  if (!info.is_object()) throw Error((source / "clip.json").string(), "damaged");
  const fs::path gt = folder / "gt";
  const Clip clip = Clip::open(folder);
  if (info.contains("depth_scale") && info["depth_scale"].is_number()) {
    const double scale = info["depth_scale"];
    if (!(scale > 0)) throw Error((source / "clip.json").string(), "depth_scale must be positive");
    import_depth(source, scale, frames, gt);
  }
  import_masks(source, frames, gt);
  import_flow(source, "fwd", 1, frames, gt);
  import_flow(source, "bwd", -1, frames, gt);
  import_flo(source, frames, gt);
  import_trajectory(source, frames, clip, gt);
  import_intrinsics(source, frames, gt);
  import_tracks(source, frames, gt);
  if (!fs::exists(gt)) return false;
  ClipInfo with_unit = clip.info();
  with_unit.gt_unit = "m";
  Clip::write_info(folder, with_unit);
  return true;
}

}  // namespace vd
