// SPDX-License-Identifier: Apache-2.0
#include "report/text.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/opencv.h"

namespace vd {
namespace {

// OpenCV's stroke font looks rough at the size of labels: it is drawn four times as large and averaged down.
constexpr int kOversampling = 4;
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kCapitalUnits = 21;  // height of capitals in the font's own units
constexpr double kCapitalHeight = 0.72;

struct Pen {
  double scale;
  int thickness;
};

Pen pen_of(const TextStyle& style, int oversampling) {
  const double capital_px = kCapitalHeight * style.size_px * oversampling;
  return {capital_px / kCapitalUnits,
          std::max(1, static_cast<int>(std::lround(capital_px * (style.bold ? 0.19 : 0.125))))};
}

/// Coverage (0 to 255) of a line of text; its base line is row ascent_px, its left edge column border_px.
struct Coverage {
  cv::Mat alpha;
  int ascent_px = 0;
  int border_px = 0;
};

Coverage rasterise(const std::string& text, const TextStyle& style, double shift_x, double shift_y) {
  const Pen pen = pen_of(style, kOversampling);
  Coverage coverage;
  coverage.border_px = 2;
  coverage.ascent_px = static_cast<int>(std::ceil(style.size_px)) + 1;
  const int width = static_cast<int>(std::ceil(text_width(text, style))) + 2 * coverage.border_px + 2;
  const int height = coverage.ascent_px + static_cast<int>(std::ceil(0.4 * style.size_px)) + 2;
  cv::Mat large(height * kOversampling, width * kOversampling, CV_8U, cv::Scalar(0));
  const cv::Point origin(static_cast<int>(std::lround((coverage.border_px + shift_x) * kOversampling)),
                         static_cast<int>(std::lround((coverage.ascent_px + shift_y) * kOversampling)));
  cv::putText(large, text, origin, kFont, pen.scale, cv::Scalar(255), pen.thickness, cv::LINE_AA);
  cv::resize(large, coverage.alpha, cv::Size(width, height), 0, 0, cv::INTER_AREA);
  return coverage;
}

void blend(RgbImage& picture, int x, int y, Colour colour, int alpha) {
  if (alpha == 0 || !picture.contains(x, y)) return;
  std::uint8_t* pixel = picture.pixel(x, y);
  const auto mix = [alpha](int below, int above) {
    return static_cast<std::uint8_t>((below * (255 - alpha) + above * alpha + 127) / 255);
  };
  pixel[0] = mix(pixel[0], colour.red);
  pixel[1] = mix(pixel[1], colour.green);
  pixel[2] = mix(pixel[2], colour.blue);
}

void stamp(RgbImage& picture, int left, int top, const cv::Mat& alpha, Colour colour) {
  for (int y = 0; y < alpha.rows; ++y) {
    for (int x = 0; x < alpha.cols; ++x)
      blend(picture, left + x, top + y, colour, alpha.at<std::uint8_t>(y, x));
  }
}

}  // namespace

double text_width(const std::string& text, const TextStyle& style) {
  if (text.empty()) return 0;
  // Measured large and scaled down: OpenCV rounds to whole pixels.
  constexpr int kLarge = 16;
  const Pen pen = pen_of(style, kLarge);
  int baseline = 0;
  return static_cast<double>(cv::getTextSize(text, kFont, pen.scale, pen.thickness, &baseline).width) /
         kLarge;
}

void draw_text(RgbImage& picture, double x, double baseline_y, const std::string& text,
               const TextStyle& style) {
  if (text.empty()) return;
  const double width = text_width(text, style);
  const double left = style.anchor == Anchor::left     ? x
                      : style.anchor == Anchor::middle ? x - width / 2
                                                       : x - width;
  const double column = std::floor(left), row = std::floor(baseline_y);
  const Coverage coverage = rasterise(text, style, left - column, baseline_y - row);
  stamp(picture, static_cast<int>(column) - coverage.border_px, static_cast<int>(row) - coverage.ascent_px,
        coverage.alpha, style.colour);
}

void draw_text_upwards(RgbImage& picture, double x, double y, const std::string& text,
                       const TextStyle& style) {
  if (text.empty()) return;
  const Coverage coverage = rasterise(text, style, 0, 0);
  cv::Mat turned;
  cv::rotate(coverage.alpha, turned, cv::ROTATE_90_COUNTERCLOCKWISE);
  // After the turn the base line is a column; capitals lie to its left.
  const double left = x + kCapitalHeight * style.size_px / 2 - coverage.ascent_px;
  const double top = y + text_width(text, style) / 2 + coverage.border_px - turned.rows;
  stamp(picture, static_cast<int>(std::lround(left)), static_cast<int>(std::lround(top)), turned,
        style.colour);
}

void draw_plate(RgbImage& picture, int x, int y, const std::string& text, const TextStyle& style) {
  const int padding = static_cast<int>(std::lround(0.45 * style.size_px));
  const int width = static_cast<int>(std::ceil(text_width(text, style))) + 2 * padding;
  const int height = static_cast<int>(std::lround(1.5 * style.size_px));
  fill_rectangle(picture, x, y, width, height, {10, 11, 13}, 0.62);
  TextStyle left = style;
  left.anchor = Anchor::left;
  draw_text(picture, x + padding, y + (height + kCapitalHeight * style.size_px) / 2, text, left);
}

void fill_rectangle(RgbImage& picture, int x, int y, int width, int height, Colour colour, double opacity) {
  const int alpha = static_cast<int>(std::lround(255 * std::clamp(opacity, 0.0, 1.0)));
  for (int row = std::max(0, y); row < std::min(picture.height(), y + height); ++row) {
    for (int column = std::max(0, x); column < std::min(picture.width(), x + width); ++column) {
      blend(picture, column, row, colour, alpha);
    }
  }
}

void paste(RgbImage& picture, int x, int y, const RgbImage& part) {
  if (x < 0 || y < 0 || x + part.width() > picture.width() || y + part.height() > picture.height()) {
    throw Error("picture", "a part does not fit into its place");
  }
  for (int row = 0; row < part.height(); ++row) {
    std::copy_n(part.row(row), static_cast<std::size_t>(part.width()) * 3, picture.pixel(x, y + row));
  }
}

RgbImage blank_picture(int width, int height, Colour colour) {
  RgbImage picture(width, height);
  for (std::size_t i = 0; i < picture.pixels(); ++i) {
    picture.data()[3 * i] = colour.red;
    picture.data()[3 * i + 1] = colour.green;
    picture.data()[3 * i + 2] = colour.blue;
  }
  return picture;
}

}  // namespace vd
