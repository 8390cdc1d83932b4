// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "clip/frame_sink.h"

namespace vd {

/// open_video_writer of clip/video.h.
[[nodiscard]] std::unique_ptr<FrameSink> make_video_file(const std::filesystem::path& file, int width,
                                                         int height, double fps);

}  // namespace vd
