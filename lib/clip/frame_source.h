// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "image/map.h"

namespace vd {

/// One frame on its way into a clip: decoded pixels, or the file it lies in when its bytes can be kept as
/// they are.
struct SourceFrame {
  int index = 0;  // in the source, from 0
  double time_s = 0;
  RgbImage image;              // empty when file is given
  std::filesystem::path file;  // upright JPEG or PNG of 8 bits
  std::string name;            // of the image file; empty for a video
  double focal_35mm_mm = 0;    // 35-mm equivalent focal length that the file states; 0 = none
};

/// Frames in order, from a video file, a folder of images, ...
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// The next frame; nothing after the last one. Throws Error on damage.
  [[nodiscard]] virtual std::optional<SourceFrame> next() = 0;
  /// Number of frames of the source; exact for folders, what the file announces for videos (0 = it does not
  /// say).
  [[nodiscard]] virtual int announced_frames() const = 0;
  /// What the frames depend on, for the digest that lets a second import be skipped.
  [[nodiscard]] virtual std::vector<std::filesystem::path> files() const = 0;
};

/// Images of a folder in natural order (frame2 before frame10), at a constant rate.
[[nodiscard]] std::unique_ptr<FrameSource> open_image_folder(const std::filesystem::path& folder, double fps);

/// The same for a list of images, each with its time.
[[nodiscard]] std::unique_ptr<FrameSource> open_image_list(std::vector<std::filesystem::path> files,
                                                           std::vector<double> times_s);

/// A YUV4MPEG2 stream, with times from the rate in its header. Throws Error, naming it `name`, when it is
/// none, and from next() when it ends within a frame.
[[nodiscard]] std::unique_ptr<FrameSource> open_y4m(std::istream& stream, const std::string& name);

/// PNG and JPEG files of a folder in natural order. Throws Error when there are none.
[[nodiscard]] std::vector<std::filesystem::path> list_images(const std::filesystem::path& folder);

/// Natural order of names: runs of digits compare as numbers.
[[nodiscard]] bool natural_less(const std::string& a, const std::string& b);

}  // namespace vd
