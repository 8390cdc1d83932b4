// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "clip/frame_source.h"

namespace vd {

/// open_video of clip/video.h.
[[nodiscard]] std::unique_ptr<FrameSource> open_video_file(const std::filesystem::path& file);

}  // namespace vd
