// SPDX-License-Identifier: Apache-2.0
#include "core/machine_rates.h"

#include <time.h>

#include <algorithm>

namespace vd {

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

float multiply_add_block(int rounds) {
  float sums[multiply_add_width];
  for (int i = 0; i < multiply_add_width; ++i) sums[i] = static_cast<float>(i) * 1e-3F;
  for (int r = 0; r < rounds; ++r) {
    for (float& sum : sums) sum = sum * 0.999F + 0.001F;
  }
  float total = 0;
  for (const float sum : sums) total += sum;
  return total;
}

double measure_loop_rate() {
  constexpr int rounds = 200'000;
  double best = 0;
  for (int run = 0; run < 6; ++run) {
    const double before_s = thread_cpu_seconds();
    const float sum = multiply_add_block(rounds);
    const double seconds = thread_cpu_seconds() - before_s + 1e-12 * static_cast<double>(sum > 1e9F) + 1e-9;
    best = std::max(best, multiply_add_width * static_cast<double>(rounds) / seconds);
  }
  return best;
}

}  // namespace vd
