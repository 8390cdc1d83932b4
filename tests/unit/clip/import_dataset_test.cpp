// SPDX-License-Identifier: Apache-2.0
// Miniatures of the data sets' layouts, written here, with every value of their truth checked in the clip.
#include "clip/import_dataset.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "catch.h"
#include "clip/clip.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "io/dense.h"
#include "io/flo.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/kitti_png.h"
#include "io/npz.h"
#include "io/trajectory.h"
#include "temporary_folder.h"

namespace fs = std::filesystem;

namespace {

constexpr int width = 8;
constexpr int height = 6;

vd::RgbImage picture(int seed) {
  vd::RgbImage image(width, height);
  for (std::size_t k = 0; k < image.values().size(); ++k) {
    image.values()[k] = static_cast<std::uint8_t>(37 * k + 11 * static_cast<std::size_t>(seed));
  }
  return image;
}

/// 16-bit depth whose first pixels are 0, 65535 and 1000 + seed.
void write_depth16(const fs::path& file, int seed) {
  vd::Map<std::uint16_t> depth(width, height, 2500);
  depth.values()[0] = 0;
  depth.values()[1] = 65535;
  depth.values()[2] = static_cast<std::uint16_t>(1000 + seed);
  vd::write_png(file, depth);
}

struct Imported {
  vd::Sequence sequence;
  vd::Clip clip;
  vd::DepthMap depth(int frame) const {
    return vd::read_depth(clip.folder() / "gt" / "depth" / (vd::frame_stem(frame) + ".exr"));
  }
  std::vector<vd::TimedPose> path() const { return vd::read_trajectory(clip.folder() / "gt" / "traj.txt"); }
  vd::Intrinsics camera(int frame) const {
    return vd::read_intrinsics(clip.folder() / "gt" / "intrinsics.txt").at(frame);
  }
};

Imported import_folder(const fs::path& source, const fs::path& folder, const std::string& name = "auto",
                       const vd::ImportOptions& options = {}) {
  const auto sequence = vd::open_sequence(source, name);
  REQUIRE(sequence);
  const auto frames = vd::open_frames(*sequence);
  vd::import_sequence_truth(
      *sequence, vd::import_frames(*frames, "source", options, folder, vd::cameras_of(*sequence)), folder);
  return {*sequence, vd::Clip::open(folder)};
}

void append_float(std::string& bytes, float value) { bytes.append(reinterpret_cast<const char*>(&value), 4); }
void append_double(std::string& bytes, double value) {
  bytes.append(reinterpret_cast<const char*>(&value), 8);
}
void append_int(std::string& bytes, std::int32_t value) {
  bytes.append(reinterpret_cast<const char*>(&value), 4);
}

void write_tum_layout(const fs::path& source) {
  // Frame 1 has no depth within 20 ms, frame 2 no pose; the clocks of the three lists differ.
  const double times_s[] = {1305031102.175304, 1305031102.211214, 1305031102.275326};
  std::string rgb = "# colour images\n# timestamp filename\n";
  for (int k = 0; k < 3; ++k) {
    const std::string name = "rgb/" + std::to_string(times_s[k]) + ".png";
    vd::write_png(source / name, picture(k));
    rgb += std::to_string(times_s[k]) + " " + name + "\n";
  }
  vd::write_text(source / "rgb.txt", rgb);
  write_depth16(source / "depth/a.png", 0);
  write_depth16(source / "depth/b.png", 1);
  write_depth16(source / "depth/c.png", 2);
  vd::write_text(
      source / "depth.txt",
      "1305031102.160407 depth/a.png\n1305031102.180000 depth/b.png\n1305031102.262886 depth/c.png\n");
  vd::write_text(source / "groundtruth.txt",
                 "# timestamp tx ty tz qx qy qz qw\n"
                 "1305031102.1658 1 2 3 0 0 0 1\n"
                 "1305031102.1758 4 5 6 0 0 0.70710678 0.70710678\n"
                 "1305031102.2258 7 8 9 0 0 0 1\n"
                 "1305031102.3 10 11 12 0 0 0 1\n");
}

}  // namespace

TEST_CASE("TUM RGB-D: depth and pose are those nearest in time", "[clip][dataset]") {
  const vd::test::TemporaryFolder folder;
  write_tum_layout(folder / "rgbd_dataset_freiburg1_mini");
  const Imported mini = import_folder(folder / "rgbd_dataset_freiburg1_mini", folder / "clip");
  CHECK(mini.sequence.data_set == "tum");
  CHECK(mini.clip.frame_count() == 3);
  CHECK(mini.clip.info().gt_unit == "m");
  CHECK(mini.clip.info().times_s[1] == 1305031102.211214);
  const vd::DepthMap depth = mini.depth(0);
  CHECK(depth.values()[0] == 0);
  CHECK(depth.values()[1] == Approx(65535 / 5000.0));
  CHECK(depth.values()[2] == Approx(1001 / 5000.0));  // 4.7 ms away, the other candidate is 14.9 ms away
  CHECK(depth.values()[3] == Approx(0.5));
  CHECK_FALSE(fs::exists(folder / "clip" / "gt" / "depth" / "000001.exr"));
  CHECK(mini.depth(2).values()[2] == Approx(1002 / 5000.0));
  const auto path = mini.path();
  REQUIRE(path.size() == 2);
  CHECK(path[0].time_s == 1305031102.175304);
  CHECK(path[0].world_from_camera.translation == vd::Vec3(4, 5, 6));
  CHECK(vd::rotation_angle_rad(path[0].world_from_camera.rotation) == Approx(std::acos(0.0)));
  CHECK(path[1].time_s == 1305031102.211214);
  CHECK(path[1].world_from_camera.translation == vd::Vec3(7, 8, 9));
  // The benchmark's camera of sensor 1, stated at 640x480; pixel centres keep their place.
  CHECK(mini.camera(0).fx == Approx(517.3 / 80));
  CHECK(mini.camera(0).cy == Approx((255.3 + 0.5) / 80 - 0.5));
}

TEST_CASE("Bonn: the layout of TUM with a camera of its own", "[clip][dataset]") {
  const vd::test::TemporaryFolder folder;
  write_tum_layout(folder / "rgbd_bonn_mini");
  fs::remove(folder / "rgbd_bonn_mini/rgb.txt");  // names are times too
  const Imported mini = import_folder(folder / "rgbd_bonn_mini", folder / "clip");
  CHECK(mini.sequence.data_set == "bonn");
  CHECK(mini.camera(2).fx == Approx(542.822841 / 80));
  REQUIRE(mini.clip.info().lenses.size() == 1);
  CHECK_FALSE(mini.clip.info().lenses[0].undone);
  CHECK(mini.clip.info().lenses[0].camera.lens.coefficients[1] == -0.099343);
  CHECK(mini.depth(0).values()[2] == Approx(1001 / 5000.0));
  CHECK(mini.path().size() == 2);
  CHECK(mini.sequence.notes.size() == 1);
}

TEST_CASE("KITTI odometry: the pose of the camera that took the frames", "[clip][dataset]") {
  const vd::test::TemporaryFolder folder;
  const fs::path source = folder / "dataset/sequences/07";
  for (int k = 0; k < 2; ++k) vd::write_png(source / "image_2" / (vd::frame_stem(k) + ".png"), picture(k));
  // Camera 2 sits 0.06 m to the left of camera 0: P2 = K [I | t] with t = (0.06, 0, 0).
  vd::write_text(source / "calib.txt",
                 "P0: 700 0 4 0 0 710 3 0 0 0 1 0\nP1: 700 0 4 -378 0 710 3 0 0 0 1 0\n"
                 "P2: 700 0 4 42 0 710 3 0 0 0 1 0\nP3: 700 0 4 -336 0 710 3 0 0 0 1 0\n");
  vd::write_text(source / "times.txt", "0.000000e+00\n1.036224e-01\n");
  // The second pose looks along the world's x axis.
  vd::write_text(folder / "dataset/poses/07.txt", "1 0 0 0 0 1 0 0 0 0 1 0\n0 0 1 5 0 1 0 6 -1 0 0 7\n");
  SECTION("colour") {
    const Imported mini = import_folder(source, folder / "clip");
    CHECK(mini.sequence.data_set == "kitti");
    CHECK(mini.clip.info().times_s == std::vector<double>{0, 0.1036224});
    CHECK(mini.camera(0).fx == 700);
    CHECK(mini.camera(0).fy == 710);
    CHECK(mini.camera(0).cx == 4);
    const auto path = mini.path();
    REQUIRE(path.size() == 2);
    CHECK((path[0].world_from_camera.translation - vd::Vec3(-0.06, 0, 0)).norm() < 1e-12);
    CHECK((path[1].world_from_camera.translation - vd::Vec3(5, 6, 7.06)).norm() < 1e-12);
    CHECK((path[1].world_from_camera.rotation * vd::Vec3(0, 0, 1) - vd::Vec3(1, 0, 0)).norm() < 1e-12);
  }
  SECTION("grey") {
    fs::rename(source / "image_2", source / "image_0");
    const auto path = import_folder(source, folder / "clip").path();
    CHECK((path[1].world_from_camera.translation - vd::Vec3(5, 6, 7)).norm() < 1e-12);
  }
  SECTION("a sequence without public truth") {
    fs::remove(folder / "dataset/poses/07.txt");
    CHECK_FALSE(import_folder(source, folder / "clip").sequence.frames[1].world_from_camera);
    CHECK_FALSE(fs::exists(folder / "clip" / "gt" / "traj.txt"));
  }
  SECTION("too few times") {
    vd::write_text(source / "times.txt", "0\n");
    CHECK_THROWS_AS(vd::open_sequence(source, "auto"), vd::Error);
  }
}

TEST_CASE("Sintel: cameras turned over, sky unknown, flow with what is hidden", "[clip][dataset]") {
  const vd::test::TemporaryFolder folder;
  const fs::path training = folder / "training";
  for (int k = 1; k <= 2; ++k) {
    const std::string stem = "frame_000" + std::to_string(k);
    vd::write_png(training / "clean/alley/" / (stem + ".png"), picture(k));
    std::string depth = "PIEH";
    append_int(depth, width);
    append_int(depth, height);
    for (int p = 0; p < width * height; ++p)
      append_float(depth, p == 0 ? 1e8F : 2.5F + static_cast<float>(p * k));
    vd::write_text(training / "depth/alley" / (stem + ".dpt"), depth);
    std::string camera = "PIEH";
    for (const double value : {900.0, 0.0, 3.5, 0.0, 910.0, 2.5, 0.0, 0.0, 1.0}) append_double(camera, value);
    // World to camera: a quarter turn about y, then a shift.
    for (const double value : {0.0, 0.0, -1.0, 1.0 * k, 0.0, 1.0, 0.0, 2.0, 1.0, 0.0, 0.0, 3.0}) {
      append_double(camera, value);
    }
    vd::write_text(training / "camdata_left/alley" / (stem + ".cam"), camera);
  }
  vd::FlowMap flow(width, height);
  for (std::size_t p = 0; p < flow.pixels(); ++p) {
    flow.data()[2 * p] = static_cast<float>(p) + 0.1F;  // no number of 16 bits
    flow.data()[2 * p + 1] = -1;
  }
  vd::write_text(training / "flow/alley/frame_0001.flo", vd::encode_flo(flow));
  vd::GreyImage hidden(width, height);
  hidden.values()[5] = 255;
  vd::write_png(training / "occlusions/alley/frame_0001.png", hidden);
  SECTION("at full size") {
    const Imported mini = import_folder(training / "clean/alley", folder / "clip");
    CHECK(mini.sequence.data_set == "sintel");
    CHECK(mini.clip.info().times_s[1] == Approx(1.0 / 24));
    CHECK(mini.depth(0).values()[0] == 0);
    CHECK(mini.depth(1).values()[3] == 8.5F);
    CHECK(mini.camera(1).fy == 910);
    CHECK(mini.camera(1).cx == 3.5);
    // centre = -R^T t with R = [0 0 -1; 0 1 0; 1 0 0]
    CHECK((mini.path()[1].world_from_camera.translation - vd::Vec3(-3, -2, 2)).norm() < 1e-12);
    const vd::FlowFile read = vd::read_flow(folder / "clip/gt/flow/000000_000001.exr");
    CHECK(read.flow.data()[2 * 7] == 7.1F);
    CHECK(read.confidence.values()[5] == 0);
    CHECK(read.confidence.values()[6] == 1);
    CHECK_FALSE(fs::exists(folder / "clip/gt/flow/000001_000002.exr"));
  }
  SECTION("reduced to half") {
    vd::ImportOptions half;
    half.max_side = width / 2;
    const Imported mini = import_folder(training / "clean/alley", folder / "clip", "sintel", half);
    CHECK(mini.depth(0).width() == width / 2);
    CHECK(mini.camera(0).fx == 450);
    CHECK(mini.camera(0).cx == Approx(1.5));
    CHECK(vd::read_flow(folder / "clip/gt/flow/000000_000001.exr").flow.data()[1] == -0.5F);
  }
  SECTION("a part of the frames") {
    vd::ImportOptions last;
    last.frames = "1:";
    const Imported mini = import_folder(training / "clean/alley", folder / "clip", "auto", last);
    CHECK(mini.depth(0).values()[3] == 8.5F);
    CHECK_FALSE(fs::exists(folder / "clip/gt/flow"));
  }
}

TEST_CASE("7-Scenes: two values mark missing depth, lost poses stay away", "[clip][dataset]") {
  const vd::test::TemporaryFolder folder;
  const fs::path source = folder / "chess/seq-01";
  const std::string poses[] = {
      "1 0 0 0.5\n0 1 0 0.25\n0 0 1 -1\n0 0 0 1\n",
      "-inf -inf -inf -inf\n-inf -inf -inf -inf\n-inf -inf -inf -inf\n-inf -inf -inf -inf\n",
      " 0 0 1 7\t\n 0 1 0 8\t\n -1 0 0 9\t\n 0 0 0 1\t\n"};
  for (int k = 0; k < 3; ++k) {
    const std::string stem = "frame-" + vd::frame_stem(k);
    vd::write_png(source / (stem + ".color.png"), picture(k));
    write_depth16(source / (stem + ".depth.png"), k);
    vd::write_text(source / (stem + ".pose.txt"), poses[k]);
  }
  const Imported mini = import_folder(source, folder / "clip");
  CHECK(mini.sequence.data_set == "7scenes");
  CHECK(mini.clip.frame_count() == 3);
  CHECK(mini.clip.info().times_s[2] == Approx(2.0 / 30));
  CHECK(mini.depth(1).values()[0] == 0);
  CHECK(mini.depth(1).values()[1] == 0);
  CHECK(mini.depth(1).values()[2] == Approx(1.001));
  const auto path = mini.path();
  REQUIRE(path.size() == 2);
  CHECK(path[0].world_from_camera.translation == vd::Vec3(0.5, 0.25, -1));
  CHECK(path[1].time_s == Approx(2.0 / 30));
  CHECK((path[1].world_from_camera.rotation * vd::Vec3(0, 0, 1) - vd::Vec3(1, 0, 0)).norm() < 1e-12);
  CHECK(mini.camera(0).fx == Approx(585.0 / 80));
}

TEST_CASE("a folder of images is no data set, and a data set can be asked for", "[clip][dataset]") {
  const vd::test::TemporaryFolder folder;
  vd::write_png(folder / "in/a.png", picture(0));
  CHECK_FALSE(vd::open_sequence(folder / "in", "auto"));
  CHECK_FALSE(vd::open_sequence(folder / "in", "none"));
  CHECK_THROWS_AS(vd::open_sequence(folder / "in", "kitty"), vd::MisuseError);
  CHECK_THROWS_AS(vd::open_sequence(folder / "in", "tum"), vd::Error);
  CHECK_THROWS_AS(vd::open_sequence(folder / "in", "kitti"), vd::Error);
  CHECK_THROWS_AS(vd::open_sequence(folder / "in", "7scenes"), vd::Error);
}

TEST_CASE("a frame that a list names but the disk lacks is named", "[clip][dataset][hostile]") {
  const vd::test::TemporaryFolder folder;
  write_tum_layout(folder / "tum");
  fs::remove(folder / "tum/rgb/1305031102.211214.png");
  const auto sequence = vd::open_sequence(folder / "tum", "auto");
  REQUIRE(sequence);
  const auto frames = vd::open_frames(*sequence);
  try {
    (void)vd::import_frames(*frames, "tum", {}, folder / "clip");
    FAIL("it was imported");
  } catch (const vd::Error& error) {
    CHECK(std::string(error.what()).find("1305031102.211214.png") != std::string::npos);
  }
  CHECK_FALSE(fs::exists(folder / "clip/clip.json"));
}

TEST_CASE("sample clips: the truth follows the frames to another size", "[clip][dataset]") {
  const vd::test::TemporaryFolder folder;
  const fs::path source = folder / "sample";
  for (int k = 0; k < 2; ++k) {
    vd::write_png(source / "rgb" / (vd::frame_stem(k) + ".png"), picture(k));
    write_depth16(source / "depth" / (vd::frame_stem(k) + ".png"), k);
  }
  vd::MaskMap mask(width, height);
  for (std::size_t p = mask.pixels() / 2; p < mask.pixels(); ++p) mask.values()[p] = 255;
  vd::write_png(source / "mask/000001.png", mask);
  vd::FlowMap flow(width, height);
  for (std::size_t p = 0; p < flow.pixels(); ++p) flow.data()[2 * p] = 3;
  vd::write_text(source / "flow_fwd/000000.png", vd::encode_kitti_flow(flow));
  const std::vector<std::uint8_t> seen = {1, 1};
  const std::vector<std::int32_t> query = {0};
  vd::write_npz(source / "tracks.npz", {{"xy", vd::make_npy<float>({1, 2, 2}, {2.5F, 1.5F, 4.5F, 3.5F})},
                                        {"xyz", vd::make_npy<float>({1, 2, 3}, {1, 2, 3, 1, 2, 3})},
                                        {"vis", vd::make_npy<std::uint8_t>({1, 2}, seen)},
                                        {"dynamic", vd::make_npy<std::uint8_t>({1}, {0})},
                                        {"query_frame", vd::make_npy<std::int32_t>({1}, query)}});
  vd::write_text(source / "clip.json", R"({"kind": "rendered", "depth_scale": 1000})");
  vd::ImportOptions half;
  half.max_side = width / 2;
  const fs::path clip = folder / "clip";
  const auto frames = vd::open_image_folder(source / "rgb", 24);
  REQUIRE(vd::import_sample_truth(source, vd::import_frames(*frames, "sample", half, clip), clip));
  CHECK(vd::read_depth(clip / "gt/depth/000001.exr").width() == width / 2);
  const vd::MaskMap moving = vd::read_mask(clip / "gt/masks/000001.png");
  CHECK(moving.width() == width / 2);
  CHECK(moving.values().front() == 0);
  CHECK(moving.values().back() == 255);
  const vd::FlowMap reduced = vd::read_flow(clip / "gt/flow/000000_000001.exr").flow;
  CHECK(reduced.width() == width / 2);
  CHECK(reduced.data()[0] == 1.5F);
  const auto xy = vd::NpzReader(clip / "gt/tracks.npz").read("xy").as<float>();
  CHECK(xy == std::vector<float>{1.0F, 0.5F, 2.0F, 1.5F});  // centres keep their place: (x + 0.5) / 2 - 0.5
  vd::write_png(source / "mask/000000.png", vd::MaskMap(width + 1, height));
  CHECK_THROWS_AS(
      vd::import_sample_truth(
          source, vd::import_frames(*vd::open_image_folder(source / "rgb", 24), "s", half, clip), clip),
      vd::Error);
}
