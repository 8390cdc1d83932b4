// SPDX-License-Identifier: Apache-2.0
// What it costs to write and read dense maps: flow and point map of a real pair computed here, and a measured
// or rendered depth map, in every codec and precision. CPU seconds, best of 3; MB are those of the float
// values in memory.
//   bench_io [CLIP_FOLDER...]     without a clip: three of the shared folder
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "clip_files.h"
#include "flow/consistency.h"
#include "io/dense.h"
#include "io/npz.h"
#include "pointmap/geometric.h"

namespace {

using namespace vd;
namespace fs = std::filesystem;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * t.tv_usec; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double best_of_three(const std::function<void()>& action) {
  double best = 1e9;
  for (int k = 0; k < 3; ++k) {
    const double start = cpu_seconds();
    action();
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

void add(ExrPart& part, const std::string& name, const float* values, int stride, int width, int height) {
  Map<float> plane(width, height);
  for (std::size_t k = 0; k < plane.pixels(); ++k)
    plane.data()[k] = values[k * static_cast<std::size_t>(stride)];
  part.channels.push_back({name, std::move(plane)});
}

/// Largest and root mean square difference after a round trip, absolute (px) or relative.
std::pair<double, double> loss(const ExrPart& before, const ExrPart& after, bool relative) {
  double largest = 0;
  double sum = 0;
  std::size_t count = 0;
  for (const ExrChannel& channel : before.channels) {
    const Map<float>& other = *after.find(channel.name);
    for (std::size_t k = 0; k < other.pixels(); ++k) {
      const double truth = channel.values.data()[k];
      if (!std::isfinite(truth) || truth == 0 || channel.name.find("conf") != std::string::npos) continue;
      const double difference = std::abs(other.data()[k] - truth) / (relative ? std::abs(truth) : 1.0);
      largest = std::max(largest, difference);
      sum += difference * difference;
      ++count;
    }
  }
  return {largest, std::sqrt(sum / static_cast<double>(std::max<std::size_t>(count, 1)))};
}

void print_table(const std::string& title, const ExrPart& part, bool relative) {
  const double megabytes = 4e-6 * static_cast<double>(part.channels.size()) * part.width() * part.height();
  fmt::print("{}: {} x {}, {} channels, {:.2f} MB\n", title, part.width(), part.height(),
             part.channels.size(), megabytes);
  fmt::print("  codec  type   write ms  MB/s  read ms  MB/s  size   loss {} max, rms\n",
             relative ? "relative" : "px");
  for (const auto& [name, codec] : {std::pair{"none", ExrCodec::none},
                                    {"rle", ExrCodec::rle},
                                    {"zips", ExrCodec::zips},
                                    {"zip", ExrCodec::zip},
                                    {"piz", ExrCodec::piz}}) {
    for (const bool half : {false, true}) {
      std::string bytes;
      std::vector<ExrPart> read;
      const double write_s = best_of_three([&] { bytes = encode_exr({part}, {codec, half}, "bench"); });
      const double read_s = best_of_three([&] { read = decode_exr(bytes, "bench"); });
      const auto [largest, rms] = loss(part, read[0], relative);
      fmt::print("  {:5}  {:5}  {:8.1f} {:5.0f} {:8.1f} {:5.0f}  {:4.2f}   {:.2g}, {:.2g}\n", name,
                 half ? "half" : "float", 1e3 * write_s, megabytes / write_s, 1e3 * read_s,
                 megabytes / read_s, 1e-6 * static_cast<double>(bytes.size()) / megabytes, largest, rms);
    }
  }
}

void bench_clip(const fs::path& folder) {
  const auto frames = bench::files_in(folder / "rgb");
  const IntrinsicsTable cameras = read_intrinsics(folder / "intrinsics.txt");
  const auto image = [&](std::size_t k) {
    return PairImage{cameras.at(static_cast<int>(k)), read_grey(frames.at(k)), {}, {}};
  };
  PairImage first = image(2);
  PairImage second = image(4);
  const double flow_s = best_of_three([&] { first.flow = dense_flow(first.grey, second.grey, {}); });
  second.flow = dense_flow(second.grey, first.grey, {});
  const ConfidenceMap confidence = flow_confidence(first.flow, second.flow);
  const double start = cpu_seconds();
  const PairPointMap pair = geometric_point_map(first, second, {}, {});
  const double pair_s = cpu_seconds() - start;
  const int width = first.grey.width();
  const int height = first.grey.height();
  fmt::print("\n{}: computing takes {:.0f} ms for a flow, {:.0f} ms for a point map (CPU)\n",
             folder.filename().string(), 1e3 * flow_s, 1e3 * pair_s);
  ExrPart flow;
  add(flow, "u", first.flow.data(), 2, width, height);
  add(flow, "v", first.flow.data() + 1, 2, width, height);
  add(flow, "conf", confidence.data(), 1, width, height);
  print_table("flow", flow, false);
  ExrPart points;
  for (int c = 0; c < 3; ++c) {
    add(points, std::string("a.") + "XYZ"[c], pair.a.data() + c, 3, width, height);
    add(points, std::string("b.") + "XYZ"[c], pair.b.data() + c, 3, width, height);
  }
  add(points, "a.conf", pair.a_conf.data(), 1, width, height);
  add(points, "b.conf", pair.b_conf.data(), 1, width, height);
  print_table("point maps", points, true);
  // The depth of the point map stands for a result: complete, with the noise of an estimate.
  ExrPart depth;
  add(depth, "Z", pair.a.data() + 2, 3, width, height);
  print_table("depth", depth, true);
  const NpyArray array =
      make_npy({static_cast<std::size_t>(height), static_cast<std::size_t>(width), 3}, pair.a.values());
  for (const bool deflate : {false, true}) {
    std::string bytes;
    const double write_s = best_of_three([&] { bytes = encode_npz({{"pts_a", array}}, deflate, "bench"); });
    const auto raw = static_cast<double>(array.bytes.size());
    fmt::print("npz {:8}  {:8.1f} ms {:5.0f} MB/s  size {:4.2f}\n", deflate ? "deflated" : "stored",
               1e3 * write_s, 1e-6 * raw / write_s, static_cast<double>(bytes.size()) / raw);
  }
}

void bench_images(const fs::path& folder) {
  const fs::path file = bench::files_in(folder / "rgb").at(0);
  RgbImage image;
  std::string png;
  std::string jpeg;
  const double decode_s = best_of_three([&] { image = read_rgb(file); });
  const double png_s = best_of_three([&] { png = encode_png(image); });
  const double png_read_s = best_of_three([&] { (void)decode_rgb(png, "bench"); });
  const double jpeg_s = best_of_three([&] { jpeg = encode_jpeg(image, 93); });
  fmt::print(
      "\nimage of {} x {}: read {} {:.1f} ms, write PNG {:.1f} ms ({:.2f} bytes a pixel), read it {:.1f} ms, "
      "write JPEG "
      "{:.1f} ms\n",
      image.width(), image.height(), file.extension().string(), 1e3 * decode_s, 1e3 * png_s,
      static_cast<double>(png.size()) / static_cast<double>(image.pixels()), 1e3 * png_read_s, 1e3 * jpeg_s);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<fs::path> folders(argv + 1, argv + argc);
  if (folders.empty()) {
    const fs::path shared = VD_SHARED;
    folders = {shared / "data/redkitchen_short", shared / "data/kitti_city_dynamic", shared / "synth/orbit"};
  }
  for (const fs::path& folder : folders) {
    if (!fs::exists(folder)) {
      fmt::print("skipped: {} is not there\n", folder.string());
      continue;
    }
    bench_clip(folder);
    bench_images(folder);
  }
  return 0;
}
