// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "catch.h"
#include "core/error.h"
#include "report/colour_bar.h"
#include "report/contact_sheet.h"
#include "report/side_by_side.h"
#include "report/text.h"

namespace vd {
namespace {

FrameMaps grey_frame(int frame, int width, int height) {
  FrameMaps maps;
  maps.frame = frame;
  maps.rgb = RgbImage(width, height, 128);
  maps.depth = DepthMap(width, height, 2.0F);
  return maps;
}

PanelStyle plain_style() {
  PanelStyle style;
  style.depth_range = style.truth_range = {1, 10};
  return style;
}

TEST_CASE("a contact sheet has a cell for every frame and panel", "[report]") {
  std::vector<FrameMaps> frames = {grey_frame(0, 64, 36), grey_frame(5, 64, 36), grey_frame(9, 64, 36)};
  frames[1].mask = MaskMap(64, 36, 255);
  ContactSheetOptions options;
  options.cell_width = 160;
  const RgbImage sheet = contact_sheet(frames, plain_style(), options);
  // 3 columns of 160 and 3 rows (RGB, depth, mask) of 90 with gaps of 6, between the margins and the labels.
  CHECK(sheet.width() == 22 + 26 + 3 * 160 + 2 * 6 + 88 + 22);
  CHECK(sheet.height() == 22 + 58 + 24 + 3 * 90 + 2 * 6 + 22);
  const Size size = contact_sheet_size(3, 3, {64, 36}, options);
  CHECK(size.width == sheet.width());
  CHECK(size.height == sheet.height());
  // The RGB cells are grey, the depth cells have the colour of 2 units.
  const int row = 22 + 58 + 24;
  CHECK(sheet(22 + 26 + 80, row + 45, 0) == 128);
  const Colour depth = colour_at(ColourMap::ember, ColourRange{1, 10}.position(2));
  CHECK(std::abs(sheet(22 + 26 + 80, row + 96 + 45, 0) - depth.red) <= 1);
  CHECK(std::abs(sheet(22 + 26 + 80, row + 96 + 45, 2) - depth.blue) <= 1);
}

TEST_CASE("a contact sheet refuses frames of two sizes, and none", "[report]") {
  CHECK_THROWS_AS(contact_sheet({}, plain_style(), {}), Error);
  CHECK_THROWS_AS(contact_sheet({grey_frame(0, 8, 8), grey_frame(1, 8, 9)}, plain_style(), {}), Error);
}

TEST_CASE("sampled frames begin with the first and end with the last", "[report]") {
  CHECK(spread_frames(24, 6) == std::vector<int>{0, 5, 9, 14, 18, 23});
  CHECK(spread_frames(3, 6) == std::vector<int>{0, 1, 2});
  CHECK(spread_frames(1, 6) == std::vector<int>{0});
  CHECK(spread_frames(100, 1) == std::vector<int>{0});
}

TEST_CASE("panels are arranged towards the shape of a screen", "[report]") {
  const std::vector<Panel> four = {Panel::rgb, Panel::depth, Panel::confidence, Panel::mask};
  SECTION("wide frames two by two") {
    const auto layout = lay_out_side_by_side(four, {512, 288}, 1920);
    CHECK(layout.columns == 2);
    CHECK(layout.rows == 2);
    CHECK(layout.cell.width == 512);
    CHECK(layout.frame.width == 1026);
  }
  SECTION("upright frames in a row") { CHECK(lay_out_side_by_side(four, {288, 512}, 1920).columns == 4); }
  SECTION("very wide frames above each other") {
    CHECK(lay_out_side_by_side(four, {1600, 300}, 1920).columns == 1);
  }
  SECTION("large frames are made smaller, sides stay even") {
    const auto layout = lay_out_side_by_side(four, {3841, 2161}, 1920);
    CHECK(layout.frame.width <= 1920);
    CHECK(layout.frame.height <= 1920);
    CHECK(layout.frame.width % 2 == 0);
    CHECK(layout.frame.height % 2 == 0);
  }
  SECTION("two panels") {
    CHECK(lay_out_side_by_side({Panel::rgb, Panel::depth}, {640, 480}, 1920).columns == 2);
  }
  SECTION("nothing") { CHECK_THROWS_AS(lay_out_side_by_side({}, {640, 480}, 1920), Error); }
}

TEST_CASE("a video frame has the size of its layout, whatever is missing", "[report]") {
  FrameMaps maps = grey_frame(3, 64, 48);
  const auto layout =
      lay_out_side_by_side({Panel::rgb, Panel::depth, Panel::confidence, Panel::mask}, {64, 48}, 1920);
  const RgbImage picture = side_by_side(maps, plain_style(), layout);
  CHECK(picture.width() == layout.frame.width);
  CHECK(picture.height() == layout.frame.height);
  CHECK(picture(60, 40, 1) == 128);  // lower right of RGB, away from its label
}

TEST_CASE("numbers of a depth scale are round, apart and where they belong", "[report]") {
  const ColourRange range = GENERATE(ColourRange{0.5, 60}, ColourRange{2.1, 2.6}, ColourRange{1, INFINITY},
                                     ColourRange{0.003, 0.01});
  const auto ticks = depth_ticks(range, 200, 20);
  CHECK(ticks.size() >= 3);
  CHECK(ticks.size() <= 11);
  for (std::size_t k = 0; k < ticks.size(); ++k) {
    CHECK(range.position(std::stod(ticks[k].text)) == Approx(ticks[k].position).margin(0.02));
    if (k > 0) CHECK((ticks[k].position - ticks[k - 1].position) * 200 >= 20);
  }
}

TEST_CASE("text lies where it was put and never outside of the picture", "[report]") {
  RgbImage picture = blank_picture(100, 40, {0, 0, 0});
  TextStyle style{20, {255, 255, 255}};
  draw_text(picture, 10, 30, "E", style);
  int left = 100, right = -1, top = 40, bottom = -1;
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 100; ++x) {
      if (picture(x, y, 0) < 100) continue;
      left = std::min(left, x), right = std::max(right, x), top = std::min(top, y),
      bottom = std::max(bottom, y);
    }
  }
  CHECK(left >= 10);
  CHECK(right <= 10 + std::ceil(text_width("E", style)));
  CHECK(std::abs(bottom - 30) <= 2);
  CHECK(std::abs((bottom - top) - 0.72 * 20) <= 3);
  for (const Anchor anchor : {Anchor::left, Anchor::middle, Anchor::right}) {
    style.anchor = anchor;
    draw_text(picture, -5, 2, "outside", style);
    draw_text_upwards(picture, 99, 39, "outside", style);
  }
  CHECK(text_width("", style) == 0);
  CHECK(text_width("mm", style) > 1.5 * text_width("m", style));
}

TEST_CASE("sparse depth is thickened, dense depth is not", "[report]") {
  FrameMaps maps = grey_frame(0, 30, 30);
  maps.depth = DepthMap(30, 30);
  maps.depth(10, 10) = 2;
  const RgbImage sparse = panel_picture(Panel::depth, maps, plain_style());
  const Colour colour = colour_at(ColourMap::ember, ColourRange{1, 10}.position(2));
  CHECK(sparse(11, 11, 0) == colour.red);
  CHECK(sparse(12, 12, 0) == hatch(12, 12).red);
}

TEST_CASE("moving pixels keep their colour, still ones turn grey and dark", "[report]") {
  FrameMaps maps = grey_frame(0, 20, 20);
  for (std::size_t k = 0; k < maps.rgb.pixels(); ++k) maps.rgb.data()[3 * k] = 255;  // reddish
  maps.mask = MaskMap(20, 20);
  for (int y = 5; y < 15; ++y)
    for (int x = 5; x < 15; ++x) maps.mask(x, y) = 255;
  const RgbImage picture = panel_picture(Panel::mask, maps, plain_style());
  CHECK(picture(0, 0, 0) == picture(0, 0, 2));
  CHECK(picture(0, 0, 0) < 100);
  CHECK(picture(10, 10, 0) > 200);
  CHECK(picture(5, 10, 0) == palette::kMoving.red);
  CHECK(picture(5, 10, 2) == palette::kMoving.blue);
}

}  // namespace
}  // namespace vd
