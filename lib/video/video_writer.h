// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "clip/frame_sink.h"

namespace vd {

/// Writes an MP4 file: H.264, which browsers play, where FFmpeg has an encoder for it, else MPEG-4 part 2.
/// Width and height must be even. Throws Error when FFmpeg has neither or the file cannot be made.
[[nodiscard]] std::unique_ptr<FrameSink> open_video_writer(const std::filesystem::path& file, int width,
                                                           int height, double fps);

}  // namespace vd
