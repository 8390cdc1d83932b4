// SPDX-License-Identifier: Apache-2.0
#include "report/camera_path.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "report/ticks.h"

namespace vd {
namespace {

constexpr Colour kPaper = {255, 255, 255}, kInk = {32, 35, 40}, kFaintInk = {110, 115, 124},
                 kGrid = {232, 234, 238};
constexpr Colour kFrame = {190, 194, 202}, kTruth = {120, 126, 136}, kEstimate = {28, 98, 206};
constexpr Colour kStart = {28, 158, 92}, kEnd = {214, 62, 48};
constexpr double kLeft = 74, kRight = 28, kTop = 52, kBottom = 60;  // around the plot
constexpr double kLegendWidth = 190;                                // at least
constexpr TextStyle kTitle = {19, kInk, true}, kNote = {13, kFaintInk};
constexpr double kLongSide = 640, kShortSide = 380;  // of the plot

/// World to pixels of the drawing, with equal scale both ways.
struct Frame {
  PathView view;
  double low_x, low_y, high_x, high_y;  // world range of the plot, in path units
  double scale;                         // pixels per unit
  [[nodiscard]] Vec2 in_plane(const Vec3& p) const {
    return {(p - view.origin).dot(view.right), (p - view.origin).dot(view.up)};
  }
  [[nodiscard]] Vec2 pixel(const Vec2& p) const {
    return {kLeft + (p.x() - low_x) * scale, kTop + (high_y - p.y()) * scale};
  }
  [[nodiscard]] double width() const { return (high_x - low_x) * scale; }
  [[nodiscard]] double height() const { return (high_y - low_y) * scale; }
};

Frame fit_frame(const PathView& view, Span<const SE3> estimate, Span<const SE3> truth) {
  Frame frame{view, INFINITY, INFINITY, -INFINITY, -INFINITY, 1};
  for (const auto& path : {estimate, truth}) {
    for (const SE3& pose : path) {
      const Vec2 p = frame.in_plane(pose.translation);
      frame.low_x = std::min(frame.low_x, p.x());
      frame.high_x = std::max(frame.high_x, p.x());
      frame.low_y = std::min(frame.low_y, p.y());
      frame.high_y = std::max(frame.high_y, p.y());
    }
  }
  double extent = std::max(frame.high_x - frame.low_x, frame.high_y - frame.low_y);
  if (!(extent > 1e-9)) extent = 1;  // a camera that only turns
  // Some air around the path, and no side so short that its axis cannot be read.
  const double least = extent * kShortSide / kLongSide;
  const auto widen = [&](double& low, double& high) {
    const double middle = (low + high) / 2, half = std::max(least, (high - low) + 0.16 * extent) / 2;
    low = middle - half;
    high = middle + half;
  };
  widen(frame.low_x, frame.high_x);
  widen(frame.low_y, frame.high_y);
  frame.scale = kLongSide / std::max(frame.high_x - frame.low_x, frame.high_y - frame.low_y);
  return frame;
}

std::string axis_name(const std::string& direction, const std::string& unit) {
  return direction + (unit == "m" ? " [m]" : " [path units]");
}

void draw_axes(Drawing& drawing, const Frame& frame, const CameraPathOptions& options) {
  const Vec2 low = frame.pixel({frame.low_x, frame.low_y}), high = frame.pixel({frame.high_x, frame.high_y});
  TextStyle number{13, kFaintInk, false, Anchor::middle};
  const auto x_ticks = linear_ticks(frame.low_x, frame.high_x, std::max(2, int(frame.width() / 90)));
  const auto y_ticks = linear_ticks(frame.low_y, frame.high_y, std::max(2, int(frame.height() / 70)));
  const auto step = [](const std::vector<double>& t) {
    return t.size() > 1 ? t[1] - t[0] : std::abs(t.empty() ? 1 : t[0]);
  };
  for (const double tick : x_ticks) {
    const double x = frame.pixel({tick, 0}).x();
    drawing.shapes.push_back(Polyline{{{x, low.y()}, {x, high.y()}}, kGrid});
    drawing.shapes.push_back(Label{{x, low.y() + 20}, tick_text(tick, step(x_ticks)), number});
  }
  number.anchor = Anchor::right;
  for (const double tick : y_ticks) {
    const double y = frame.pixel({0, tick}).y();
    drawing.shapes.push_back(Polyline{{{low.x(), y}, {high.x(), y}}, kGrid});
    drawing.shapes.push_back(Label{{low.x() - 8, y + 4.5}, tick_text(tick, step(y_ticks)), number});
  }
  drawing.shapes.push_back(
      Polyline{{low, {high.x(), low.y()}, high, {low.x(), high.y()}}, kFrame, 1, 1, true});
  const TextStyle axis{14, kInk, false, Anchor::middle};
  drawing.shapes.push_back(
      Label{{(low.x() + high.x()) / 2, low.y() + 44}, axis_name("right", options.unit), axis});
  drawing.shapes.push_back(
      Label{{18, (low.y() + high.y()) / 2}, axis_name("forward", options.unit), axis, true});
}

void draw_path(Drawing& drawing, const Frame& frame, Span<const SE3> path, Colour colour, double width_px,
               bool dashed) {
  Polyline line{{}, colour, width_px};
  line.dashed = dashed;
  for (const SE3& pose : path) line.points.push_back(frame.pixel(frame.in_plane(pose.translation)));
  drawing.shapes.push_back(line);
}

/// A small frustum that opens in a direction (of length 1, in pixels).
void add_wedge(Drawing& drawing, const Vec2& at, const Vec2& direction, Colour colour) {
  const Vec2 side(-direction.y(), direction.x());
  Polyline wedge{{at, at + 18 * direction + 8 * side, at + 18 * direction - 8 * side}, colour, 1.2};
  wedge.opacity = 0.35;
  wedge.closed = true;
  wedge.fill = colour;
  drawing.shapes.push_back(wedge);
}

/// Small wedges that show where the camera looks, about a dozen along the path.
void draw_views(Drawing& drawing, const Frame& frame, Span<const SE3> path, Colour colour) {
  const std::size_t every = std::max<std::size_t>(1, (path.size() + 11) / 12);
  for (std::size_t k = 0; k < path.size(); k += every) {
    const Vec2 at = frame.pixel(frame.in_plane(path[k].translation));
    const Vec3 forward = path[k].rotation * Vec3::UnitZ();
    Vec2 direction(forward.dot(frame.view.right), -forward.dot(frame.view.up));
    if (direction.norm() < 0.2) continue;  // looks along the normal of the plane
    direction.normalize();
    add_wedge(drawing, at, direction, colour);
  }
}

/// Room for the longest note; a tenth more, since the fonts of browsers differ.
double legend_width(const CameraPathOptions& options) {
  double width = kLegendWidth;
  for (const std::string& note : options.notes)
    width = std::max(width, 1.1 * text_width(note, kNote) + kRight);
  return width;
}

void draw_legend(Drawing& drawing, double x, bool has_truth, const CameraPathOptions& options) {
  const TextStyle text{14, kInk};
  double y = kTop + 12;
  const auto line_entry = [&](const std::string& name, Colour colour, double width, bool dashed) {
    Polyline line{{{x, y - 5}, {x + 30, y - 5}}, colour, width};
    line.dashed = dashed;
    drawing.shapes.push_back(line);
    drawing.shapes.push_back(Label{{x + 42, y}, name, text});
    y += 25;
  };
  const auto disc_entry = [&](const std::string& name, Colour colour) {
    drawing.shapes.push_back(Disc{{x + 15, y - 5}, 6, colour, kPaper, 1.5});
    drawing.shapes.push_back(Label{{x + 42, y}, name, text});
    y += 25;
  };
  line_entry(options.path_name, kEstimate, 2.4, false);
  if (has_truth) line_entry("ground truth", kTruth, 2, true);
  add_wedge(drawing, {x + 6, y - 5}, {1, 0}, kEstimate);
  drawing.shapes.push_back(Label{{x + 42, y}, "field of view", text});
  y += 25;
  disc_entry("first frame", kStart);
  disc_entry("last frame", kEnd);
  y += 8;
  for (const std::string& note : options.notes) {
    drawing.shapes.push_back(Label{{x, y}, note, kNote});
    y += 21;
  }
}

}  // namespace

PathView view_from_above(Span<const SE3> world_from_camera) {
  if (world_from_camera.empty()) throw Error("camera path", "no poses");
  Vec3 mean = Vec3::Zero(), up = Vec3::Zero(), forward = Vec3::Zero();
  for (const SE3& pose : world_from_camera) {
    mean += pose.translation;
    up -= pose.rotation * Vec3::UnitY();
    forward += pose.rotation * Vec3::UnitZ();
  }
  mean /= static_cast<double>(world_from_camera.size());
  if (up.norm() < 1e-9) up = -(world_from_camera[0].rotation * Vec3::UnitY());
  up.normalize();
  Mat3 spread = Mat3::Zero();
  for (const SE3& pose : world_from_camera)
    spread += (pose.translation - mean) * (pose.translation - mean).transpose();
  const double largest = Eigen::SelfAdjointEigenSolver<Mat3>(spread).eigenvalues()(2);
  if (largest > 1e-18)
    spread /= largest;
  else
    spread.setZero();
  // The second term decides where less than a twentieth of the spread (a fifth of its width) lies across the
  // path.
  const Mat3 cost = spread + 0.05 * (Mat3::Identity() - up * up.transpose());
  Vec3 normal = Eigen::SelfAdjointEigenSolver<Mat3>(cost).eigenvectors().col(0);
  if (normal.dot(up) < 0) normal = -normal;
  Vec3 top = forward - normal * normal.dot(forward);
  if (top.norm() < 0.1 * forward.norm() || top.norm() < 1e-9)
    top = up - normal * normal.dot(up);  // looks along the normal
  if (top.norm() < 1e-9) top = normal.unitOrthogonal();
  top.normalize();
  return {world_from_camera[0].translation, top.cross(normal), top};
}

Drawing draw_camera_path(Span<const SE3> estimate, Span<const SE3> truth, const CameraPathOptions& options) {
  if (estimate.empty()) throw Error("camera path", "no poses");
  const Frame frame = fit_frame(view_from_above(truth.empty() ? estimate : truth), estimate, truth);
  Drawing drawing;
  drawing.background = kPaper;
  const double legend_x = kLeft + frame.width() + kRight;
  drawing.width = std::round(
      std::max(legend_x + legend_width(options), kLeft + 1.1 * text_width(options.title, kTitle) + kRight));
  drawing.height = std::round(kTop + frame.height() + kBottom);
  drawing.shapes.push_back(Label{{kLeft, 32}, options.title, kTitle});
  draw_axes(drawing, frame, options);
  draw_views(drawing, frame, estimate, kEstimate);
  // The estimate below, the dashed truth above it: where they agree both can be seen.
  draw_path(drawing, frame, estimate, kEstimate, 2.6, false);
  if (!truth.empty()) draw_path(drawing, frame, truth, kTruth, 1.6, true);
  const Vec2 first = frame.pixel(frame.in_plane(estimate[0].translation));
  const Vec2 last = frame.pixel(frame.in_plane(estimate[estimate.size() - 1].translation));
  drawing.shapes.push_back(Disc{last, 6, kEnd, kPaper, 1.5});
  drawing.shapes.push_back(Disc{first, 6, kStart, kPaper, 1.5});
  draw_legend(drawing, legend_x, !truth.empty(), options);
  return drawing;
}

}  // namespace vd
