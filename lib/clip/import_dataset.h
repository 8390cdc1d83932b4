// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clip/frame_source.h"
#include "clip/import.h"
#include "geometry/lens.h"

namespace vd {

// Sequences of published data sets. An importer says where the frames of a sequence lie and what is known to
// be true of each; what becomes of that on disk is the same for all. A further data set is one file
// import_NAME.cpp and one line in the table of import_dataset.cpp.

/// A frame and its truth; what is empty is not known.
struct SequenceFrame {
  double time_s = 0;
  std::filesystem::path image;
  std::filesystem::path depth;
  std::optional<SE3> world_from_camera;
  std::optional<LensCamera> camera;  // at the size of the image
  std::filesystem::path flow_to_next;
  std::filesystem::path hidden_in_next;  // image, not 0 where the flow's target is hidden
};

struct Sequence {
  std::string data_set;
  std::string unit = "m";
  std::vector<SequenceFrame> frames;
  std::function<DepthMap(const std::filesystem::path&)> read_depth;  // 0 where unknown
  std::vector<std::filesystem::path> camera_files;                   // calibration and poses
  std::vector<std::string> notes;  // what a user of the truth should know, for warnings and the record
};

struct DataSet {
  std::string name;
  std::string layout;  // for people
  /// True when a folder is laid out like a sequence of this data set.
  bool (*recognises)(const std::filesystem::path& folder);
  /// Throws Error when a file that the layout needs is missing or damaged. fps: rate of data sets without
  /// time stamps, 0 for their own.
  Sequence (*open)(const std::filesystem::path& folder);
};
[[nodiscard]] const std::vector<DataSet>& data_sets();

[[nodiscard]] bool is_tum_sequence(const std::filesystem::path& folder);
[[nodiscard]] Sequence open_tum_sequence(const std::filesystem::path& folder);
[[nodiscard]] bool is_bonn_sequence(const std::filesystem::path& folder);
[[nodiscard]] Sequence open_bonn_sequence(const std::filesystem::path& folder);
[[nodiscard]] bool is_kitti_sequence(const std::filesystem::path& folder);
[[nodiscard]] Sequence open_kitti_sequence(const std::filesystem::path& folder);
[[nodiscard]] bool is_sintel_sequence(const std::filesystem::path& folder);
[[nodiscard]] Sequence open_sintel_sequence(const std::filesystem::path& folder);
[[nodiscard]] bool is_seven_scenes_sequence(const std::filesystem::path& folder);
[[nodiscard]] Sequence open_seven_scenes_sequence(const std::filesystem::path& folder);

/// The sequence in a folder. data_set: a name out of data_sets(), "auto" (the first that recognises the
/// folder), or "none". Nothing when it is none; throws MisuseError for an unknown name.
[[nodiscard]] std::optional<Sequence> open_sequence(const std::filesystem::path& folder,
                                                    const std::string& data_set);

/// The cameras of its frames.
[[nodiscard]] std::vector<std::optional<LensCamera>> cameras_of(const Sequence& sequence);

/// The frames in order, with the sequence's time stamps.
[[nodiscard]] std::unique_ptr<FrameSource> open_frames(const Sequence& sequence);

/// Writes gt/ of the clip for the frames that were imported, at their size in the clip: depth, flow between
/// frames that are neighbours in both, traj.txt (a line for every frame whose pose is known), intrinsics.txt;
/// and gt_unit into clip.json. Warns about poses that are missing.
void import_sequence_truth(const Sequence& sequence, const ImportedFrames& frames,
                           const std::filesystem::path& folder);

/// True depth, masks or flow of a frame, read from file, at the size of the frames in the clip: by the
/// nearest pixel, since such values are never mixed across an edge. Flow is in pixels of the new size. Throws
/// Error, naming the file, when it has not the size of its frame.
template <typename T, int C>
[[nodiscard]] Map<T, C> at_clip_size(const Map<T, C>& map, const ImportedFrames& frames,
                                     const std::filesystem::path& file);
[[nodiscard]] FlowMap flow_at_clip_size(const FlowMap& flow, const ImportedFrames& frames,
                                        const std::filesystem::path& file);

/// Index of the time nearest to time_s among increasing times, when it is at most max_difference_s away.
[[nodiscard]] std::optional<std::size_t> nearest_in_time(const std::vector<double>& times_s, double time_s,
                                                         double max_difference_s);

/// Name of the last folder of a path, whatever way it is written ("." and a slash at the end included).
[[nodiscard]] std::string folder_name(const std::filesystem::path& folder);

/// Depth stored as 16-bit PNG, a value divided by stored_per_m being metres; 0 and, if given, a further value
/// mark what is unknown.
[[nodiscard]] DepthMap read_png_depth(const std::filesystem::path& path, double stored_per_m,
                                      std::optional<std::uint16_t> unknown = {});

}  // namespace vd
