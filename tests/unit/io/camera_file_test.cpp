// SPDX-License-Identifier: Apache-2.0
#include "io/camera_file.h"

#include <cstring>

#include "catch.h"
#include "core/atomic_file.h"
#include "hostile.h"
#include "io/colmap.h"
#include "io/nerfstudio.h"
#include "io/opencv_calibration.h"
#include "temporary_folder.h"

using vd::test::error_of;

namespace {

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

const std::string opencv_yaml =
    "%YAML:1.0\n---\nimage_width: 640\nimage_height: 480\ncamera_matrix: !!opencv-matrix\n   rows: 3\n   "
    "cols: 3\n"
    "   dt: d\n   data: [ 5.2e+02, 0., 3.195e+02, 0., 521., 2.395e+02,\n       0., 0., 1. ]\n"
    "distortion_coefficients: !!opencv-matrix\n   rows: 5\n   cols: 1\n   dt: d\n"
    "   data: [ -0.25, 0.125, 1.0e-03, -2.0e-03, 0.5 ]\navg_reprojection_error: 0.3\n";

const std::string ros_fisheye =
    "image_width: 640\nimage_height: 480\ncamera_name: cam\ncamera_matrix:\n  rows: 3\n  cols: 3\n  data: "
    "[300, 0, 320, "
    "0, 301, 240, 0, 0, 1]\ndistortion_model: equidistant\ndistortion_coefficients:\n  rows: 1\n  cols: 4\n  "
    "data:\n"
    "  - 0.1\n  - -0.2\n  - 0.3\n  - -0.4\n";

const std::string nerfstudio =
    R"({"camera_model": "OPENCV", "fl_x": 500.5, "fl_y": 501, "cx": 320, "cy": 240, "w": 640, "h": 480, "k1": 0.1,
        "k2": 0.2, "p1": 0.01, "p2": 0.02, "frames": [
        {"file_path": "images/frame_00002.png", "transform_matrix": [[1,0,0,1],[0,1,0,2],[0,0,1,3],[0,0,0,1]]},
        {"file_path": "./images/frame_00001.png", "transform_matrix": [[0,0,1,4],[0,1,0,5],[-1,0,0,6],[0,0,0,1]]}]})";

const std::string colmap_cameras =
    "# Camera list\n# Number of cameras: 1\n1 OPENCV 640 480 500 501 320 240 -0.1 0.01 0.001 0.002\n";

const std::string colmap_images =
    "# Image list\n1 0.70710678118654752 0 0.70710678118654752 0 1 2 3 1 left/b 2.png\n\n"
    "2 1 0 0 0 -1 -2 -3 1 a.png\n100.5 200.5 -1 10 20 3\n";

std::string colmap_cameras_binary() {
  std::string bytes;
  append<std::uint64_t>(bytes, 1);
  append<std::uint32_t>(bytes, 1);
  append<std::int32_t>(bytes, 2);  // SIMPLE_RADIAL
  append<std::uint64_t>(bytes, 640);
  append<std::uint64_t>(bytes, 480);
  for (const double value : {500.0, 320.0, 240.0, -0.05}) append(bytes, value);
  return bytes;
}

std::string colmap_images_binary() {
  std::string bytes;
  append<std::uint64_t>(bytes, 2);
  for (std::uint32_t id = 1; id <= 2; ++id) {
    append(bytes, id);
    for (const double value : {1.0, 0.0, 0.0, 0.0, -1.0 * id, 0.0, 0.5}) append(bytes, value);
    append<std::uint32_t>(bytes, 1);
    bytes += "f" + std::to_string(id) + ".jpg" + '\0';
    append<std::uint64_t>(bytes, id - 1);
    for (std::uint32_t point = 1; point < id; ++point) {
      append(bytes, 10.5);
      append(bytes, 20.5);
      append<std::int64_t>(bytes, -1);
    }
  }
  return bytes;
}

vd::FrameKey named(int index, const std::string& name) { return {index, 0.1 * index, name}; }

}  // namespace

TEST_CASE("OpenCV calibrations in YAML and JSON", "[io][cameras]") {
  const vd::LensCamera camera = *vd::decode_camera_file(opencv_yaml, "k").shared;
  CHECK(camera.intrinsics.fx == 520);
  CHECK(camera.intrinsics.fy == 521);
  CHECK(camera.intrinsics.cx == 319.5);  // pixel centres as in vd
  CHECK(camera.intrinsics.height == 480);
  CHECK(camera.lens.model == vd::LensModel::opencv);
  CHECK(camera.lens.coefficients[3] == -0.002);
  CHECK(camera.lens.coefficients[4] == 0.5);
  CHECK(camera.lens.coefficients[5] == 0);
  const vd::LensCamera fisheye = *vd::decode_camera_file(ros_fisheye, "k").shared;
  CHECK(fisheye.lens.model == vd::LensModel::fisheye);
  CHECK(fisheye.lens.coefficients[3] == -0.4);
  CHECK(fisheye.intrinsics.fy == 301);
  const vd::LensCamera json =
      *vd::decode_camera_file(
           R"({"camera_matrix": {"type_id": "opencv-matrix", "rows": 3, "cols": 3, "dt": "d",
          "data": [500.0, 0.0, 320.0, 0.0, 501.0, 240.0, 0.0, 0.0, 1.0]}, "dist_coeffs": [[0.0, 0.0, 0.0, 0.0]]})",
           "k")
           .shared;
  CHECK(json.intrinsics.fy == 501);
  CHECK(json.intrinsics.width == 0);
  CHECK_FALSE(json.lens.bends());
}

TEST_CASE("nerfstudio: axes and pixel centres are turned into those of vd", "[io][cameras]") {
  const vd::LensCamera camera = *vd::decode_camera_file(nerfstudio, "t").shared;
  CHECK(camera.intrinsics.fx == 500.5);
  CHECK(camera.intrinsics.cx == 319.5);
  CHECK(camera.intrinsics.cy == 239.5);
  CHECK(camera.lens.coefficients[2] == 0.01);
  const vd::PoseFile poses = vd::decode_pose_file(nerfstudio, "t");
  CHECK(poses.key == vd::PoseKey::name);
  const std::vector<vd::FrameKey> frames = {named(0, "frame_00001.png"), named(1, "frame_00002.jpg")};
  const auto matched = vd::match_poses(poses, frames);
  CHECK(matched[0].translation == vd::Vec3(4, 5, 6));
  // OpenGL looks along -z of its own axes: here the world's -x; its y is up, so vd's y is the world's -y.
  CHECK((matched[0].rotation * vd::Vec3(0, 0, 1) - vd::Vec3(-1, 0, 0)).norm() < 1e-12);
  CHECK((matched[0].rotation * vd::Vec3(0, 1, 0) - vd::Vec3(0, -1, 0)).norm() < 1e-12);
  CHECK((matched[1].rotation * vd::Vec3(0, 0, 1) - vd::Vec3(0, 0, -1)).norm() < 1e-12);
}

TEST_CASE("instant-ngp's angle of view, and cameras of single frames", "[io][cameras]") {
  const vd::CameraFile file = vd::decode_camera_file(
      R"({"frames": [{"file_path": "a.png", "camera_angle_x": 1.5707963267948966, "w": 200, "h": 100},
                     {"file_path": "b.png", "fl_x": 80, "w": 200, "h": 100}]})",
      "t");
  CHECK(file.of(named(0, "a.png")).intrinsics.fx == Approx(100));
  CHECK(file.of(named(0, "a.png")).intrinsics.cx == Approx(99.5));
  CHECK(file.of(named(1, "in/b.png")).intrinsics.fy == Approx(80));
  CHECK(error_of([&] { (void)file.of(named(2, "c.png")); }) == "t: no camera of the image 'c.png' (frame 2)");
}

TEST_CASE("COLMAP in text: centres at 0.5, poses camera from world, two lines an image", "[io][cameras]") {
  const vd::LensCamera camera = *vd::decode_camera_file(colmap_cameras, "cameras.txt").shared;
  CHECK(camera.intrinsics.fy == 501);
  CHECK(camera.intrinsics.cx == 319.5);
  CHECK(camera.lens.coefficients[3] == 0.002);
  const auto images = vd::decode_colmap_images(colmap_images, "images.txt");
  REQUIRE(images.size() == 2);
  CHECK(images[0].name == "left/b 2.png");
  CHECK((images[1].world_from_camera.translation - vd::Vec3(1, 2, 3)).norm() < 1e-12);
  // A quarter turn about y: the camera sees the world's +x along z; centre = -R^T t.
  CHECK((images[0].world_from_camera.rotation * vd::Vec3(1, 0, 0) - vd::Vec3(0, 0, 1)).norm() < 1e-9);
  CHECK((images[0].world_from_camera.translation - vd::Vec3(3, -2, -1)).norm() < 1e-9);
}

TEST_CASE("COLMAP in binary says the same", "[io][cameras]") {
  const vd::LensCamera camera = *vd::decode_camera_file(colmap_cameras_binary(), "cameras.bin").shared;
  CHECK(camera.intrinsics.fx == 500);
  CHECK(camera.intrinsics.fy == 500);
  CHECK(camera.intrinsics.cy == 239.5);
  CHECK(camera.lens.coefficients[0] == -0.05);
  CHECK(camera.lens.coefficients[1] == 0);
  const vd::PoseFile poses = vd::decode_pose_file(colmap_images_binary(), "images.bin");
  const std::vector<vd::FrameKey> frames = {named(0, "f2.png"), named(1, "f1.png")};
  CHECK(vd::match_poses(poses, frames)[0].translation == vd::Vec3(2, 0, -0.5));
  CHECK(vd::match_poses(poses, frames)[1].translation == vd::Vec3(1, 0, -0.5));
}

TEST_CASE("a folder of COLMAP with several cameras", "[io][cameras]") {
  const vd::test::TemporaryFolder folder;
  vd::write_text(folder / "cameras.txt", "1 PINHOLE 64 48 50 51 32 24\n7 SIMPLE_PINHOLE 64 48 70 32 24\n");
  CHECK(error_of([&] { (void)vd::read_camera_file(folder.path()); }).find("2 cameras, and no images file") !=
        std::string::npos);
  vd::write_text(folder / "images.txt", "1 1 0 0 0 0 0 0 7 a.png\n\n2 1 0 0 0 0 0 0 1 b.png\n\n");
  const vd::CameraFile file = vd::read_camera_file(folder.path());
  CHECK(file.of(named(0, "a.png")).intrinsics.fx == 70);
  CHECK(file.of(named(1, "b.png")).intrinsics.fy == 51);
  CHECK(vd::read_pose_file(folder.path()).names.size() == 2);
}

TEST_CASE("poses go by time or by name, and a frame without one is named", "[io][cameras]") {
  std::vector<vd::FrameKey> frames;
  for (int k = 0; k < 3; ++k) frames.push_back({k, 10 + 0.5 * k, "f" + std::to_string(k) + ".png"});
  const vd::PoseFile tum = vd::decode_pose_file(
      "9.5 9 0 0 0 0 0 1\n10.01 0 0 0 0 0 0 1\n10.3 7 0 0 0 0 0 1\n10.49 1 0 0 0 0 0 1\n11.2 2 0 0 0 0 0 1\n",
      "t");
  CHECK(tum.key == vd::PoseKey::time);
  const auto matched = vd::match_poses(tum, frames);
  for (int k = 0; k < 3; ++k) CHECK(matched[static_cast<std::size_t>(k)].translation.x() == k);
  frames[2].time_s = 12;
  CHECK(error_of([&] { (void)vd::match_poses(tum, frames); }) ==
        "t: no pose for 1 of 3 frames (matched by time), first for frame 2 at 12 s");
  const vd::PoseFile kitti = vd::decode_pose_file("1 0 0 5 0 1 0 6 0 0 1 7\n1 0 0 8 0 1 0 9 0 0 1 10\n", "k");
  CHECK(kitti.key == vd::PoseKey::order);
  CHECK(error_of([&] { (void)vd::match_poses(kitti, frames); }) ==
        "k: no pose for 1 of 3 frames (matched by order), first for frame 2");
  const vd::PoseFile colmap =
      vd::decode_pose_file("1 1 0 0 0 0 0 0 1 f0.jpg\n\n2 1 0 0 0 0 0 0 1 f2.jpg\n\n", "c");
  CHECK(error_of([&] { (void)vd::match_poses(colmap, frames); }) ==
        "c: no pose for 1 of 3 frames (matched by name), first for frame 1 'f1.png'");
  for (auto& frame : frames) frame.name.clear();
  CHECK(error_of([&] { (void)vd::match_poses(colmap, frames); }).find("frames are those of a video") !=
        std::string::npos);
}

TEST_CASE("hostile camera files are named with their reason", "[io][cameras][hostile]") {
  const auto refusal = [](const std::string& bytes) {
    return error_of([&] { (void)vd::decode_camera_file(bytes, "a/file"); });
  };
  CHECK(refusal("") == "a/file: empty file");
  CHECK(refusal("{\"fl_x\": 5").find("a/file: truncated or damaged JSON") == 0);
  CHECK(refusal("{\"fl_x\": -5, \"w\": 4, \"h\": 4}") == "a/file: the focal lengths must be positive");
  CHECK(refusal("{\"fl_x\": 5}") == "a/file: no size of the images (w, h)");
  CHECK(refusal("{}").find("not a transforms.json") != std::string::npos);
  CHECK(refusal(std::string(100000, '[') + "{").find('\n') == std::string::npos);
  CHECK(refusal("{\"a\":" + std::string(100000, '[')) == "a/file: nested too deeply");
  CHECK(refusal("%YAML:1.0\n---\na: 1\n") == "a/file: no camera_matrix in it");
  CHECK(refusal("camera_matrix: [1, 2]\n").find("of 2 numbers") != std::string::npos);
  CHECK(refusal("camera_matrix: [500, 3, 2, 0, 500, 2, 0, 0, 1]\n").find("not [fx 0 cx") !=
        std::string::npos);
  CHECK(refusal("camera_matrix: [500, 0, 2,\n").find("does not end") != std::string::npos);
  CHECK(refusal("camera_matrix: [500, 0, 2, 0, 500, 2, 0, 0, 1]\ndist_coeffs: [1, 2, 3]\n")
            .find("3 distortion coefficients") != std::string::npos);
  CHECK(refusal("1 FOV 64 48 50 50 32 24 0.9\n").find("'FOV' is not one of OpenCV's") != std::string::npos);
  CHECK(refusal("1 PINHOLE 64 48 50 32 24\n").find("3 parameters, PINHOLE has 4") != std::string::npos);
  CHECK(refusal("1 PINHOLE 64 48 50 nan 32 24\n").find("'nan' is not a finite number") != std::string::npos);
  std::string many = colmap_cameras_binary();
  many[2] = '\x7F';
  CHECK(refusal(many).find("cannot be in") != std::string::npos);
  CHECK(error_of([] { (void)vd::decode_pose_file("1 2 3\n", "p"); }).find("3 fields: neither TUM") !=
        std::string::npos);
  CHECK(error_of([] {
          (void)vd::decode_pose_file("1 1 1 1 0 0 0 0 1 a.png\n", "p");
        }).find("no rigid motion") != std::string::npos);
}

TEST_CASE("camera files that end early are refused or say less, never anything else",
          "[io][cameras][hostile]") {
  vd::test::refuses_every_prefix(
      colmap_cameras_binary(), colmap_cameras_binary().size() - 1,
      [](std::string_view bytes) { (void)vd::decode_colmap_cameras(bytes, "a/file"); });
  vd::test::refuses_every_prefix(
      colmap_images_binary(), colmap_images_binary().size() - 1,
      [](std::string_view bytes) { (void)vd::decode_colmap_images(bytes, "a/file"); });
  vd::test::refuses_every_prefix(nerfstudio, nerfstudio.size() - 1, [](std::string_view bytes) {
    (void)vd::decode_nerfstudio(bytes, "a/file");
  });
  for (const std::string& text : {opencv_yaml, ros_fisheye, colmap_cameras, colmap_images, nerfstudio,
                                  colmap_cameras_binary(), colmap_images_binary()}) {
    vd::test::survives_damage(text, 300,
                              [](std::string_view bytes) { (void)vd::decode_camera_file(bytes, "a/file"); });
    vd::test::survives_damage(text, 300,
                              [](std::string_view bytes) { (void)vd::decode_pose_file(bytes, "a/file"); });
  }
}
