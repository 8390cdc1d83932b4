// SPDX-License-Identifier: Apache-2.0
#include "report/drawing.h"

#include <fmt/format.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "image/opencv.h"

namespace vd {
namespace {

constexpr int kOversampling = 3;
constexpr double kDash = 5, kDashGap = 4;
constexpr int kFractionBits = 4;  // OpenCV takes points as integers with so many bits after the point

std::string hex(Colour colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

struct SvgWriter {
  std::string& svg;

  void operator()(const Polyline& line) const {
    std::string points;
    for (const Vec2& p : line.points)
      points += fmt::format("{}{:.2f},{:.2f}", points.empty() ? "" : " ", p.x(), p.y());
    svg += fmt::format(R"(<{} points="{}" fill="{}" stroke="{}" stroke-width="{:g}")",
                       line.closed ? "polygon" : "polyline", points, line.fill ? hex(*line.fill) : "none",
                       hex(line.colour), line.width_px);
    if (line.opacity < 1) svg += fmt::format(R"( opacity="{:g}")", line.opacity);
    if (line.dashed) svg += fmt::format(R"( stroke-dasharray="{:g} {:g}")", kDash, kDashGap);
    svg += R"( stroke-linejoin="round" stroke-linecap="round"/>)"
           "\n";
  }

  void operator()(const Disc& disc) const {
    svg += fmt::format(R"(<circle cx="{:.2f}" cy="{:.2f}" r="{:g}" fill="{}")", disc.centre.x(),
                       disc.centre.y(), disc.radius_px, hex(disc.fill));
    if (disc.outline_px > 0)
      svg += fmt::format(R"( stroke="{}" stroke-width="{:g}")", hex(disc.outline), disc.outline_px);
    svg += "/>\n";
  }

  void operator()(const Label& label) const {
    const char* anchor = label.upwards || label.style.anchor == Anchor::middle ? "middle"
                         : label.style.anchor == Anchor::right                 ? "end"
                                                                               : "start";
    svg += fmt::format(R"(<text x="{:.2f}" y="{:.2f}" font-size="{:g}" fill="{}" text-anchor="{}")",
                       label.at.x(), label.at.y(), label.style.size_px, hex(label.style.colour), anchor);
    if (label.style.bold) svg += R"( font-weight="bold")";
    if (label.upwards) {
      svg += fmt::format(R"svg( dominant-baseline="central" transform="rotate(-90 {:.2f} {:.2f})")svg",
                         label.at.x(), label.at.y());
    }
    svg += ">" + escaped(label.text) + "</text>\n";
  }
};

cv::Scalar scalar(Colour colour) { return {double(colour.red), double(colour.green), double(colour.blue)}; }

cv::Point fixed_point(const Vec2& p) {
  constexpr double kScale = kOversampling * (1 << kFractionBits);
  return {static_cast<int>(std::lround(p.x() * kScale)), static_cast<int>(std::lround(p.y() * kScale))};
}

/// The pieces of a line that a dashed pen leaves.
std::vector<std::vector<Vec2>> dashes(const std::vector<Vec2>& points) {
  std::vector<std::vector<Vec2>> pieces;
  double left = kDash;
  bool is_down = true;
  if (!points.empty()) pieces.push_back({points.front()});
  for (std::size_t k = 1; k < points.size(); ++k) {
    Vec2 here = points[k - 1];
    double rest = (points[k] - here).norm();
    while (rest > left) {
      here += (points[k] - here) * (left / rest);
      rest -= left;
      if (is_down)
        pieces.back().push_back(here);
      else
        pieces.push_back({here});
      is_down = !is_down;
      left = is_down ? kDash : kDashGap;
    }
    left -= rest;
    if (is_down) pieces.back().push_back(points[k]);
  }
  return pieces;
}

void draw_strokes(cv::Mat& canvas, const Polyline& line) {
  const int thickness = std::max(1, static_cast<int>(std::lround(line.width_px * kOversampling)));
  const auto pieces =
      line.dashed && !line.closed ? dashes(line.points) : std::vector<std::vector<Vec2>>{line.points};
  for (const auto& piece : pieces) {
    std::vector<cv::Point> points;
    for (const Vec2& p : piece) points.push_back(fixed_point(p));
    if (line.fill)
      cv::fillPoly(canvas, std::vector<std::vector<cv::Point>>{points}, scalar(*line.fill), cv::LINE_AA,
                   kFractionBits);
    if (line.width_px > 0)
      cv::polylines(canvas, points, line.closed, scalar(line.colour), thickness, cv::LINE_AA, kFractionBits);
  }
}

void draw_line(cv::Mat& canvas, const Polyline& line) {
  if (line.points.empty()) return;
  if (line.opacity >= 1) return draw_strokes(canvas, line);
  cv::Mat painted = canvas.clone();
  draw_strokes(painted, line);
  cv::addWeighted(painted, line.opacity, canvas, 1 - line.opacity, 0, canvas);
}

void draw_disc(cv::Mat& canvas, const Disc& disc) {
  const auto radius = [](double r) {
    return static_cast<int>(std::lround(r * kOversampling * (1 << kFractionBits)));
  };
  const cv::Point centre = fixed_point(disc.centre);
  if (disc.outline_px > 0) {
    cv::circle(canvas, centre, radius(disc.radius_px + disc.outline_px / 2), scalar(disc.outline), cv::FILLED,
               cv::LINE_AA, kFractionBits);
  }
  cv::circle(canvas, centre, radius(disc.radius_px - disc.outline_px / 2), scalar(disc.fill), cv::FILLED,
             cv::LINE_AA, kFractionBits);
}

}  // namespace

std::string to_svg(const Drawing& drawing) {
  std::string svg = fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?>)"
      "\n"
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:g}" height="{1:g}" viewBox="0 0 {0:g} {1:g}" )"
      R"(font-family="Helvetica, Arial, 'Liberation Sans', sans-serif">)"
      "\n"
      R"(<rect width="{0:g}" height="{1:g}" fill="{2}"/>)"
      "\n",
      drawing.width, drawing.height, hex(drawing.background));
  for (const auto& shape : drawing.shapes) std::visit(SvgWriter{svg}, shape);
  return svg + "</svg>\n";
}

RgbImage to_picture(const Drawing& drawing) {
  const int width = static_cast<int>(std::ceil(drawing.width)),
            height = static_cast<int>(std::ceil(drawing.height));
  cv::Mat canvas(height * kOversampling, width * kOversampling, CV_8UC3, scalar(drawing.background));
  // Lines and discs first: labels are drawn at their final size, and no line is meant to cross one.
  for (const auto& shape : drawing.shapes) {
    if (const auto* line = std::get_if<Polyline>(&shape))
      draw_line(canvas, *line);
    else if (const auto* disc = std::get_if<Disc>(&shape))
      draw_disc(canvas, *disc);
  }
  cv::Mat small;
  cv::resize(canvas, small, cv::Size(width, height), 0, 0, cv::INTER_AREA);
  RgbImage picture = from_mat<std::uint8_t, 3>(small);
  for (const auto& shape : drawing.shapes) {
    const auto* label = std::get_if<Label>(&shape);
    if (label == nullptr) continue;
    if (label->upwards)
      draw_text_upwards(picture, label->at.x(), label->at.y(), label->text, label->style);
    else
      draw_text(picture, label->at.x(), label->at.y(), label->text, label->style);
  }
  return picture;
}

}  // namespace vd
