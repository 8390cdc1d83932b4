// SPDX-License-Identifier: Apache-2.0
// Files made by other programs, where the folder of shared data is at hand.
#include <cmath>
#include <filesystem>

#include "catch.h"
#include "core/atomic_file.h"
#include "io/bytes.h"
#include "io/dense.h"
#include "io/flo.h"
#include "io/image.h"
#include "io/intrinsics.h"
#include "io/kitti_png.h"
#include "io/npz.h"
#include "io/pfm.h"
#include "io/trajectory.h"

namespace fs = std::filesystem;

namespace {

const fs::path shared = VD_TEST_SHARED;

bool have(const fs::path& folder) {
  if (fs::exists(folder)) return true;
  WARN("skipped: " + folder.string() + " is not there");
  return false;
}

std::string file_bytes(const fs::path& npy) { return vd::read_npy(npy).bytes; }

vd::FlowMap flow_from_planes(const vd::NpyArray& array) {
  vd::FlowMap flow(static_cast<int>(array.shape.at(2)), static_cast<int>(array.shape.at(1)));
  const std::vector<float> values = array.as<float>();
  for (std::size_t k = 0; k < flow.values().size(); ++k) {
    flow.data()[k] = values[k % 2 * flow.pixels() + k / 2];
  }
  return flow;
}

}  // namespace

TEST_CASE("flow and disparity files of the public tools", "[io][shared]") {
  const fs::path folder = shared / "fixtures/flow_utils";
  if (!have(folder)) return;
  const std::string flo = file_bytes(folder / "out_flo_bytes.npy");
  CHECK(vd::encode_flo(flow_from_planes(vd::read_npy(folder / "in_flow_fw.npy"))) == flo);
  CHECK(vd::decode_flo(flo, "f").values() == vd::read_npy(folder / "out_flo_read.npy").as<float>());
  CHECK(vd::decode_kitti_flow(file_bytes(folder / "in_kitti_png_bytes.npy"), "f").values() ==
        vd::read_npy(folder / "out_kitti_read.npy").as<float>());
  const vd::FlowMap truth = vd::decode_kitti_flow(file_bytes(folder / "in_kitti_gt_png_bytes.npy"), "f");
  const std::vector<float> values = vd::read_npy(folder / "out_kitti_gt_read.npy").as<float>();
  const std::vector<float> valid = vd::read_npy(folder / "out_kitti_gt_valid.npy").as<float>();
  REQUIRE(truth.pixels() == valid.size());
  int wrong = 0;
  for (std::size_t k = 0; k < valid.size(); ++k) {
    if (valid[k] == 0)
      wrong += !std::isnan(truth.data()[2 * k]);
    else
      wrong += truth.data()[2 * k] != values[2 * k] || truth.data()[2 * k + 1] != values[2 * k + 1];
  }
  CHECK(wrong == 0);
  const vd::Map<float, 3> pfm = vd::decode_pfm_colour(file_bytes(folder / "in_pfm_bytes.npy"), "f");
  const std::vector<float> uv = vd::read_npy(folder / "out_pfm_read.npy").as<float>();
  wrong = 0;
  for (std::size_t k = 0; k < uv.size(); ++k) wrong += pfm.data()[k / 2 * 3 + k % 2] != uv[k];
  CHECK(wrong == 0);
  const vd::Map<std::uint16_t> disparity =
      vd::decode_png16(file_bytes(folder / "in_disp_png_bytes.npy"), "f");
  const std::vector<double> shift = vd::read_npy(folder / "out_disp_read.npy").as<double>();
  wrong = 0;
  for (std::size_t k = 0; k < disparity.pixels(); ++k) wrong += -disparity.data()[k] / 256.0 != shift[2 * k];
  CHECK(wrong == 0);
}

TEST_CASE("samples of data sets", "[io][shared]") {
  const fs::path folder = shared / "fixtures/dataset_formats";
  if (!have(folder)) return;
  const auto expected = [&](const char* name) { return vd::read_npy(folder / name).as<float>(); };
  const fs::path files = folder / "files";
  CHECK(vd::decode_pfm(vd::read_file(files / "disp_le.pfm"), "f").values() == expected("out_pfm_le.npy"));
  CHECK(vd::decode_pfm(vd::read_file(files / "disp_be.pfm"), "f").values() == expected("out_pfm_be.npy"));
  CHECK(vd::decode_pfm_colour(vd::read_file(files / "flow_color.pfm"), "f").values() ==
        expected("out_pfm_color.npy"));
  const std::vector<float> scannet = expected("out_scannet_depth.npy");
  const vd::DepthMap depth = vd::read_depth(files / "depth16.png", 1000.0);
  REQUIRE(depth.values().size() == scannet.size());
  for (std::size_t k = 0; k < scannet.size(); ++k) CHECK(depth.data()[k] == Approx(scannet[k]).epsilon(1e-6));
  CHECK(vd::read_depth(files / "000000_left_depth.npy").values() == expected("out_tartanair_depth.npy"));
  const vd::NpzReader npz(files / "anno.npz");
  CHECK(npz.has("extrinsics"));
  CHECK(npz.read("extrinsics").shape.size() == 3);
}

TEST_CASE("clips of the shared data", "[io][shared]") {
  if (!have(shared / "data") || !have(shared / "synth")) return;
  // One-channel JPEG.
  const fs::path kitti = shared / "data/kitti06_start";
  const vd::Intrinsics camera = vd::read_intrinsics(kitti / "intrinsics.txt").at(0);
  const vd::ImageInfo info = vd::read_image_info(kitti / "rgb/000000.jpg");
  const vd::RgbImage image = vd::read_rgb(kitti / "rgb/000000.jpg");
  CHECK(info.channels == 1);
  CHECK(info.width == camera.width);
  CHECK(image.width() == camera.width);
  CHECK(image.height() == camera.height);
  CHECK(vd::read_trajectory(kitti / "groundtruth.txt").size() == 51);
  // 1.6 % of the pixels of this file are marked unknown.
  const vd::FlowMap flow = vd::read_flow(shared / "data/flow_rubberwhale/flow_000000.flo").flow;
  std::size_t unknown = 0;
  for (std::size_t k = 0; k < flow.pixels(); ++k) unknown += std::isnan(flow.data()[2 * k]);
  CHECK(static_cast<double>(unknown) / static_cast<double>(flow.pixels()) == Approx(0.016).margin(0.001));
  const fs::path orbit = shared / "synth/orbit";
  const vd::FlowMap truth = vd::read_flow(orbit / "flow_fwd/000002.png").flow;
  CHECK(truth.width() == 512);
  CHECK(truth.height() == 288);
  const vd::NpzReader tracks(orbit / "tracks.npz");
  CHECK(tracks.read("xyz").shape == std::vector<std::size_t>{200, 24, 3});
}
