// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "image/map.h"

namespace vd {

/// Frames on their way into a video file, the counterpart of FrameSource.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  /// Adds a frame of the video's size. Throws Error when it cannot be written.
  virtual void add(const RgbImage& frame) = 0;
  /// Completes the file and checks that it holds every frame. Throws Error when it does not.
  virtual void finish() = 0;
};

/// Opens a video file for writing: an even width and height, and frames a second. Stages take it as a value,
/// so that only the program that writes videos is linked to a video library.
using OpenFrameSink = std::function<std::unique_ptr<FrameSink>(const std::filesystem::path& file, int width,
                                                               int height, double fps)>;

}  // namespace vd
