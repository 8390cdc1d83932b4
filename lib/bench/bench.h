// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench/rates.h"
#include "bench/stage_rates.h"
#include "core/options.h"
#include "report/table.h"

namespace vd {

struct BenchOptions {
  int repetitions = 3;
  int stage_runs = 1;
  bool stages = true;
  bool save = false;
  StageCaseOptions clip;
  TableFormat table = TableFormat::text;
};
void describe(BenchOptions& options, OptionTable& table);

/// A stage with the run of median time out of several.
struct MeasuredStage {
  StageRun run;
  Timing timing;
};

/// Everything that vd-bench knows in the end.
struct BenchReport {
  MachineProfile profile;
  std::vector<MeasuredRate> rates;
  std::vector<MeasuredStage> stages;
  double pixels = 0;  // of a frame of the clip
  int frames = 0;
  double seconds = 0;    // that all of it took
  std::string saved_to;  // empty: the profile was not saved
};

/// Measures this machine, what vd's programs do, and the programs themselves over a small rendered clip in a
/// folder of its own, which is gone in the end. With options.save the rates are kept for --dry-run.
[[nodiscard]] BenchReport run_bench(const BenchOptions& options, const CommonOptions& common);

[[nodiscard]] std::string bench_tables(const BenchReport& report, TableFormat format);
[[nodiscard]] std::string bench_json(const BenchReport& report);

}  // namespace vd
