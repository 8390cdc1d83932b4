// SPDX-License-Identifier: Apache-2.0
#include "video/video_writer.h"

#include <fmt/format.h>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>

#include "core/error.h"
#include "image/opencv.h"

namespace vd {
namespace {

class VideoWriter : public FrameSink {
 public:
  VideoWriter(std::filesystem::path file, int width, int height, double fps)
      : file_(std::move(file)), width_(width), height_(height) {
    // Trying a codec that FFmpeg lacks is no news for the user.
    const auto level = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    for (const char* codec : {"avc1", "mp4v"}) {
      const int code = cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]);
      if (writer_.open(file_.string(), cv::CAP_FFMPEG, code, fps, cv::Size(width, height))) break;
    }
    cv::utils::logging::setLogLevel(level);
    if (!writer_.isOpened())
      throw Error(file_.string(), "FFmpeg cannot write this video (no H.264 or MPEG-4 encoder?)");
  }

  void add(const RgbImage& frame) override {
    if (frame.width() != width_ || frame.height() != height_)
      throw Error(file_.string(), "frames differ in size");
    const cv::Mat rgb = as_mat(frame);
    cv::Mat bgr(rgb.size(), rgb.type());
    const int swap_red_and_blue[] = {0, 2, 1, 1, 2, 0};
    cv::mixChannels(&rgb, 1, &bgr, 1, swap_red_and_blue, 3);
    writer_.write(bgr);
    ++count_;
  }

  void finish() override {
    writer_.release();
    cv::VideoCapture written(file_.string(), cv::CAP_FFMPEG);
    int found = 0;
    while (written.isOpened() && written.grab()) ++found;
    if (found != count_)
      throw Error(file_.string(), fmt::format("holds {} of {} frames; is the disk full?", found, count_));
  }

 private:
  std::filesystem::path file_;
  cv::VideoWriter writer_;
  int width_, height_;
  int count_ = 0;
};

}  // namespace

std::unique_ptr<FrameSink> make_video_file(const std::filesystem::path& file, int width, int height,
                                           double fps) {
  return std::make_unique<VideoWriter>(file, width, height, fps);
}

}  // namespace vd
