// SPDX-License-Identifier: Apache-2.0
#include "clip/import_known.h"

#include <cmath>

#include "catch.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "io/dense.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/trajectory.h"
#include "temporary_folder.h"

namespace fs = std::filesystem;

namespace {

constexpr int width = 96;
constexpr int height = 64;
const vd::Intrinsics camera{80, 82, 47.5, 31.5, width, height};
const vd::Lens lens = vd::make_lens(vd::LensModel::opencv, {-0.2, 0.05, 0.001, -0.002, 0.0}, "k");

/// A checkerboard on the plane z = 1, as the lens sees it.
vd::RgbImage picture() {
  vd::RgbImage image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const vd::Vec2 bent = camera.unproject({static_cast<double>(x), static_cast<double>(y)}).head<2>();
      vd::Vec2 ray = bent;
      for (int k = 0; k < 50; ++k) ray += bent - lens.distort(ray);
      const double value = 128 + 80 * std::sin(12 * ray.x()) * std::sin(12 * ray.y());
      for (int c = 0; c < 3; ++c) image(x, y, c) = static_cast<std::uint8_t>(std::lround(value));
    }
  }
  return image;
}

std::string opencv_yaml() {
  return "%YAML:1.0\n---\nimage_width: 96\nimage_height: 64\ncamera_matrix: !!opencv-matrix\n   rows: 3\n   "
         "cols: 3\n"
         "   dt: d\n   data: [ 80., 0., 47.5, 0., 82., 31.5, 0., 0., 1. ]\ndistortion_coefficients: "
         "!!opencv-matrix\n"
         "   rows: 1\n   cols: 5\n   dt: d\n   data: [ -0.2, 0.05, 0.001, -0.002, 0. ]\n";
}

void write_source(const fs::path& folder) {
  for (const char* name : {"a.png", "b.png", "c.png"}) vd::write_png(folder / name, picture());
}

vd::Clip import_folder(const fs::path& source, const fs::path& folder, const vd::ImportOptions& options) {
  const auto frames = vd::open_image_folder(source, 10);
  (void)vd::import_frames(*frames, "source", options, folder);
  return vd::Clip::open(folder);
}

std::string refusal(const fs::path& source, const vd::ImportOptions& options, const fs::path& folder) {
  try {
    (void)import_folder(source, folder, options);
  } catch (const vd::Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a known thing says how it is taken", "[clip][known]") {
  CHECK(vd::parse_known("--poses", "traj.txt", 2).as.mode == vd::KnownMode::fixed);
  CHECK(vd::parse_known("--poses", "traj.txt:fixed", 2).text == "traj.txt");
  CHECK(vd::parse_known("--poses", "a:b/traj.txt:init", 2).text == "a:b/traj.txt");
  CHECK(vd::parse_known("--poses", "a:b/traj.txt", 2).text == "a:b/traj.txt");
  const vd::Known prior = vd::parse_known("--poses", "traj.txt:prior=0.05,1.5", 2);
  CHECK(prior.text == "traj.txt");
  CHECK(prior.as.mode == vd::KnownMode::prior);
  CHECK(prior.as.sigmas == std::vector<double>{0.05, 1.5});
  CHECK(vd::parse_known("--intrinsics", "500,500,320,240:init", 1).text == "500,500,320,240");
  for (const char* wrong : {"k:prior", "k:prior=", "k:prior=0", "k:prior=-1", "k:prior=x", "k:prior=1,2"}) {
    CHECK_THROWS_AS(vd::parse_known("--intrinsics", wrong, 1), vd::MisuseError);
  }
}

TEST_CASE("a camera with a lens is turned into a pinhole, and the lens is kept", "[clip][known]") {
  const vd::test::TemporaryFolder folder;
  write_source(folder / "in");
  vd::write_text(folder / "k.yaml", opencv_yaml());
  vd::ImportOptions options;
  options.intrinsics = (folder / "k.yaml").string() + ":prior=0.02";
  options.max_side = width / 2;
  const vd::Clip clip = import_folder(folder / "in", folder / "clip", options);
  REQUIRE(clip.info().lenses.size() == 1);
  CHECK(clip.info().lenses[0].undone);
  CHECK(clip.info().lenses[0].camera.lens.coefficients == lens.coefficients);
  CHECK(clip.info().lenses[0].camera.intrinsics.fy == 82);
  CHECK(clip.info().known_as.at("intrinsics").mode == vd::KnownMode::prior);
  CHECK(clip.info().known_as.at("intrinsics").sigmas == std::vector<double>{0.02});
  const vd::Intrinsics pinhole = vd::read_intrinsics(folder / "clip/known/intrinsics.txt").at(0);
  CHECK(pinhole.width == width / 2);
  options.max_side = 0;
  const vd::Clip whole = import_folder(folder / "in", folder / "whole", options);
  const vd::Intrinsics straight = vd::read_intrinsics(folder / "whole/known/intrinsics.txt").at(2);
  const vd::RgbImage frame = whole.read_frame(1);
  double worst = 0;
  for (int y = 2; y < height - 2; ++y) {
    for (int x = 2; x < width - 2; ++x) {
      const vd::Vec3 ray = straight.unproject({static_cast<double>(x), static_cast<double>(y)});
      worst = std::max(
          worst, std::abs(frame(x, y, 0) - (128 + 80 * std::sin(12 * ray.x()) * std::sin(12 * ray.y()))));
    }
  }
  CHECK(worst < 3);
}

TEST_CASE("--undistort never keeps the frames, and the record of the lens", "[clip][known]") {
  const vd::test::TemporaryFolder folder;
  write_source(folder / "in");
  vd::write_text(folder / "k.yaml", opencv_yaml());
  vd::ImportOptions options;
  options.intrinsics = (folder / "k.yaml").string();
  options.undistort = vd::Undistort::never;
  const vd::Clip clip = import_folder(folder / "in", folder / "clip", options);
  CHECK(vd::read_text(folder / "in/a.png") == vd::read_text(folder / "clip/rgb/000000.png"));
  REQUIRE(clip.info().lenses.size() == 1);
  CHECK_FALSE(clip.info().lenses[0].undone);
  CHECK(vd::read_intrinsics(folder / "clip/known/intrinsics.txt").at(0).fx == 80);
}

TEST_CASE("poses and masks go by the names of the frames", "[clip][known]") {
  const vd::test::TemporaryFolder folder;
  write_source(folder / "in");
  vd::write_text(folder / "images.txt",
                 "3 1 0 0 0 -3 0 0 1 c.png\n\n1 1 0 0 0 -1 0 0 1 a.png\n\n2 1 0 0 0 -2 0 0 1 b.png\n\n");
  vd::GreyImage mask(width, height);
  for (const char* name : {"a.png", "b.png", "c.png"}) {
    mask(name[0] - 'a', 5) = 200;
    vd::write_png(folder / "masks" / name, mask);
  }
  vd::ImportOptions options;
  options.poses = (folder / "images.txt").string() + ":init";
  options.poses_unit = "m";
  options.masks = (folder / "masks").string();
  options.frames = "1:";
  const vd::Clip clip = import_folder(folder / "in", folder / "clip", options);
  CHECK(clip.info().known_unit == "m");
  CHECK(clip.info().names == std::vector<std::string>{"b.png", "c.png"});
  CHECK(clip.info().known_as.at("poses").mode == vd::KnownMode::init);
  const auto poses = vd::read_trajectory(folder / "clip/known/traj.txt");
  REQUIRE(poses.size() == 2);
  CHECK(poses[0].time_s == Approx(0.1));
  CHECK(poses[0].world_from_camera.translation.x() == 2);
  CHECK(poses[1].world_from_camera.translation.x() == 3);
  const vd::MaskMap first = vd::read_mask(folder / "clip/known/masks/000000.png");
  CHECK(first(1, 5) == 255);
  CHECK(first(2, 5) == 0);
  options.mask_invert = true;
  (void)import_folder(folder / "in", folder / "inverted", options);
  CHECK(vd::read_mask(folder / "inverted/known/masks/000000.png")(1, 5) == 0);
  CHECK(vd::read_mask(folder / "inverted/known/masks/000001.png")(3, 5) == 255);
}

TEST_CASE("known things that do not fit are named", "[clip][known][hostile]") {
  const vd::test::TemporaryFolder folder;
  write_source(folder / "in");
  vd::ImportOptions options;
  SECTION("a camera of another size") {
    vd::write_text(folder / "k.txt", "100 100 31.5 23.5 64 48\n");
    options.intrinsics = (folder / "k.txt").string();
    CHECK(
        refusal(folder / "in", options, folder / "c").find("k.txt: stated at 64x48, the frames are 96x64") !=
        std::string::npos);
  }
  SECTION("a pose that is missing") {
    vd::write_text(folder / "t.txt", "0 0 0 0 0 0 0 1\n0.1 0 0 0 0 0 0 1\n");
    options.poses = (folder / "t.txt").string();
    CHECK(refusal(folder / "in", options, folder / "c")
              .find("t.txt: no pose for 1 of 3 frames (matched by time)") != std::string::npos);
  }
  SECTION("a mask that is missing") {
    vd::write_png(folder / "m/a.png", vd::GreyImage(width, height));
    options.masks = (folder / "m").string();
    CHECK(refusal(folder / "in", options, folder / "c").find("no mask of the name of 'b.png' (frame 1)") !=
          std::string::npos);
  }
  SECTION("a mask of another size") {
    vd::write_png(folder / "m.png", vd::GreyImage(width, 3));
    options.masks = (folder / "m.png").string();
    CHECK(refusal(folder / "in", options, folder / "c").find("m.png: is 96x3") != std::string::npos);
  }
  SECTION("a file that is not there") {
    options.poses = "nowhere.txt";
    CHECK(refusal(folder / "in", options, folder / "c") == "nowhere.txt: no such file");
    options.poses.clear();
    options.masks = "nowhere.png";
    CHECK(refusal(folder / "in", options, folder / "c") == "nowhere.png: no such file or folder");
  }
  CHECK_FALSE(fs::exists(folder / "c/clip.json"));
}
