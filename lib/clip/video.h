// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "clip/frame_sink.h"
#include "clip/frame_source.h"
#include "core/plugin.h"

namespace vd {

// The door to video files: lib/video, a plugin (core/plugin.h), for a video library alone pulls in 250 more.

struct VideoDoor : PluginDoor {
  std::unique_ptr<FrameSource> (*open_video)(const std::filesystem::path& file);
  std::unique_ptr<FrameSink> (*open_video_writer)(const std::filesystem::path& file, int width, int height,
                                                  double fps);
};

/// Frames of a video file that FFmpeg can decode, upright, with the file's own time stamps. Throws Error when
/// the file cannot be opened, or the plugin.
[[nodiscard]] std::unique_ptr<FrameSource> open_video(const std::filesystem::path& file);

/// Writes an MP4 file: H.264, which browsers play, where FFmpeg has an encoder for it, else MPEG-4 part 2.
/// Width and height must be even. Throws Error when FFmpeg has neither, or the file cannot be made, or the
/// plugin not be opened.
[[nodiscard]] std::unique_ptr<FrameSink> open_video_writer(const std::filesystem::path& file, int width,
                                                           int height, double fps);

}  // namespace vd
