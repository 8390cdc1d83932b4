// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clip/frame_source.h"
#include "core/options.h"
#include "geometry/camera.h"

namespace vd {

struct ImportOptions {
  double fps = 0;                 // take frames at this rate; 0 = all of them
  double image_fps = 24;          // rate of a folder of images, which has no time stamps
  std::string frames;             // A:B[:S] of the source
  int max_side = 0;               // longer side of the frames; 0 = as they are
  std::string data_set = "auto";  // layout of a source folder: a name out of data_sets(), auto or none
  std::string intrinsics;         // fx,fy,cx,cy or a file, stated at the source's size
};
void describe(ImportOptions& options, OptionTable& table);

/// The frames that went into a clip, for whatever else is imported beside them.
struct ImportedFrames {
  std::vector<int> source_index;  // one a frame of the clip
  int source_width = 0;
  int source_height = 0;
  int width = 0;
  int height = 0;
};

/// Copies frames into folder/rgb (JPEG and PNG bytes are kept when nothing has to change), the known
/// intrinsics into known/intrinsics.txt at the clip's size, and writes clip.json last. Throws Error when
/// the source changes its size, has no frame, or the disk is full; warns when a video gives fewer frames than
/// it announces.
ImportedFrames import_frames(FrameSource& source, const std::string& source_name,
                             const ImportOptions& options, const std::filesystem::path& folder);

/// "fx,fy,cx,cy" as intrinsics of an image of that size. Throws MisuseError.
[[nodiscard]] Intrinsics parse_intrinsics(const std::string& text, int width, int height);

/// Ground truth in the layout of vd's sample clips (depth/ with its scale in clip.json, mask/, flow_fwd/,
/// flow_bwd/, vis_*,
/// *.flo, groundtruth.txt, intrinsics*.txt, tracks.npz) into folder/gt, for the frames that were imported.
/// True when there was any.
bool import_sample_truth(const std::filesystem::path& source, const ImportedFrames& frames,
                         const std::filesystem::path& folder);

/// True when a folder has that layout: clip.json and rgb/, but not the clip.json of a clip of vd.
[[nodiscard]] bool is_sample_layout(const std::filesystem::path& folder);

}  // namespace vd
