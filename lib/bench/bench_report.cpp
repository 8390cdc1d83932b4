// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bench/bench.h"
#include "bench/limit.h"
#include "clip/version.h"
#include "core/blas.h"

namespace vd {

namespace {

using Json = nlohmann::ordered_json;

/// A number with three digits and a letter for thousands.
std::string short_number(double value) {
  constexpr const char* letters[] = {"", "k", "M", "G", "T"};
  int k = 0;
  for (; value >= 999.5 && k < 4; ++k) value /= 1000;
  return fmt::format("{:.3g}{}", value, letters[k]);
}

std::string percent(double share) {
  return share <= 0    ? "-"
         : share < 0.1 ? fmt::format("{:.1f} %", 100 * share)
                       : fmt::format("{:.0f} %", 100 * share);
}

LimitShare share_of(const MeasuredRate& rate, const MachineProfile& profile) {
  const WorkKindInfo& info = info_of(rate.kind);
  return share_of_limit(info.flop * rate.per_second, info.bytes * rate.per_second, 1, 1, profile);
}

std::string count_of(const WorkKindInfo& info) {
  const std::string operations =
      info.flop > 0 ? fmt::format("{}{:.3g} FLOP", info.is_estimate ? "~" : "", info.flop) : "";
  const std::string bytes = info.bytes > 0 ? fmt::format("{:.3g} B", info.bytes) : "";
  return operations + (operations.empty() || bytes.empty() ? "" : ", ") + bytes;
}

Table table_of_rates(const BenchReport& report) {
  Table table;
  table.heading = {
      "work", "a second and thread", "from .. to", "unit", "a unit is", "GFLOP/s", "GB/s", "limit", "reached",
      "how"};
  for (const MeasuredRate& rate : report.rates) {
    const WorkKindInfo& info = info_of(rate.kind);
    const LimitShare limit = share_of(rate, report.profile);
    const double giga = 1e-9 * rate.per_second * report.profile.threads;
    table.rows.push_back({info.name, short_number(rate.per_second),
                          short_number(rate.least) + " .. " + short_number(rate.most), info.unit,
                          count_of(info), info.flop > 0 ? fmt::format("{:.3g}", giga * info.flop) : "-",
                          info.bytes > 0 ? fmt::format("{:.3g}", giga * info.bytes) : "-", limit.limit,
                          percent(limit.share), rate.how});
  }
  return table;
}

/// What is derived from a stage's run.
struct StageFigures {
  double items = 0, flop = 0, bytes = 0, predicted_s = 0, predicted_cpu_s = 0;
  LimitShare limit;
};

StageFigures figures_of(const MeasuredStage& stage, const MachineProfile& profile) {
  const PlannedStage& plan = stage.run.plan;
  StageFigures figures;
  figures.items = static_cast<double>(plan.items);
  const Work all = figures.items * (plan.item.work + plan.item.spread);
  figures.flop = all.flop();
  figures.bytes = all.bytes();
  figures.predicted_s = predicted_seconds(plan.item, plan.items, plan.threads, profile);
  figures.predicted_cpu_s = seconds_for(all, profile);
  figures.limit = share_of_limit(figures.flop, figures.bytes, stage.run.cpu_s, 1, profile);
  return figures;
}

Table table_of_stages(const BenchReport& report) {
  Table table;
  table.heading = {"stage", "items",   "s",    "predicted s", "CPU s",   "predicted CPU s", "items/s",
                   "Mpx/s", "GFLOP/s", "GB/s", "limit",       "reached", "peak MiB",        "predicted MiB"};
  for (const MeasuredStage& stage : report.stages) {
    const StageFigures f = figures_of(stage, report.profile);
    const double wall_s = stage.run.wall_s;
    const auto number = [](double value) { return fmt::format("{:.3g}", value); };
    table.rows.push_back({stage.run.stage, number(f.items), number(wall_s), number(f.predicted_s),
                          number(stage.run.cpu_s), number(f.predicted_cpu_s), number(f.items / wall_s),
                          number(1e-6 * report.pixels * report.frames / wall_s),
                          number(1e-9 * f.flop / wall_s), number(1e-9 * f.bytes / wall_s), f.limit.limit,
                          percent(f.limit.share),
                          fmt::format("{:.0f}", stage.run.peak_memory_bytes / 1048576),
                          fmt::format("{:.0f}", stage.run.expected_memory_bytes / 1048576)});
  }
  return table;
}

}  // namespace

std::string bench_tables(const BenchReport& report, TableFormat format) {
  std::string text =
      format_table(table_of_rates(report), format) + "\n" + format_table(table_of_stages(report), format);
  if (format == TableFormat::csv) return text;
  const MachineProfile& profile = report.profile;
  text += fmt::format("\n{}, {} thread{}, median of {} repetitions ({} of stages), {:.0f} s\n",
                      profile.processor, profile.threads, profile.threads == 1 ? "" : "s",
                      report.rates.empty() ? 0 : report.rates.front().timing.repetitions,
                      report.stages.empty() ? 0 : report.stages.back().timing.repetitions, report.seconds);
  text +=
      "Rates and shares are of the time on a processor. Limit FLOP: the rate of matrix products; bytes: that "
      "of\n"
      "copies. ~: the operations are estimated.\n";
  if (!report.saved_to.empty()) text += "Saved to " + report.saved_to + "\n";
  return text;
}

std::string bench_json(const BenchReport& report) {
  const MachineProfile& profile = report.profile;
  Json object = {{"program", "vd-bench"},          {"version", version_text()},
                 {"processor", profile.processor}, {"blas_kernel", blas_kernel()},
                 {"threads", profile.threads},     {"measured_on", profile.measured_on},
                 {"seconds", report.seconds},      {"saved_to", report.saved_to},
                 {"rates", Json::array()},         {"stages", Json::array()}};
  for (const MeasuredRate& rate : report.rates) {
    const WorkKindInfo& info = info_of(rate.kind);
    const LimitShare limit = share_of(rate, profile);
    object["rates"].push_back({{"work", info.name},
                               {"unit", info.unit},
                               {"per_second_and_thread", rate.per_second},
                               {"least", rate.least},
                               {"most", rate.most},
                               {"repetitions", rate.timing.repetitions},
                               {"flop_per_unit", info.flop},
                               {"bytes_per_unit", info.bytes},
                               {"flop_are", info.is_estimate ? "estimated" : "counted"},
                               {"limit", limit.limit},
                               {"share_of_limit", limit.share},
                               {"how", rate.how}});
  }
  for (const MeasuredStage& stage : report.stages) {
    const StageFigures f = figures_of(stage, profile);
    object["stages"].push_back({{"stage", stage.run.stage},
                                {"items", stage.run.plan.items},
                                {"threads", stage.run.plan.threads},
                                {"wall_s", stage.run.wall_s},
                                {"least_s", stage.timing.least_s},
                                {"most_s", stage.timing.most_s},
                                {"runs", stage.timing.repetitions},
                                {"cpu_s", stage.run.cpu_s},
                                {"predicted_s", f.predicted_s},
                                {"predicted_cpu_s", f.predicted_cpu_s},
                                {"flop", f.flop},
                                {"bytes", f.bytes},
                                {"limit", f.limit.limit},
                                {"share_of_limit", f.limit.share},
                                {"peak_memory_bytes", stage.run.peak_memory_bytes},
                                {"expected_memory_bytes", stage.run.expected_memory_bytes}});
  }
  return object.dump(1) + "\n";
}

}  // namespace vd
