// SPDX-License-Identifier: Apache-2.0
#include "video/video_source.h"

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>

#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "image/opencv.h"

namespace vd {
namespace {

class VideoSource : public FrameSource {
 public:
  explicit VideoSource(const std::filesystem::path& file) : file_(file) {
    if (!std::filesystem::exists(file)) throw Error(file.string(), "no such file");
    // FFmpeg would print its own lines; a decoder's trouble is told once, by what is missing in the end.
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
    // And OpenCV its own, from version 4.10 on, before we say the same.
    const auto level = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    const bool opened = capture_.open(file.string(), cv::CAP_FFMPEG);
    cv::utils::logging::setLogLevel(level);
    if (!opened) throw Error(file.string(), "no video that FFmpeg can read");
    capture_.set(cv::CAP_PROP_ORIENTATION_AUTO, 1);
    fps_ = capture_.get(cv::CAP_PROP_FPS);
    announced_ = std::max(0, static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_COUNT)));
  }

  std::optional<SourceFrame> next() override {
    cv::Mat bgr;
    if (!capture_.read(bgr) || bgr.empty()) return {};
    SourceFrame frame;
    frame.index = index_++;
    frame.time_s = time_stamp(frame.index);
    frame.image = RgbImage(bgr.cols, bgr.rows);
    cv::Mat rgb = as_mat(frame.image);
    const int swap_red_and_blue[] = {0, 2, 1, 1, 2, 0};
    cv::mixChannels(&bgr, 1, &rgb, 1, swap_red_and_blue, 3);
    return frame;
  }
  [[nodiscard]] int announced_frames() const override { return announced_; }
  [[nodiscard]] std::vector<std::filesystem::path> files() const override { return {file_}; }

 private:
  /// Position of the frame just read; streams without usable stamps get theirs from the frame rate.
  double time_stamp(int index) {
    double time_s = capture_.get(cv::CAP_PROP_POS_MSEC) * 1e-3;
    const double step_s = fps_ > 0 ? 1.0 / fps_ : 1.0 / 25;
    if (index > 0 && !(time_s > last_time_s_)) time_s = last_time_s_ + step_s;
    last_time_s_ = time_s;
    return time_s;
  }

  std::filesystem::path file_;
  cv::VideoCapture capture_;
  double fps_ = 0;
  int announced_ = 0;
  int index_ = 0;
  double last_time_s_ = 0;
};

}  // namespace

std::unique_ptr<FrameSource> open_video_file(const std::filesystem::path& file) {
  return std::make_unique<VideoSource>(file);
}

}  // namespace vd
