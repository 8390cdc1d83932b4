// SPDX-License-Identifier: Apache-2.0
#include "io/dense.h"

#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <limits>

#include "catch.h"
#include "core/atomic_file.h"
#include "hostile.h"
#include "io/flo.h"
#include "io/image.h"
#include "io/kitti_png.h"
#include "io/npy.h"
#include "io/pfm.h"
#include "png_maker.h"
#include "temporary_folder.h"

using vd::test::error_of;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

vd::Map<float> ramp(int width, int height, float first, float step) {
  vd::Map<float> map(width, height);
  for (std::size_t k = 0; k < map.pixels(); ++k) map.data()[k] = first + step * static_cast<float>(k);
  return map;
}

vd::FlowMap flow_ramp(int width, int height) {
  vd::FlowMap flow(width, height);
  for (std::size_t k = 0; k < flow.values().size(); ++k) {
    flow.data()[k] = -3 + 0.25F * static_cast<float>(k % 97);
  }
  return flow;
}

vd::PointMap points(int width, int height) {
  vd::PointMap map(width, height);
  for (std::size_t k = 0; k < map.values().size(); ++k) {
    map.data()[k] = 1 + 0.125F * static_cast<float>(k % 50);
  }
  return map;
}

/// While it lives, no file may grow beyond some bytes: what a full disk looks like from inside.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int) = nullptr;
};

}  // namespace

TEST_CASE("depth comes back from every format", "[io][dense]") {
  const vd::test::TemporaryFolder folder;
  const std::string name = GENERATE("d.exr", "d.npy", "d.pfm");
  const vd::DepthMap depth = ramp(31, 17, 0.5F, 0.01F);
  vd::write_depth(folder / name, depth);
  CHECK(vd::read_depth(folder / name).values() == depth.values());
  // The extension does not matter for reading.
  std::filesystem::rename(folder / name, folder / "renamed.bin");
  CHECK(vd::read_depth(folder / "renamed.bin").values() == depth.values());
  CHECK(vd::read_depth(folder / "renamed.bin", 2.0)(30, 16) == depth(30, 16) / 2);
}

TEST_CASE("a depth PNG needs its scale", "[io][dense]") {
  const vd::test::TemporaryFolder folder;
  vd::Map<std::uint16_t> stored(3, 1);
  stored.values() = {0, 4000, 65535};
  vd::write_png(folder / "d.png", stored);
  CHECK(vd::read_depth(folder / "d.png", 4000.0).values() == std::vector<float>{0, 1, 16.38375F});
  CHECK(error_of([&] { (void)vd::read_depth(folder / "d.png"); }).find("state the scale") !=
        std::string::npos);
  CHECK(error_of([&] { (void)vd::read_depth(folder / "d.png", 0.0); }).find("positive") != std::string::npos);
  vd::DenseOptions options;
  options.stored_per_unit = 1000;
  vd::DepthMap depth(2, 1, 1.2344F);
  depth(1, 0) = not_a_number;
  vd::write_depth(folder / "w.png", depth, options);
  CHECK(vd::read_png16(folder / "w.png").values() == std::vector<std::uint16_t>{1234, 0});
  depth(0, 0) = 70;
  CHECK(error_of([&] { vd::write_depth(folder / "w.png", depth, options); }).find("does not fit") !=
        std::string::npos);
  CHECK(error_of([&] { vd::write_depth(folder / "w.tif", depth); }).find("'.tif'") != std::string::npos);
}

TEST_CASE("invalid values have one form after reading", "[io][dense]") {
  const vd::test::TemporaryFolder folder;
  const std::string name = GENERATE("m.exr", "m.npy", "m.pfm");
  vd::Map<float> map(6, 1);
  map.values() = {1.5F, 0, not_a_number, infinite, -infinite, -2};
  vd::write_depth(folder / name, map);
  CHECK(vd::read_depth(folder / name).values() == std::vector<float>{1.5F, 0, 0, 0, 0, 0});
  vd::write_confidence(folder / name, map);
  CHECK(vd::read_confidence(folder / name).values() == std::vector<float>{1.5F, 0, 0, 0, 0, 0});
  vd::write_inverse(folder / name, map);
  CHECK(vd::read_inverse(folder / name).values() == std::vector<float>{1.5F, 0, 0, 0, 0, -2});
  vd::write_sigma(folder / name, map);
  CHECK(vd::read_sigma(folder / name).values() == std::vector<float>{1.5F, 0, 0, 0, 0, 0});
}

TEST_CASE("flow comes back with its confidence, unknown pixels as NaN", "[io][dense]") {
  const vd::test::TemporaryFolder folder;
  const std::string name = GENERATE("f.exr", "f.npy");
  vd::FlowMap flow = flow_ramp(23, 11);
  flow(4, 5, 1) = infinite;
  vd::ConfidenceMap confidence(23, 11, 0.75F);
  vd::write_flow(folder / name, flow, confidence);
  const vd::FlowFile read = vd::read_flow(folder / name);
  REQUIRE(read.flow.same_size(flow));
  CHECK(std::isnan(read.flow(4, 5, 0)));
  CHECK(std::isnan(read.flow(4, 5, 1)));
  CHECK(read.confidence(4, 5) == 0);
  CHECK(read.confidence(3, 5) == 0.75F);
  CHECK(read.flow(22, 10, 1) == flow(22, 10, 1));
  vd::write_flow(folder / name, flow, {});
  CHECK(vd::read_flow(folder / name).confidence.empty());
  CHECK(error_of([&] {
          vd::write_flow(folder / name, flow, vd::ConfidenceMap(3, 3));
        }).find("differ in size") != std::string::npos);
}

TEST_CASE("flow in Middlebury's, KITTI's and PFM files", "[io][flow]") {
  const vd::test::TemporaryFolder folder;
  vd::FlowMap flow = flow_ramp(10, 8);
  flow(1, 2, 0) = not_a_number;
  vd::write_flow(folder / "f.flo", flow, {});
  const vd::FlowMap flo = vd::read_flow(folder / "f.flo").flow;
  CHECK(flo(9, 7, 1) == flow(9, 7, 1));
  CHECK(std::isnan(flo(1, 2, 1)));
  CHECK(vd::encode_flo(flow).substr(0, 12) == std::string("PIEH\x0A\0\0\0\x08\0\0\0", 12));
  flow(0, 0, 0) = 511.99F;
  flow(0, 0, 1) = -700;
  flow(1, 0, 0) = 0.008F;
  vd::write_flow(folder / "f.png", flow, {});
  const vd::FlowMap kitti = vd::read_flow(folder / "f.png").flow;
  CHECK(kitti(9, 7, 1) == flow(9, 7, 1));
  CHECK(kitti(0, 0, 0) == 511.984375F);
  CHECK(kitti(0, 0, 1) == -512);
  CHECK(kitti(1, 0, 0) == 1.0F / 64);
  CHECK(std::isnan(kitti(1, 2, 0)));
  vd::Map<float, 3> stored(2, 1);
  stored.values() = {1, 2, 0, not_a_number, 5, 0};
  vd::write_text(folder / "f.pfm", vd::encode_pfm(stored));
  const vd::FlowMap pfm = vd::read_flow(folder / "f.pfm").flow;
  CHECK(pfm(0, 0, 1) == 2);
  CHECK(std::isnan(pfm(1, 0, 1)));
}

TEST_CASE("point maps of a pair, of one size and of two", "[io][dense]") {
  const vd::test::TemporaryFolder folder;
  const std::string name = GENERATE("p.exr", "p.npz");
  const int other_width = GENERATE(12, 9);
  vd::PointMapFile maps{points(12, 7), vd::Map<float>(12, 7, 1.5F), points(other_width, 7),
                        vd::Map<float>(other_width, 7, 4)};
  maps.points_a(3, 3, 2) = not_a_number;
  maps.confidence_b(1, 1) = not_a_number;
  vd::write_point_maps(folder / name, maps);
  const vd::PointMapFile read = vd::read_point_maps(folder / name);
  CHECK(read.points_b.values() == maps.points_b.values());
  CHECK(read.points_b.width() == other_width);
  CHECK(std::isnan(read.points_a(3, 3, 0)));
  CHECK(read.confidence_a(3, 3) == 0);
  CHECK(read.confidence_a(4, 3) == 1.5F);
  CHECK(read.confidence_b(1, 1) == 0);
  maps.confidence_a = vd::Map<float>(2, 2);
  CHECK(error_of([&] { vd::write_point_maps(folder / name, maps); }).find("differ in size") !=
        std::string::npos);
}

TEST_CASE("masks are 0 and 255 whatever the file holds", "[io][dense]") {
  const vd::test::TemporaryFolder folder;
  const std::string palette = vd::test::png_chunk("PLTE", std::string("\0\0\0\x80\0\0\0\x80\0", 9));
  vd::write_text(folder / "palette.png", vd::test::make_png(3, 1, 8, 3, {std::string("\0\1\2", 3)}, palette));
  CHECK(vd::read_mask(folder / "palette.png").values() == std::vector<std::uint8_t>{0, 255, 255});
  vd::write_text(folder / "rgb.png", vd::test::make_png(2, 1, 8, 2, {std::string("\0\0\x01\0\0\0", 6)}));
  CHECK(vd::read_mask(folder / "rgb.png").values() == std::vector<std::uint8_t>{255, 0});
  vd::MaskMap mask(4, 2, 255);
  mask(1, 1) = 0;
  vd::write_mask(folder / "mask.png", mask);
  CHECK(vd::read_mask(folder / "mask.png").values() == mask.values());
}

TEST_CASE("what is in the file decides, and errors say what is missing", "[io][dense][hostile]") {
  const vd::test::TemporaryFolder folder;
  vd::write_flow(folder / "flow.exr", flow_ramp(4, 4), {});
  CHECK(error_of([&] { (void)vd::read_depth(folder / "flow.exr"); }).find("no channel Z among: u v") !=
        std::string::npos);
  vd::write_depth(folder / "depth.exr", ramp(4, 4, 1, 1));
  CHECK(error_of([&] { (void)vd::read_flow(folder / "depth.exr"); }).find("no channels u and v among: Z") !=
        std::string::npos);
  CHECK(error_of([&] { (void)vd::read_point_maps(folder / "depth.exr"); }).find("no channel a.X") !=
        std::string::npos);
  vd::write_npy(folder / "cube.npy", vd::make_npy<float>({2, 2, 4}, std::vector<float>(16)));
  CHECK(error_of([&] { (void)vd::read_depth(folder / "cube.npy"); }).find("height x width") !=
        std::string::npos);
  CHECK(error_of([&] { (void)vd::read_flow(folder / "cube.npy"); }).find("height x width x 2") !=
        std::string::npos);
  vd::write_npy(folder / "none.npy", vd::make_npy<float>({0, 7}, {}));
  CHECK(error_of([&] { (void)vd::read_depth(folder / "none.npy"); }).find("impossible size 7 x 0") !=
        std::string::npos);
  vd::write_text(folder / "page.exr", "<html>");
  CHECK(error_of([&] { (void)vd::read_depth(folder / "page.exr"); }).find("unknown format") !=
        std::string::npos);
  vd::write_text(folder / "empty.exr", "");
  CHECK(error_of([&] { (void)vd::read_flow(folder / "empty.exr"); }).find("empty file") != std::string::npos);
}

TEST_CASE("hostile .flo and PFM files", "[io][flow][hostile]") {
  const auto flo = [](std::string_view b) { (void)vd::decode_flo(b, "a/file"); };
  const std::string bytes = vd::encode_flo(flow_ramp(7, 5));
  vd::test::refuses_every_prefix(bytes, bytes.size() - 1, flo);
  vd::test::survives_damage(bytes, 500, flo);
  CHECK(error_of([&] { flo(bytes.substr(0, 12 + 2 * 56)); }) == "a/file: truncated: 2 of 5 rows");
  CHECK(error_of([&] { flo(vd::test::patched(bytes, 4, 0xFFFFFFFF)); }) == "a/file: impossible size -1 x 5");
  CHECK(error_of([&] { flo(vd::test::patched(bytes, 8, 999999)); }) == "a/file: truncated: 5 of 999999 rows");
  const auto pfm = [](std::string_view b) { (void)vd::decode_pfm(b, "a/file"); };
  const std::string map = vd::encode_pfm(ramp(7, 5, 1, 1));
  vd::test::refuses_every_prefix(map, map.size() - 1, pfm);
  vd::test::survives_damage(map, 2000, pfm);
  CHECK(error_of([&] { pfm("Pf\n100000 100000\n-1\n"); }) == "a/file: truncated: 0 of 100000 rows");
  CHECK(error_of([&] { pfm("Pf\n-3 4\n-1\n"); }).find("'-3'") != std::string::npos);
  CHECK(error_of([&] { pfm("Pf\n3 4\nnan\n"); }).find("'nan'") != std::string::npos);
  CHECK(error_of([&] { pfm("PF\n3 4\n-1\n"); }).find("PFM of 3 channels") != std::string::npos);
  // Big endian, one row: 1.0.
  CHECK(vd::decode_pfm(std::string("Pf\n1 1\n1.0\n\x3F\x80\0\0", 15), "f")(0, 0) == 1.0F);
}

TEST_CASE("a full disk is an error, and the old file stays", "[io][dense]") {
  const vd::test::TemporaryFolder folder;
  const std::string name = GENERATE("d.exr", "d.npy", "d.pfm");
  vd::write_depth(folder / name, ramp(4, 4, 1, 1));
  {
    const FullDisk full(2048);
    vd::DenseOptions options;
    options.exr.codec = vd::ExrCodec::none;
    const std::string message =
        error_of([&] { vd::write_depth(folder / name, ramp(200, 200, 2, 0.1F), options); });
    CHECK(message.find(name + ": cannot write") != std::string::npos);
  }
  CHECK(vd::read_depth(folder / name)(1, 0) == 2);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()),
                      std::filesystem::directory_iterator()) == 1);
}
