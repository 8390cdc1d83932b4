// SPDX-License-Identifier: Apache-2.0
#include "catch.h"
#include "hostile.h"
#include "io/intrinsics.h"
#include "io/pairs.h"
#include "io/trajectory.h"
#include "temporary_folder.h"

using vd::test::error_of;

namespace {

std::vector<vd::TimedPose> random_poses(int count) {
  vd::Random random(3);
  std::vector<vd::TimedPose> poses;
  for (int k = 0; k < count; ++k) {
    const vd::Vec3 axis(random.normal(), random.normal(), random.normal());
    const vd::Vec3 centre(random.normal(10), random.normal(1e-6), random.normal(1e5));
    poses.push_back({1.7e9 + k / 29.97, {vd::rotation_exp(axis), centre}});
  }
  return poses;
}

std::string trajectory_error(const std::string& text) {
  return error_of([&] { (void)vd::decode_trajectory(text, "t.txt"); });
}

std::string intrinsics_error(const std::string& text) {
  return error_of([&] { (void)vd::decode_intrinsics(text, "k.txt"); });
}

}  // namespace

TEST_CASE("a trajectory keeps every digit", "[io][trajectory]") {
  const vd::test::TemporaryFolder folder;
  const std::vector<vd::TimedPose> poses = random_poses(50);
  vd::write_trajectory(folder / "traj.txt", poses);
  const std::vector<vd::TimedPose> read = vd::read_trajectory(folder / "traj.txt");
  REQUIRE(read.size() == poses.size());
  for (std::size_t k = 0; k < poses.size(); ++k) {
    CHECK(read[k].time_s == poses[k].time_s);
    CHECK(read[k].world_from_camera.translation == poses[k].world_from_camera.translation);
    CHECK(read[k].world_from_camera.rotation.coeffs() == poses[k].world_from_camera.rotation.coeffs());
  }
}

TEST_CASE("a trajectory may be written by hand", "[io][trajectory]") {
  const auto poses = vd::decode_trajectory(
      "\xEF\xBB\xBF# time tx ty tz qx qy qz qw\r\n\r\n  0,1,2,3, 0,0,0,1\r\n0.5\t-1e2 +4 .5\t0 0 0.70710678 "
      "0.70710678 # turn",
      "t");
  REQUIRE(poses.size() == 2);
  CHECK(poses[0].world_from_camera.translation == vd::Vec3(1, 2, 3));
  CHECK(poses[1].world_from_camera.translation == vd::Vec3(-100, 4, 0.5));
  CHECK(vd::rotation_angle_rad(poses[1].world_from_camera.rotation) ==
        Approx(1.5707963267948966).epsilon(1e-7));
  CHECK(poses[1].world_from_camera.rotation.norm() == Approx(1.0).epsilon(1e-15));
  CHECK(vd::decode_trajectory("", "t").empty());
}

TEST_CASE("bad trajectory lines are named", "[io][trajectory][hostile]") {
  CHECK(trajectory_error("0 0 0 0 0 0 0 1\n1 2 3\n") ==
        "t.txt:2: 3 fields, expected 8: time tx ty tz qx qy qz qw");
  CHECK(trajectory_error("0 nan 0 0 0 0 0 1") == "t.txt:1: 'nan' is not a finite number");
  CHECK(trajectory_error("0 0 -inf 0 0 0 0 1").find("'-inf'") != std::string::npos);
  CHECK(trajectory_error("0 0 1e999 0 0 0 0 1").find("'1e999'") != std::string::npos);
  CHECK(trajectory_error("0 0 0x10 0 0 0 0 1").find("'0x10'") != std::string::npos);
  CHECK(trajectory_error("0 0 1.5m 0 0 0 0 1").find("'1.5m'") != std::string::npos);
  CHECK(trajectory_error("0 0 0 0 0 0 0 0").find("quaternion of norm 0") != std::string::npos);
  CHECK(trajectory_error("0 0 0 0 1 1 1 1").find("quaternion of norm 2") != std::string::npos);
  CHECK(trajectory_error(std::string("0 0 0 0 0 0 0 1\n\0\n", 18)) == "t.txt: not a text file");
  CHECK(trajectory_error("0 0 0 0 0 0 0 1\x1B[2J").find('\x1B') == std::string::npos);
  std::vector<vd::TimedPose> poses = random_poses(2);
  poses[1].world_from_camera.translation.x() = std::numeric_limits<double>::quiet_NaN();
  CHECK(error_of([&] { (void)vd::encode_trajectory(poses, "t.txt"); }) == "t.txt: pose 1 is not finite");
}

TEST_CASE("intrinsics: one camera, one a frame, or the bare line", "[io][intrinsics]") {
  const vd::Intrinsics a{500.25, 501, 319.5, 239.5, 640, 480};
  vd::Intrinsics b = a;
  b.fx = 1.0 / 3;
  SECTION("shared") {
    const std::string text = vd::encode_intrinsics(std::vector<vd::Intrinsics>{a, a, a});
    CHECK(text == "# frame fx fy cx cy width height\n* 500.25 501 319.5 239.5 640 480\n");
    CHECK(vd::decode_intrinsics(text, "k").at(99).fy == 501);
  }
  SECTION("by frame") {
    const vd::test::TemporaryFolder folder;
    vd::write_intrinsics(folder / "k.txt", std::vector<vd::Intrinsics>{a, b});
    const vd::IntrinsicsTable table = vd::read_intrinsics(folder / "k.txt");
    const std::vector<vd::Intrinsics> frames = table.for_frames(2);
    CHECK(frames[1].fx == 1.0 / 3);
    CHECK(frames[0].width == 640);
    CHECK(error_of([&] { (void)table.at(2); }).find("no intrinsics for frame 2") != std::string::npos);
  }
  SECTION("bare line, and a frame of its own beside it") {
    const vd::IntrinsicsTable table =
        vd::decode_intrinsics("400, 400, 255.5, 143.5, 512, 288\n7 1 2 3 4 5 6\n", "k");
    CHECK(table.at(0).cx == 255.5);
    CHECK(table.at(7).fy == 2);
  }
}

TEST_CASE("bad intrinsics are named", "[io][intrinsics][hostile]") {
  CHECK(intrinsics_error("") == "k.txt: no intrinsics in it");
  CHECK(intrinsics_error("1 2 3 4 5") == "k.txt:1: 5 fields, expected [frame] fx fy cx cy width height");
  CHECK(intrinsics_error("-400 400 1 1 512 288").find("must be positive") != std::string::npos);
  CHECK(intrinsics_error("0 400 1 1 512 288").find("must be positive") != std::string::npos);
  CHECK(intrinsics_error("400 400 1 1 512.5 288").find("'512.5' is not an integer") != std::string::npos);
  CHECK(intrinsics_error("400 400 1 1 0 288").find("'0'") != std::string::npos);
  CHECK(intrinsics_error("400 400 1 1 -5 288").find("'-5'") != std::string::npos);
  CHECK(intrinsics_error("400 400 1 1 99999999999999999999 288").find("not an integer") != std::string::npos);
  CHECK(intrinsics_error("-1 400 400 1 1 512 288").find("'-1'") != std::string::npos);
  CHECK(intrinsics_error("* 1 1 1 1 1 1\n1 1 1 1 1 1").find("k.txt:2: a second line for all") == 0);
  CHECK(intrinsics_error("3 1 1 1 1 1 1\n3 1 1 1 1 1 1").find("k.txt:2: a second line for frame 3") == 0);
}

TEST_CASE("pairs keep their order", "[io][pairs]") {
  const vd::test::TemporaryFolder folder;
  const vd::PairList pairs = {{3, 1}, {0, 0}, {1000000, 2}};
  vd::write_pairs(folder / "p.txt", pairs, "graph swin");
  CHECK(vd::read_pairs(folder / "p.txt") == pairs);
  CHECK(vd::encode_pairs(pairs, "graph swin").find("# graph swin\n3 1\n") == 0);
  CHECK(error_of([] { (void)vd::decode_pairs("0 1\n1 2 3\n", "p"); }) == "p:2: 3 fields, expected i j");
  CHECK(error_of([] { (void)vd::decode_pairs("0 -1", "p"); }).find("'-1'") != std::string::npos);
  CHECK(error_of([] { (void)vd::decode_pairs("0 1.0", "p"); }).find("'1.0'") != std::string::npos);
}
