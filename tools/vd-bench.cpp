// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "bench/bench.h"
#include "clip/program.h"
#include "core/error.h"

int main(int argc, char** argv) {
  vd::CommonOptionsUse use;
  use.output = use.frames = use.native_size = use.seed = use.force = use.items = use.record = use.memory =
      false;
  return vd::run_alone({"vd-bench",
                        "Measure what this machine can do, and how much of it the programs of vd reach.",
                        "",
                        {"vd-bench --save", "vd-bench --no-stages --repetitions 9 --json",
                         "vd-bench -j 1 --length 12 --width 640 --height 360"},
                        use},
                       argc, argv, [](vd::OptionTable& table) -> vd::ProgramBody {
                         auto options = std::make_shared<vd::BenchOptions>();
                         vd::describe(*options, table);
                         return [options](const std::vector<std::string>& arguments, vd::Run& run) {
                           if (!arguments.empty()) throw vd::MisuseError(arguments[0], "is no option");
                           const vd::BenchReport report = vd::run_bench(*options, run.common);
                           vd::print_result(run.common.json ? vd::bench_json(report)
                                                            : vd::bench_tables(report, options->table));
                         };
                       });
}
