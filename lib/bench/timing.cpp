// SPDX-License-Identifier: Apache-2.0
#include "bench/timing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/interrupt.h"
#include "core/machine_rates.h"
#include "core/parallel.h"

namespace vd {

Timing timing_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const std::size_t middle = seconds.size() / 2;
  const double median =
      seconds.size() % 2 == 1 ? seconds[middle] : 0.5 * (seconds[middle - 1] + seconds[middle]);
  return {median, seconds.front(), seconds.back(), static_cast<int>(seconds.size()), 1};
}

Timing time_on_all_threads(const std::function<void(std::size_t)>& body, int repetitions, double least_s) {
  const auto threads = static_cast<std::size_t>(thread_count());
  const auto run = [&](int calls) {
    std::vector<double> cpu_s(threads);
    parallel_for(threads, [&](std::size_t thread) {
      const double before_s = thread_cpu_seconds();
      for (int call = 0; call < calls; ++call) body(thread);
      cpu_s[thread] = thread_cpu_seconds() - before_s;
    });
    return std::accumulate(cpu_s.begin(), cpu_s.end(), 0.0) / static_cast<double>(threads);
  };
  check_interrupted();
  run(1);
  const double once_s = std::max(run(1), 1e-7);
  const int calls = static_cast<int>(std::clamp(std::ceil(least_s / once_s), 1.0, 1e6));
  std::vector<double> seconds;
  for (int k = 0; k < repetitions; ++k) {
    check_interrupted();
    seconds.push_back(run(calls) / calls);
  }
  Timing timing = timing_of(std::move(seconds));
  timing.calls = calls;
  return timing;
}

}  // namespace vd
