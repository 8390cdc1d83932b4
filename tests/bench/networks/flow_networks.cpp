// SPDX-License-Identifier: Apache-2.0
// Flow networks of public size with random weights (seed 1) on random images: seconds a pair, rate against
// that of LibTorch's own convolution in the same run, peak memory.
//   bench_flow_networks [THREADS [WIDTH HEIGHT [NAME...]]]   NAME: raft raft-on-demand raft-small sea-raft-s
//   sea-raft-m; without one: raft
// Rates are per second that a thread was on a processor, so that other programs of the machine do not count.
// RAFT's refer to the work of the published network with one mask; what is computed once instead of in every
// iteration counts as done.
#include <ATen/Parallel.h>
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>

#include "core/blas.h"
#include "models/raft/module.h"
#include "models/sea_raft/module.h"

namespace {

using namespace vd;
using namespace vd::nn;

struct Used {
  double wall_s, processor_s, peak_mib;
};

rusage usage() {
  rusage now{};
  getrusage(RUSAGE_SELF, &now);
  return now;
}

double processor_s(const rusage& now) {
  return static_cast<double>(now.ru_utime.tv_sec + now.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(now.ru_utime.tv_usec + now.ru_stime.tv_usec);
}

/// Best of two, after one that is not counted.
Used best_of(const std::function<void()>& body) {
  body();
  Used best{0, 1e30, 0};
  for (int k = 0; k < 2; ++k) {
    const double before = processor_s(usage());
    const auto start = std::chrono::steady_clock::now();
    body();
    const double seconds = processor_s(usage()) - before;
    if (seconds < best.processor_s)
      best = {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), seconds, 0};
  }
  best.peak_mib = static_cast<double>(usage().ru_maxrss) / 1024;
  return best;
}

double convolution_rate() {
  const Tensor x = at::rand({1, 256, 36, 64}), w = at::rand({256, 256, 3, 3});
  const double operations = 2.0 * 256 * 256 * 9 * 36 * 64;
  return operations / best_of([&] { (void)at::conv2d(x, w, {}, {1, 1}, {1, 1}); }).processor_s;
}

/// Operations of RAFT with one mask at 512x288, which grow with the pixels; the correlation with their
/// square.
double raft_operations(double pixels, int iterations) {
  const double ratio = pixels / (512.0 * 288.0);
  return 1e9 * ((60 + 1.9 + 12.5 * iterations) * ratio + 2.7 * ratio * ratio);
}

void print(const std::string& name, const Used& used, double operations, double rate) {
  fmt::print("{}: {:.2f} s, {:.2f} processor s, peak {:.0f} MiB", name, used.wall_s, used.processor_s,
             used.peak_mib);
  if (operations > 0)
    fmt::print(", {:.0f} GFLOP, {:.1f} GFLOP/s, {:.0f} % of the convolution", operations * 1e-9,
               operations * 1e-9 / used.processor_s, 100 * operations / used.processor_s / rate);
  fmt::print("\n");
  std::fflush(stdout);
}

void measure(const std::string& name, std::int64_t width, std::int64_t height, double rate) {
  RandomParameters random(1);
  const Tensor from = 255 * at::rand({1, 3, height, width}), to = 255 * at::rand({1, 3, height, width});
  if (name.rfind("sea-raft", 0) == 0) {
    const SeaRaft network(Parameters(random), name == "sea-raft-s" ? sea_raft_s() : sea_raft_m());
    return print(name, best_of([&] { (void)estimate_flow(network, from, to, {4}); }), 0, rate);
  }
  const bool is_small = name == "raft-small";
  const Raft network(Parameters(random), is_small ? raft_small() : raft_basic());
  RaftPairOptions options;
  if (name == "raft-on-demand") options.run.most_table_bytes = 0;
  const double operations =
      is_small ? 0 : raft_operations(static_cast<double>(width * height), options.run.iterations);
  print(name, best_of([&] { (void)estimate_flow(network, from, to, options); }), operations, rate);
}

}  // namespace

int main(int argc, char** argv) {
  guard_blas_kernel();
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 1);
  const at::InferenceMode no_gradients;
  const std::int64_t width = argc > 3 ? std::atoi(argv[2]) : 512;
  const std::int64_t height = argc > 3 ? std::atoi(argv[3]) : 288;
  const double rate = convolution_rate();
  fmt::print("{} threads, kernel {}: convolution {:.1f} GFLOP a processor second; {}x{}\n",
             at::get_num_threads(), blas_kernel(), rate * 1e-9, width, height);
  std::vector<std::string> names(argv + std::min(argc, 4), argv + argc);
  if (names.empty()) names = {"raft"};
  for (const std::string& name : names) measure(name, width, height, rate);
  return 0;
}
