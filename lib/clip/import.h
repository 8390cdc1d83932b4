// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clip/frame_source.h"
#include "core/options.h"
#include "geometry/lens.h"
#include "io/camera_file.h"

namespace vd {

/// Whose lens distortion is undone. automatic: of cameras that the user gives; frames of data sets stay as
/// they were published, so that scores can be compared.
enum class Undistort { automatic, always, never };

struct ImportOptions {
  double fps = 0;             // take frames at this rate; 0 = all of them
  double image_fps = 0;       // rate of a folder of images, which has no time stamps; 0 = as stated, or 24
  std::string frames;         // A:B[:S] of the source
  int max_side = 0;           // longer side of the frames; 0 = as they are
  std::string cuts = "auto";  // where shots begin: auto, none, or frames of the clip apart by commas
  std::string data_set = "auto";  // layout of a source folder: a name out of data_sets(), auto or none
  std::string intrinsics;         // fx,fy,cx,cy or a file, stated at the source's size, and how it is taken
  std::string poses;              // a file, and how it is taken
  std::string poses_unit = "relative";  // or "m"
  std::string masks;                    // an image for all frames, or a folder: what is not 0 is left out
  bool mask_invert = false;             // what is 0 is left out
  Undistort undistort = Undistort::automatic;
};
void describe(ImportOptions& options, OptionTable& table);

/// The frames that went into a clip, for whatever else is imported beside them.
struct ImportedFrames {
  std::vector<int> source_index;  // one a frame of the clip
  int source_width = 0;
  int source_height = 0;
  int width = 0;
  int height = 0;
  // One a frame, about the source at its own size.
  std::vector<FrameKey> keys;
  std::vector<std::shared_ptr<const Undistortion>> undistortions;  // null where the frame was taken as it is
  std::vector<std::optional<Intrinsics>> pinholes;  // of the frame as it was taken, where known
};

/// Copies frames into folder/rgb (JPEG and PNG bytes are kept when nothing has to change: upright, no
/// distortion to undo, the same size), what is known about them into known/ at the clip's size, and writes
/// clip.json last. own_cameras: those that come with the source, one a frame of it, or empty. Throws Error
/// when the source changes its size, has no frame, or the disk is full; warns when a video gives fewer frames
/// than it announces.
ImportedFrames import_frames(FrameSource& source, const std::string& source_name,
                             const ImportOptions& options, const std::filesystem::path& folder,
                             const std::vector<std::optional<LensCamera>>& own_cameras = {});

/// "fx,fy,cx,cy" as intrinsics of an image of that size. Throws MisuseError.
[[nodiscard]] Intrinsics parse_intrinsics(const std::string& text, int width, int height);

/// Ground truth in the layout of vd's sample clips (depth/ with its scale in clip.json, mask/, flow_fwd/,
/// flow_bwd/, vis_*,
/// *.flo, groundtruth.txt, intrinsics*.txt, tracks.npz) into folder/gt, for the frames that were imported.
/// True when there was any.
bool import_sample_truth(const std::filesystem::path& source, const ImportedFrames& frames,
                         const std::filesystem::path& folder);

/// The rate [1/s] of a folder of images: asked_fps, or else `fps` of a sample's clip.json, or else 24.
[[nodiscard]] double image_rate(const std::filesystem::path& folder, double asked_fps);

/// True when a folder has that layout: clip.json and rgb/, but not the clip.json of a clip of vd.
[[nodiscard]] bool is_sample_layout(const std::filesystem::path& folder);

}  // namespace vd
