// SPDX-License-Identifier: Apache-2.0
#include "clip/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vd {

double predicted_seconds(const ItemCost& item, std::size_t items, int threads,
                         const MachineProfile& profile) {
  if (items == 0) return 0;
  const auto count = static_cast<double>(items);
  const double alone_s = seconds_for(item.work, profile);
  if (!item.spread.empty()) return count * (alone_s + seconds_for(item.spread, profile) / threads);
  // The last round may leave threads without an item.
  return std::ceil(count / threads) * alone_s;
}

std::string cost_text(const std::vector<PlannedStage>& stages, const MachineProfile& profile) {
  Work work;
  double seconds = 0;
  double memory_bytes = 0;
  for (const PlannedStage& stage : stages) {
    work += static_cast<double>(stage.items) * (stage.item.work + stage.item.spread);
    seconds += predicted_seconds(stage.item, stage.items, stage.threads, profile);
    memory_bytes = std::max(memory_bytes, stage.memory_bytes);
  }
  return fmt::format("{:.3g} GFLOP, {:.3g} MB, {:.0f} MiB of memory, {:.2g} s here ({})", 1e-9 * work.flop(),
                     1e-6 * work.bytes(), memory_bytes / 1048576, seconds, where_rates_come_from(profile));
}

double predicted_memory_bytes(const ItemCost& item, int threads, double resident_bytes) {
  return resident_bytes + 1e6 * (item.shared_megabytes + threads * item.memory_megabytes);
}

int threads_within_memory(const ItemCost& item, int threads, double resident_bytes, double limit_bytes) {
  if (limit_bytes <= 0) return threads;
  if (predicted_memory_bytes(item, 1, resident_bytes) > limit_bytes) return 0;
  if (item.memory_megabytes <= 0) return threads;
  const double room = limit_bytes - predicted_memory_bytes(item, 0, resident_bytes);
  return static_cast<int>(
      std::clamp(room / (1e6 * item.memory_megabytes), 1.0, static_cast<double>(threads)));
}

}  // namespace vd
