// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "core/work.h"

namespace vd {

/// How fast a machine does each kind of work.
struct MachineProfile {
  std::string processor;                        // as the system names it
  int threads = 1;                              // that were at work at once while rates were measured
  std::string measured_on;                      // day; empty for rates that are built in
  std::array<double, work_kind_count> rates{};  // units a second and thread, all > 0

  [[nodiscard]] double rate(WorkKind kind) const { return rates[static_cast<std::size_t>(kind)]; }
  void set_rate(WorkKind kind, double per_second) { rates[static_cast<std::size_t>(kind)] = per_second; }
};

/// Seconds that one thread needs for the work.
[[nodiscard]] double seconds_for(const Work& work, const MachineProfile& profile);

/// Rates of the machine that vd was written on, multiplied by a factor.
[[nodiscard]] MachineProfile built_in_profile(double factor = 1);

/// The rates to predict with here: those that vd-bench --save has left for this processor, else the built-in
/// ones, scaled by a look of some milliseconds at the processor.
[[nodiscard]] MachineProfile profile_of_this_machine();
/// "rates of vd-bench, 2026-11-21", or that they are built in and how to measure.
[[nodiscard]] std::string where_rates_come_from(const MachineProfile& profile);

/// $XDG_CACHE_HOME/vd/machine.json, or ~/.cache/vd/machine.json; empty where there is neither.
[[nodiscard]] std::filesystem::path profile_path();
void write_profile(const std::filesystem::path& path, const MachineProfile& profile);
/// Nothing where there is no such file, or one of another version; throws Error where it is damaged. Kinds
/// that it lacks have the built-in rate.
[[nodiscard]] std::optional<MachineProfile> read_profile(const std::filesystem::path& path);

/// Name of the processor of this machine.
[[nodiscard]] std::string processor_name();

}  // namespace vd
