// SPDX-License-Identifier: Apache-2.0
#include "core/machine_rates.h"

#include <cstring>
#include <vector>

#include "core/parallel.h"
#include "core/usage.h"

namespace vd {
namespace {

/// Independent multiply-adds on a block that stays in the first cache.
float multiply_add_block(int rounds) {
  constexpr int width = 64;
  float sums[width];
  for (int i = 0; i < width; ++i) sums[i] = static_cast<float>(i) * 1e-3F;
  for (int r = 0; r < rounds; ++r) {
    for (float& sum : sums) sum = sum * 0.999F + 0.001F;
  }
  float total = 0;
  for (const float sum : sums) total += sum;
  return total;
}

}  // namespace

MachineRates measure_machine_rates() {
  const auto threads = static_cast<std::size_t>(thread_count());
  constexpr int rounds = 2'000'000;
  std::vector<float> sums(threads);
  const Stopwatch compute;
  parallel_for(threads, [&](std::size_t t) { sums[t] = multiply_add_block(rounds); });
  const double gflop = 2.0 * 64 * rounds * static_cast<double>(threads) * 1e-9;
  const double compute_s = compute.wall_seconds() + 1e-12 * static_cast<double>(sums[0] > 1e9F);

  constexpr std::size_t bytes = std::size_t{64} << 20;
  std::vector<char> source(bytes, 1);
  std::vector<char> target(bytes, 2);
  const Stopwatch copy;
  std::memcpy(target.data(), source.data(), bytes);
  const double copy_s = copy.wall_seconds() + 1e-12 * target[bytes / 2];
  return {gflop / compute_s, 2e-9 * static_cast<double>(bytes) / copy_s};
}

}  // namespace vd
