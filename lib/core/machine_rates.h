// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vd {

/// Rates of this machine, measured in about a tenth of a second, for predictions of --dry-run.
struct MachineRates {
  double gflop_per_s;  // float32 multiply-add loop on thread_count() threads
  double gb_per_s;     // copy of a block larger than the caches, bytes read and written
};
[[nodiscard]] MachineRates measure_machine_rates();

}  // namespace vd
