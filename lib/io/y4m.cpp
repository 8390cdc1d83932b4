// SPDX-License-Identifier: Apache-2.0
#include "io/y4m.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "core/error.h"
#include "image/convert.h"
#include "image/resize.h"
#include "io/bytes.h"

namespace vd {

namespace {

constexpr std::size_t longest_header = 1024;

struct Chroma {
  int step_x, step_y;
};

/// The layout behind the letter C; 4:2:0 when there is none.
std::optional<Chroma> chroma_of(const std::string& name) {
  for (const char* variant : {"420", "420jpeg", "420mpeg2", "420paldv"}) {
    if (name == variant) return Chroma{2, 2};
  }
  if (name == "422") return Chroma{2, 1};
  if (name == "444") return Chroma{1, 1};
  if (name == "mono") return Chroma{0, 0};
  return {};
}

int positive_integer(const std::string& text, const std::string& where) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 1) {
    throw Error(where, "damaged header: a size that is no positive number");
  }
  return value;
}

GreyImage at_full_size(const GreyImage& plane, const Chroma& steps, int width, int height) {
  if (steps.step_x == 1 && steps.step_y == 1) return plane;
  const GreyImage large =
      resize(plane, plane.width() * steps.step_x, plane.height() * steps.step_y, Resampling::bilinear);
  GreyImage cut(width, height);
  for (int y = 0; y < height; ++y) std::copy_n(large.row(y), width, cut.row(y));
  return cut;
}

std::uint8_t clamped(float value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

/// BT.601. Limited range: luma 16..235, chroma 16..240.
RgbImage to_rgb(const GreyImage& luma, const GreyImage& blue, const GreyImage& red, bool full_range) {
  const float gain = full_range ? 1.0F : 255.0F / 219.0F;
  const float chroma_gain = full_range ? 1.0F : 255.0F / 224.0F;
  const float black = full_range ? 0.0F : 16.0F;
  RgbImage image(luma.width(), luma.height());
  for (std::size_t p = 0; p < luma.pixels(); ++p) {
    const float y = gain * (static_cast<float>(luma.values()[p]) - black);
    const float u = blue.values().empty() ? 0 : chroma_gain * (static_cast<float>(blue.values()[p]) - 128.0F);
    const float v = red.values().empty() ? 0 : chroma_gain * (static_cast<float>(red.values()[p]) - 128.0F);
    std::uint8_t* rgb = image.data() + 3 * p;
    rgb[0] = clamped(y + 1.402F * v);
    rgb[1] = clamped(y - 0.344136F * u - 0.714136F * v);
    rgb[2] = clamped(y + 1.772F * u);
  }
  return image;
}

}  // namespace

Y4mReader::Y4mReader(std::istream& stream, std::string where) : stream_(stream), where_(std::move(where)) {
  std::istringstream fields(read_line(longest_header));
  std::string field;
  fields >> field;
  if (field != "YUV4MPEG2") throw Error(where_, field.empty() ? "empty stream" : "not a YUV4MPEG2 stream");
  while (fields >> field) {
    const std::string value = field.substr(1);
    if (field[0] == 'W') width_ = positive_integer(value, where_);
    if (field[0] == 'H') height_ = positive_integer(value, where_);
    if (field[0] == 'F') {
      const std::size_t colon = value.find(':');
      if (colon == std::string::npos) throw Error(where_, "damaged header: no frame rate of the form F25:1");
      rate_ = static_cast<double>(positive_integer(value.substr(0, colon), where_)) /
              positive_integer(value.substr(colon + 1), where_);
    }
    if (field[0] == 'I' && value != "p" && value != "?") {
      throw Error(where_, "interlaced: deinterlace it first (ffmpeg -vf yadif)");
    }
    if (field[0] == 'C') {
      const auto chroma = chroma_of(value);
      if (!chroma) throw Error(where_, "its pixels are not 8-bit YUV: add -pix_fmt yuv420p");
      chroma_step_x_ = chroma->step_x;
      chroma_step_y_ = chroma->step_y;
    }
    if (field == "XCOLORRANGE=FULL" || field == "C420jpeg_full") full_range_ = true;
  }
  expect_sane_size(where_, width_, height_);
  if (!(rate_ > 0)) throw Error(where_, "damaged header: no frame rate");
}

std::string Y4mReader::read_line(std::size_t longest) {
  std::string line;
  for (int c = stream_.get(); c != '\n'; c = stream_.get()) {
    if (c == std::istream::traits_type::eof()) {
      if (line.empty()) return line;
      throw Error(where_, complete_frames_ == 0
                              ? "truncated inside its header"
                              : fmt::format("truncated after {} complete frames", complete_frames_));
    }
    line += static_cast<char>(c);
    if (line.size() > longest) throw Error(where_, "not a YUV4MPEG2 stream");
  }
  return line;
}

void Y4mReader::fail_truncated() const {
  throw Error(where_, fmt::format("truncated: the stream ends within a frame, after {} complete frames",
                                  complete_frames_));
}

GreyImage Y4mReader::read_plane(int width, int height) {
  // Memory is taken as the bytes arrive: a header may promise anything.
  constexpr std::size_t step = std::size_t{1} << 22;
  const std::size_t wanted = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < wanted) {
    const std::size_t have = bytes.size();
    bytes.resize(std::min(wanted, have + step));
    const auto count = static_cast<std::streamsize>(bytes.size() - have);
    if (!stream_.read(reinterpret_cast<char*>(bytes.data() + have), count)) fail_truncated();
  }
  GreyImage plane(width, height);
  plane.values() = std::move(bytes);
  return plane;
}

std::optional<RgbImage> Y4mReader::next() {
  if (stream_.peek() == std::istream::traits_type::eof()) return {};
  const std::string mark = read_line(longest_header);
  if (mark != "FRAME" && mark.rfind("FRAME ", 0) != 0) {
    throw Error(where_, fmt::format("damaged: no frame where one belongs, after {} complete frames",
                                    complete_frames_));
  }
  const GreyImage luma = read_plane(width_, height_);
  GreyImage blue, red;
  if (chroma_step_x_ > 0) {
    const int chroma_width = (width_ + chroma_step_x_ - 1) / chroma_step_x_;
    const int chroma_height = (height_ + chroma_step_y_ - 1) / chroma_step_y_;
    const Chroma steps{chroma_step_x_, chroma_step_y_};
    blue = at_full_size(read_plane(chroma_width, chroma_height), steps, width_, height_);
    red = at_full_size(read_plane(chroma_width, chroma_height), steps, width_, height_);
  }
  ++complete_frames_;
  return to_rgb(luma, blue, red, full_range_);
}

}  // namespace vd
