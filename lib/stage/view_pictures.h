// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clip/clip.h"
#include "report/panels.h"
#include "stage/results.h"
#include "stage/view_stage.h"

namespace vd {

/// What the colours of a whole shot need to know, found in one pass over its frames.
struct ShotRange {
  ColourRange depth{1, 10};
  double confidence_low = 0.01;  // at the ends of the colours of confidence
  double confidence_high = 1;
  double truth_per_depth = 1;  // median of true depth over depth; 1 without truth
  bool has_depth = false;      // false where no depth is valid
};

[[nodiscard]] ShotRange measure_shot(const Results& results, const std::vector<int>& frames,
                                     const RangeChoice& choice);
[[nodiscard]] std::string to_json_text(const ShotRange& range);
/// Reads view/range.json back; throws Error when it is damaged.
[[nodiscard]] ShotRange read_shot_range(const std::filesystem::path& file);

/// The maps of one frame that the pictures show. with_truth adds the true depth.
[[nodiscard]] FrameMaps load_frame(const Clip& clip, const Results& results, int frame, bool with_truth);

/// Colours for one frame: those of the shot, or with --range frame its own.
[[nodiscard]] PanelStyle style_of(const Clip& clip, const Results& results, const ViewStageOptions& options,
                                  const ShotRange& shot, const DepthMap& depth);

/// Each makes one kind of picture into the given file or files.
void write_depth_picture(const Clip& clip, const Results& results, const ViewStageOptions& options,
                         const ShotRange& shot, int frame, const std::filesystem::path& file);
void write_video(const Clip& clip, const Results& results, const ViewStageOptions& options,
                 const ShotRange& shot, const std::vector<int>& frames, const OpenFrameSink& open_video,
                 const std::filesystem::path& file);
void write_sheet(const Clip& clip, const Results& results, const ViewStageOptions& options,
                 const ShotRange& shot, const std::vector<int>& frames, const std::filesystem::path& file);
void write_path(const Clip& clip, const Results& results, const std::vector<int>& frames,
                const std::filesystem::path& svg_file, const std::filesystem::path& png_file);

}  // namespace vd
