// SPDX-License-Identifier: Apache-2.0
#include "report/camera_path.h"

#include <cmath>

#include "catch.h"
#include "core/error.h"
#include "core/random.h"

namespace vd {
namespace {

/// A camera that drives straight ahead (z) in steps of 1 m, with the usual axes: y points down.
std::vector<SE3> straight_drive(int frames) {
  std::vector<SE3> poses(static_cast<std::size_t>(frames));
  for (int k = 0; k < frames; ++k) poses[k].translation = {0, 0, static_cast<double>(k)};
  return poses;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("a straight drive is seen from above, forward to the top", "[report]") {
  const PathView view = view_from_above(straight_drive(10));
  CHECK((view.up - Vec3(0, 0, 1)).norm() < 1e-9);
  CHECK((view.right - Vec3(1, 0, 0)).norm() < 1e-9);
}

TEST_CASE("motion in an upright plane is seen from the side that shows it", "[report]") {
  std::vector<SE3> poses(40);
  for (std::size_t k = 0; k < poses.size(); ++k) {  // a circle in x and y, looking along z
    poses[k].translation = {3 * std::cos(0.15 * k), 3 * std::sin(0.15 * k), 0};
  }
  const PathView view = view_from_above(poses);
  CHECK(std::abs(view.right.cross(view.up).z()) == Approx(1).margin(1e-6));
}

TEST_CASE("the view turns with the world", "[report][property]") {
  Random random(GENERATE(1, 2, 3));
  std::vector<SE3> poses = straight_drive(12);
  for (SE3& pose : poses) pose.translation += Vec3(random.uniform(-2, 2), random.uniform(-0.1, 0.1), 0);
  const SE3 turned_from_world{rotation_exp({random.normal(), random.normal(), random.normal()}), {4, -1, 2}};
  std::vector<SE3> turned;
  for (const SE3& pose : poses) turned.push_back(turned_from_world * pose);
  const PathView a = view_from_above(poses), b = view_from_above(turned);
  CHECK((turned_from_world.rotation * a.right - b.right).norm() < 1e-6);
  CHECK((turned_from_world.rotation * a.up - b.up).norm() < 1e-6);
  CHECK((turned_from_world * a.origin - b.origin).norm() < 1e-6);
}

TEST_CASE("a camera that only turns, or a single frame, still gives a picture", "[report]") {
  const auto poses = std::vector<SE3>(static_cast<std::size_t>(GENERATE(1, 5)));
  const Drawing drawing = draw_camera_path(poses, {}, {"still", "m", "estimate", {}});
  CHECK(std::isfinite(drawing.width));
  CHECK(drawing.width > 300);
  const std::string svg = to_svg(drawing);
  CHECK(count(svg, "nan,") + count(svg, ",nan") + count(svg, "\"nan") + count(svg, "inf") == 0);
  CHECK_THROWS_AS(draw_camera_path({}, {}, {}), Error);
}

TEST_CASE("the SVG shows path, truth and markers at the same scale both ways", "[report]") {
  auto estimate = straight_drive(11);
  auto truth = estimate;
  for (SE3& pose : truth) pose.translation.x() += 1;
  const Drawing drawing =
      draw_camera_path(estimate, truth, {"drive <1> & \"2\"", "m", "estimate", {"ATE 1 m"}});
  std::vector<const Polyline*> paths;
  std::vector<const Disc*> discs;
  for (const auto& shape : drawing.shapes) {
    if (const auto* line = std::get_if<Polyline>(&shape); line && line->points.size() == 11)
      paths.push_back(line);
    if (const auto* disc = std::get_if<Disc>(&shape)) discs.push_back(disc);
  }
  REQUIRE(paths.size() == 2);
  CHECK(paths[1]->dashed);
  const Vec2 step = paths[0]->points[1] - paths[0]->points[0];
  CHECK(step.x() == Approx(0).margin(1e-6));
  CHECK(step.y() < -20);  // forward is up
  const Vec2 beside = paths[1]->points[0] - paths[0]->points[0];
  CHECK(beside.x() == Approx(-step.y()));  // 1 m to the right is as long as 1 m ahead
  CHECK(beside.y() == Approx(0).margin(1e-6));
  REQUIRE(discs.size() == 4);  // last, first, and both in the legend
  CHECK((discs[0]->centre - paths[0]->points[10]).norm() < 1e-9);
  CHECK((discs[1]->centre - paths[0]->points[0]).norm() < 1e-9);
}

TEST_CASE("SVG text is well formed", "[report]") {
  const Drawing drawing =
      draw_camera_path(straight_drive(5), {}, {"drive <1> & \"2\"", "relative", "estimate", {"a < b"}});
  const std::string svg = to_svg(drawing);
  CHECK(svg.find("drive &lt;1&gt; &amp; &quot;2&quot;") != std::string::npos);
  CHECK(svg.find("path units") != std::string::npos);
  CHECK(count(svg, "<text") == count(svg, "</text>"));
  CHECK(count(svg, "<svg") == 1);
  CHECK(svg.substr(svg.size() - 7) == "</svg>\n");
  // Every element is closed: as many "/>" and "</" as tags that open, the declaration apart.
  CHECK(count(svg, "<") - 1 == count(svg, "/>") + 2 * count(svg, "</"));
}

TEST_CASE("the picture of a drawing shows its colours where its coordinates say", "[report]") {
  Drawing drawing;
  drawing.width = 60;
  drawing.height = 40;
  drawing.background = {255, 255, 255};
  drawing.shapes.push_back(Disc{{20, 10}, 6, {200, 0, 0}, {}, 0});
  drawing.shapes.push_back(Polyline{{{40, 0}, {40, 39}}, {0, 0, 200}, 5});
  Polyline square{{{2, 25}, {12, 25}, {12, 35}, {2, 35}}, {0, 200, 0}, 1};
  square.closed = true;
  square.fill = Colour{0, 200, 0};
  drawing.shapes.push_back(square);
  const RgbImage picture = to_picture(drawing);
  REQUIRE(picture.width() == 60);
  REQUIRE(picture.height() == 40);
  const auto is = [&](int x, int y, Colour c) {
    return std::abs(picture(x, y, 0) - c.red) + std::abs(picture(x, y, 1) - c.green) +
               std::abs(picture(x, y, 2) - c.blue) <
           6;
  };
  CHECK(is(20, 10, {200, 0, 0}));
  CHECK(is(40, 20, {0, 0, 200}));
  CHECK(is(7, 30, {0, 200, 0}));
  CHECK(is(30, 20, {255, 255, 255}));
  CHECK(is(55, 35, {255, 255, 255}));
}

TEST_CASE("a dashed line leaves gaps", "[report]") {
  Drawing drawing;
  drawing.width = 100;
  drawing.height = 9;
  Polyline line{{{0, 4.5}, {50, 4.5}, {99, 4.5}}, {255, 255, 255}, 2};
  line.dashed = true;
  drawing.shapes.push_back(line);
  const RgbImage picture = to_picture(drawing);
  int changes = 0;
  for (int x = 1; x < 100; ++x) changes += (picture(x, 4, 0) > 127) != (picture(x - 1, 4, 0) > 127);
  CHECK(changes >= 18);  // a dash and a gap every 9 pixels
  CHECK(changes <= 24);
}

}  // namespace
}  // namespace vd
