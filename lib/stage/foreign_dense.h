// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clip/stage_session.h"
#include "stage/foreign_stage.h"

namespace vd {

/// Folder of a clip that a kind goes to: "masks" for ForeignKind::mask.
[[nodiscard]] std::string folder_of(ForeignKind kind);

/// Maps of one value a pixel (depth, inverse, conf, mask), one a frame, into a stage of the clip.
void import_foreign_maps(const Clip& clip, const std::filesystem::path& source,
                         const ForeignStageOptions& options, const StageSpec& spec, Run& run);

/// Flow or point maps, a file a pair; files with one number are flow from that frame to the next.
void import_foreign_pairs(const Clip& clip, const std::filesystem::path& source,
                          const ForeignStageOptions& options, const StageSpec& spec, Run& run);

}  // namespace vd
