// SPDX-License-Identifier: Apache-2.0
#include "bench/bench.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/progress.h"
#include "core/usage.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

/// A folder of its own that is gone in the end.
class WorkFolder {
 public:
  WorkFolder() {
    std::string name = (fs::temp_directory_path() / "vd-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw Error(name, std::string("cannot make it: ") + std::strerror(errno));
    path_ = name;
  }
  ~WorkFolder() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  char text[16] = {};
  gmtime_r(&now, &day);
  std::strftime(text, sizeof text, "%Y-%m-%d", &day);
  return text;
}

/// Of several runs of one program, each of its stages with the run of median time.
std::vector<MeasuredStage> medians(const std::vector<std::vector<StageRun>>& runs) {
  std::vector<MeasuredStage> stages;
  for (std::size_t stage = 0; !runs.empty() && stage < runs.front().size(); ++stage) {
    std::vector<StageRun> same;
    for (const auto& run : runs)
      if (stage < run.size()) same.push_back(run[stage]);
    std::vector<double> seconds;
    for (const StageRun& run : same) seconds.push_back(run.wall_s);
    const Timing timing = timing_of(seconds);
    std::sort(same.begin(), same.end(),
              [](const StageRun& a, const StageRun& b) { return a.wall_s < b.wall_s; });
    StageRun middle = same[(same.size() - 1) / 2];
    middle.wall_s = timing.median_s;
    stages.push_back({middle, timing});
  }
  return stages;
}

/// Where there are several ways to do the same work, the fastest is the machine's rate.
void keep_the_fastest(BenchReport& report) {
  const WorkKind kind = report.rates.back().kind;
  for (const MeasuredRate& rate : report.rates) {
    if (rate.kind == kind && rate.per_second > report.profile.rate(kind))
      report.profile.set_rate(kind, rate.per_second);
  }
}

std::vector<MeasuredStage> measure_stage(const StageCase& stage, const fs::path& clip, int runs) {
  std::vector<std::vector<StageRun>> all;
  for (int k = 0; k < runs; ++k) all.push_back(stage.run(clip));
  return medians(all);
}

}  // namespace

void describe(BenchOptions& o, OptionTable& t) {
  t.topic("Measurement");
  t.add("--repetitions", o.repetitions, range(1, 1000), "of every rate; the median counts");
  t.add("--stage-runs", o.stage_runs, range(1, 100), "of every program over the clip; the median counts");
  t.flag("--stages", o.stages, "run the programs over a small rendered clip, too");
  t.add("--length", o.clip.frames, range(6, 10000), "frames of the clip");
  t.add("--width", o.clip.width, range(64, 16384), "of its frames [px]");
  t.add("--height", o.clip.height, range(64, 16384), "of its frames [px]");
  t.topic("Result");
  t.flag("--save", o.save, "keep the rates for --dry-run of all programs");
  t.choice("--table", o.table,
           {{"text", TableFormat::text}, {"markdown", TableFormat::markdown}, {"csv", TableFormat::csv}},
           "how the tables on standard output are written");
}

BenchReport run_bench(const BenchOptions& options, const CommonOptions& common) {
  const Stopwatch stopwatch;
  const WorkFolder work;
  const fs::path folder = work.path() / "clip";
  BenchReport report;
  report.profile = built_in_profile();
  report.profile.processor = processor_name();
  report.profile.threads = thread_count();
  report.profile.measured_on = today();
  report.pixels = static_cast<double>(options.clip.width) * options.clip.height;
  report.frames = options.clip.frames;
  const auto machine = machine_cases();
  const auto programs = stage_cases(options.clip, common);
  const auto mode = common.quiet ? ProgressMode::never : common.progress;
  Progress progress("bench", machine.size() + work_kind_count - 4 + (options.stages ? programs.size() : 1),
                    mode);
  const auto take = [&](const std::vector<RateCase>& cases) {
    for (const RateCase& rate_case : cases) {
      report.rates.push_back(measure(rate_case, options.repetitions, report.profile));
      keep_the_fastest(report);
      progress.tick();
    }
  };
  take(machine);
  std::vector<std::string> left_out;
  // What the programs say of so small a clip is of no interest.
  set_log("vd-bench", LogLevel::quiet);
  for (const StageCase& program : programs) {
    const bool renders = &program == &programs.front();
    if (!renders && !options.stages) break;
    try {
      const auto stages = measure_stage(program, folder, renders ? 1 : options.stage_runs);
      report.stages.insert(report.stages.end(), stages.begin(), stages.end());
    } catch (const Error& problem) {  // a clip may be too small for some programs to find anything in
      if (renders) throw;
      left_out.push_back(program.program + " is left out: " + problem.what());
    }
    progress.tick();
    if (!renders) continue;
    fs::create_directories(work.path() / "files");
    set_thread_count(common.threads);
    take(program_cases(Clip::open(folder), work.path() / "files"));
  }
  (void)take_warnings();
  set_log("vd-bench", common.quiet ? LogLevel::quiet : LogLevel::normal);
  for (const std::string& note : left_out) log_warning(note);
  if (options.save) {
    const fs::path path = profile_path();
    if (path.empty()) throw Error("--save", "neither XDG_CACHE_HOME nor HOME says where");
    write_profile(path, report.profile);
    report.saved_to = path.string();
  }
  report.seconds = stopwatch.wall_seconds();
  return report;
}

}  // namespace vd
