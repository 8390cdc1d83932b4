// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "image/map.h"

namespace vd {

/// Frames of a YUV4MPEG2 stream, as `ffmpeg -f yuv4mpegpipe -` writes it: 8 bits, progressive, 4:2:0, 4:2:2,
/// 4:4:4 or grey. Colours by BT.601, in the range that XCOLORRANGE says (limited unless FULL).
class Y4mReader {
 public:
  /// Reads the header. Throws Error, naming `where`, on anything that is no such stream. The stream must
  /// outlive the reader.
  Y4mReader(std::istream& stream, std::string where);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  /// Frames a second, from the header.
  [[nodiscard]] double rate() const { return rate_; }

  /// The next frame; nothing after the last one. Throws Error, saying how many frames were complete, when the
  /// stream ends within a frame.
  [[nodiscard]] std::optional<RgbImage> next();

 private:
  [[nodiscard]] std::string read_line(std::size_t longest);
  [[nodiscard]] GreyImage read_plane(int width, int height);
  [[noreturn]] void fail_truncated() const;

  std::istream& stream_;
  std::string where_;
  int width_ = 0;
  int height_ = 0;
  double rate_ = 0;
  int chroma_step_x_ = 2;  // 0: no chroma
  int chroma_step_y_ = 2;
  bool full_range_ = false;
  int complete_frames_ = 0;
};

}  // namespace vd
