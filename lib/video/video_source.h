// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "clip/frame_source.h"

namespace vd {

/// Frames of a video file that FFmpeg can decode, upright, with the file's own time stamps. Throws Error when
/// the file cannot be opened.
[[nodiscard]] std::unique_ptr<FrameSource> open_video(const std::filesystem::path& file);

}  // namespace vd
