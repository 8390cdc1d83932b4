// SPDX-License-Identifier: Apache-2.0
// Mono networks of real size with random weights (seed 1): seconds an image, the arithmetic they need, its
// rate against that of LibTorch's own matrix product and convolution in the same run, peak memory.
//   bench_mono_networks [THREADS [NAME...]]   NAME: dav2-s dav2-b dav2-l depth-pro dpt-large dpt-hybrid
//   midas-v21 midas-v21-small; without one: dav2-s dav2-l
// Rates are per second that a thread was on a processor, so that other programs of the machine do not count.
#include <ATen/Parallel.h>
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>

#include "core/blas.h"
#include "models/depth_anything_v2/module.h"
#include "models/depth_pro/module.h"
#include "models/midas/module.h"

namespace {

using namespace vd;
using namespace vd::nn;

double processor_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_gib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / (1 << 20);
}

struct Seconds {
  double wall;
  double processor;
};

Seconds time_of(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  const double before = processor_s();
  body();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          processor_s() - before};
}

/// Best of three, after one that is not counted.
Seconds best_of(const std::function<void()>& body) {
  body();
  Seconds best = time_of(body);
  for (int k = 0; k < 2; ++k) {
    const Seconds next = time_of(body);
    if (next.processor < best.processor) best = next;
  }
  return best;
}

/// The matrix product of a transformer's MLP and the convolution of a head, in operations a processor second.
double product_rate() {
  const Tensor a = at::rand({1370, 1024}), b = at::rand({1024, 4096});
  return 2.0 * 1370 * 1024 * 4096 / best_of([&] { (void)at::mm(a, b); }).processor;
}

double convolution_rate() {
  const Tensor x = at::rand({1, 256, 148, 148}), w = at::rand({256, 256, 3, 3});
  const double operations = 2.0 * 256 * 256 * 9 * 148 * 148;
  return operations / best_of([&] { (void)at::conv2d(x, w, {}, {1, 1}, {1, 1}); }).processor;
}

/// Operations of a transformer on so many tokens: projections, MLP, and attention.
double transformer_operations(const VisionTransformerOptions& options, double tokens) {
  const auto width = static_cast<double>(options.block.width);
  return static_cast<double>(options.depth) * (2 * tokens * 12 * width * width + 4 * tokens * tokens * width);
}

/// Operations of Depth Anything's head over a grid of so many tokens; the last 1x1 convolution is left out.
double head_operations(const DepthAnythingV2Config& config, double tokens) {
  const auto width = static_cast<double>(config.encoder.block.width);
  const auto features = static_cast<double>(config.features);
  const std::array<double, 4> pixels{16 * tokens, 4 * tokens, tokens, tokens / 4};
  const std::array<double, 4> resize{16, 4, 0, 9.0 / 4};
  double sum = 0;
  for (int k = 0; k < 4; ++k) {
    const auto channels = static_cast<double>(config.channels[k]);
    const double units = k == 3 ? 2 : 4;
    const double fused_pixels = k == 0 ? 4 * pixels[0] : pixels[k - 1];
    sum += tokens * channels * (width + resize[k] * channels) + pixels[k] * 9 * channels * features +
           pixels[k] * 9 * units * features * features + fused_pixels * features * features;
  }
  const auto patch = static_cast<double>(config.encoder.patch * config.encoder.patch);
  sum += 64 * tokens * 9 * features * features / 2 +
         patch * tokens * 9 * features / 2 * static_cast<double>(config.last);
  return 2 * sum;
}

struct Rates {
  double product;
  double convolution;
};

void print_rate(const char* part, double operations, double least_s, const Seconds& seconds) {
  fmt::print("  {:<11} {:7.1f} GFLOP {:7.2f} s {:7.2f} processor s {:6.1f} GFLOP/s, {:3.0f} % of the best\n",
             part, operations * 1e-9, seconds.wall, seconds.processor, operations * 1e-9 / seconds.processor,
             100 * least_s / seconds.processor);
}

void measure_depth_anything(const std::string& size, const Rates& rates) {
  const DepthAnythingV2Config config = depth_anything_v2_config(size);
  const double tokens = 37 * 37;
  const double encoder = transformer_operations(config.encoder, tokens + 1);
  const double head = head_operations(config, tokens);
  RandomParameters random(1);
  const DepthAnythingV2 network(Parameters(random), config);
  const Tensor image = at::randn({1, 3, 518, 518});
  const Seconds whole = best_of([&] { (void)network(image); });
  fmt::print("depth anything v2 {} at 518x518, peak {:.2f} GiB\n", size, peak_gib());
  print_rate("whole", encoder + head, encoder / rates.product + head / rates.convolution, whole);
  const VisionTransformer transformer(Parameters(random) / "pretrained", config.encoder);
  const Tensor embedded = transformer.embed(image);
  const Seconds blocks = best_of([&] { (void)transformer.blocks(embedded, config.layers, true); });
  print_rate("transformer", encoder, encoder / rates.product, blocks);
}

template <typename Network, typename Config>
void measure_other(const std::string& name, std::int64_t side, const Config& config) {
  RandomParameters random(1);
  const Network network(Parameters(random), config);
  const double made_gib = peak_gib();
  const Tensor image = at::randn({1, 3, side, side});
  const Seconds seconds = time_of([&] { (void)network(image); });
  fmt::print("{} at {}x{}: {:.2f} s, {:.2f} processor s, peak {:.2f} GiB ({:.2f} when made)\n", name, side,
             side, seconds.wall, seconds.processor, peak_gib(), made_gib);
}

void measure(const std::string& name, const Rates& rates) {
  if (name.rfind("dav2-", 0) == 0) return measure_depth_anything("vit" + name.substr(5), rates);
  if (name == "depth-pro") return measure_other<DepthPro>(name, 1536, DepthProConfig());
  if (name == "dpt-large") return measure_other<Dpt>(name, 384, dpt_large_config());
  if (name == "dpt-hybrid") return measure_other<Dpt>(name, 384, dpt_hybrid_config());
  if (name == "midas-v21") return measure_other<MidasV21>(name, 384, MidasV21Config());
  if (name == "midas-v21-small") return measure_other<MidasV21Small>(name, 256, MidasV21SmallConfig());
  fmt::print(stderr, "bench_mono_networks: no network '{}'\n", name);
}

}  // namespace

int main(int argc, char** argv) {
  guard_blas_kernel();
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 1);
  const at::InferenceMode no_gradients;
  const double product = product_rate();
  const double convolution = convolution_rate();
  fmt::print("{} threads, kernel {}: product {:.1f}, convolution {:.1f} GFLOP a processor second\n",
             at::get_num_threads(), blas_kernel(), product * 1e-9, convolution * 1e-9);
  std::vector<std::string> names(argv + std::min(argc, 2), argv + argc);
  if (names.empty()) names = {"dav2-s", "dav2-l"};
  for (const std::string& name : names) {
    measure(name, {product, convolution});
    std::fflush(stdout);
  }
  return 0;
}
