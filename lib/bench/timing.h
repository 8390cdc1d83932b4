// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace vd {

/// Seconds of one call, over some repetitions.
struct Timing {
  double median_s = 0;
  double least_s = 0;
  double most_s = 0;
  int repetitions = 0;
  int calls = 0;  // in each repetition
};

/// Median, least and most of these, which must not be empty.
[[nodiscard]] Timing timing_of(std::vector<double> seconds);

/// Calls body(thread) on as many threads at once as thread_count() says, so often that a repetition lasts at
/// least least_s. Seconds are those that a thread was on a processor: waiting for one, while others have it,
/// says nothing about the machine. The first call, which finds cold caches, is not counted. Loops inside the
/// body run serially.
[[nodiscard]] Timing time_on_all_threads(const std::function<void(std::size_t thread)>& body, int repetitions,
                                         double least_s = 0.03);

}  // namespace vd
