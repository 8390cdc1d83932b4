// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/machine_profile.h"
#include "core/work.h"

namespace vd {

/// Predicted work and memory of one item of a stage.
struct ItemCost {
  Work work;                    // of one thread; as many items are at work as there are threads
  Work spread;                  // that all threads share; items that have such follow one another
  double memory_megabytes = 0;  // 1e6 bytes, resident for each thread at work
  double shared_megabytes = 0;  // resident whatever the number of threads
};

/// Items of a stage that are to be computed, and with how many threads.
struct PlannedStage {
  std::string stage;  // "flow/dis"
  ItemCost item;
  std::size_t items = 0;
  int threads = 1;
  double memory_bytes = 0;  // expected at the worst moment
};

/// Seconds that the items take together.
[[nodiscard]] double predicted_seconds(const ItemCost& item, std::size_t items, int threads,
                                       const MachineProfile& profile);

/// "3.1 GFLOP, 20 MB, 85 MiB of memory, 1.2 s here (where the rates come from)": work and time of the stages
/// together, memory of the one that needs most.
[[nodiscard]] std::string cost_text(const std::vector<PlannedStage>& stages, const MachineProfile& profile);

/// Bytes that are resident at the worst moment, of a process that holds so much before the first item.
[[nodiscard]] double predicted_memory_bytes(const ItemCost& item, int threads, double resident_bytes);

/// As many threads as a bound on memory has room for, at most `threads`; 0 where one is too many. No bound
/// where limit_bytes is 0.
[[nodiscard]] int threads_within_memory(const ItemCost& item, int threads, double resident_bytes,
                                        double limit_bytes);

}  // namespace vd
