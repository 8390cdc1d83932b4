// SPDX-License-Identifier: Apache-2.0
#include "io/sintel.h"

#include "catch.h"
#include "hostile.h"
#include "io/pose_matrix.h"

using vd::test::error_of;

namespace {

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string depth_file() {
  std::string bytes = "PIEH";
  append<std::int32_t>(bytes, 3);
  append<std::int32_t>(bytes, 2);
  for (int k = 0; k < 6; ++k) append(bytes, 1.5F * static_cast<float>(k));
  return bytes;
}

std::string camera_file() {
  std::string bytes = "PIEH";
  for (const double value : {900.0, 0.0, 511.5, 0.0, 901.0, 217.5, 0.0, 0.0, 1.0}) append(bytes, value);
  for (const double value : {1.0, 0.0, 0.0, 4.0, 0.0, 1.0, 0.0, 5.0, 0.0, 0.0, 1.0, 6.0})
    append(bytes, value);
  return bytes;
}

}  // namespace

TEST_CASE("Sintel's depth and cameras", "[io][sintel]") {
  const vd::DepthMap depth = vd::decode_dpt(depth_file(), "d");
  CHECK(depth.width() == 3);
  CHECK(depth(2, 1) == 7.5F);
  const vd::SintelCamera camera = vd::decode_sintel_camera(camera_file(), "c");
  CHECK(camera.intrinsics(1, 1) == 901);
  CHECK(camera.intrinsics(0, 2) == 511.5);
  CHECK(camera.camera_from_world().translation == vd::Vec3(4, 5, 6));
}

TEST_CASE("Sintel's files that end early, or are others, are refused", "[io][sintel][hostile]") {
  vd::test::refuses_every_prefix(depth_file(), depth_file().size() - 1,
                                 [](std::string_view bytes) { (void)vd::decode_dpt(bytes, "a/file"); });
  vd::test::refuses_every_prefix(camera_file(), camera_file().size() - 1, [](std::string_view bytes) {
    (void)vd::decode_sintel_camera(bytes, "a/file");
  });
  vd::test::survives_damage(camera_file(), 500,
                            [](std::string_view bytes) { (void)vd::decode_sintel_camera(bytes, "a/file"); });
  CHECK(error_of([] { (void)vd::decode_dpt(depth_file() + "x", "d"); }).find("longer than") !=
        std::string::npos);
  CHECK(error_of([] { (void)vd::decode_dpt("QIEH" + depth_file().substr(4), "d"); }) ==
        "d: not a Sintel depth (.dpt) file");
}

TEST_CASE("poses as matrices", "[io][poses]") {
  const auto kitti = vd::decode_kitti_poses("0 0 1 5 0 1 0 6 -1 0 0 7\nnan 0 0 0 0 1 0 0 0 0 1 0\n", "k");
  REQUIRE(kitti.size() == 2);
  CHECK(kitti[0]->translation == vd::Vec3(5, 6, 7));
  CHECK((kitti[0]->rotation * vd::Vec3(0, 0, 1) - vd::Vec3(1, 0, 0)).norm() < 1e-12);
  CHECK_FALSE(kitti[1]);
  CHECK(error_of([] { (void)vd::decode_kitti_poses("1 0 0\n", "k"); }).find("k:1: 3 fields") == 0);
  CHECK(error_of([] { (void)vd::decode_kitti_poses("2 0 0 5 0 1 0 6 0 0 1 7\n", "k"); }) ==
        "k:1: its left part is no rotation");
  CHECK(error_of([] { (void)vd::decode_kitti_poses("1 0 0 5 0 1 0 6 0 0 -1 7\n", "k"); }) ==
        "k:1: its left part is no rotation");
  CHECK_FALSE(vd::decode_pose_matrix("-inf -inf -inf -inf\n0 1 0 0\n0 0 1 0\n0 0 0 1\n", "p"));
  CHECK(error_of([] { (void)vd::decode_pose_matrix("1 0 0 0\n0 1 0 0\n", "p"); }) ==
        "p: 2 rows, expected 4 of a pose");
  CHECK(error_of([] { (void)vd::decode_pose_matrix("1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 2\n", "p"); }) ==
        "p: its last row is not 0 0 0 1");
}
