// SPDX-License-Identifier: Apache-2.0
#include "clip/video.h"

namespace vd {

std::unique_ptr<FrameSource> open_video(const std::filesystem::path& file) {
  return open_plugin<VideoDoor>("video").open_video(file);
}

std::unique_ptr<FrameSink> open_video_writer(const std::filesystem::path& file, int width, int height,
                                             double fps) {
  return open_plugin<VideoDoor>("video").open_video_writer(file, width, height, fps);
}

}  // namespace vd
