// SPDX-License-Identifier: Apache-2.0
// The report of vd-eval: as JSON, and as tables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "report/ticks.h"
#include "stage/evaluation.h"

namespace vd {
namespace {

using nlohmann::ordered_json;

ordered_json number_or_null(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

double number_of(const ordered_json& value) { return value.is_number() ? value.get<double>() : NAN; }

std::optional<double> value_of(const Evaluation& scores, const std::string& name) {
  for (const Metric& metric : scores.metrics)
    if (metric.name == name) return metric.value;
  return {};
}

std::string cell(const Evaluation& scores, const std::string& name) {
  const auto value = value_of(scores, name);
  if (!value || std::isnan(*value)) return "-";
  return name.size() > 6 && name.substr(name.size() - 6) == "pixels" ? fmt::format("{:.0f}", *value)
                                                                     : number_text(*value, 4);
}

/// A row for each group of pixels.
Table depth_table(const Evaluation& scores) {
  const std::vector<std::string> columns = {"abs_rel", "sq_rel", "rmse",     "log_rmse",          "delta1",
                                            "delta2",  "delta3", "coverage", "abs_rel_best_half", "pixels"};
  Table table;
  table.heading = {"depth/" + scores.facts.at("depth").value("stage", "")};
  for (const std::string& column : columns) {
    table.heading.push_back(column == "abs_rel_best_half" ? "best_half" : column);
  }
  // Where nothing moves, the still pixels are all pixels: their rows would say the same again.
  const bool something_moves = value_of(scores, "depth.dynamic.abs_rel").has_value();
  for (const char* group : {"all", "observed", "filled", "static", "observed_static", "filled_static",
                            "dynamic", "observed_dynamic"}) {
    const std::string prefix = std::string("depth.") + group + ".";
    if (!value_of(scores, prefix + "abs_rel")) continue;
    if (!something_moves && prefix.find("static") != std::string::npos) continue;
    std::vector<std::string> row = {group};
    for (const std::string& column : columns) row.push_back(cell(scores, prefix + column));
    table.rows.push_back(row);
  }
  return table;
}

/// How depth was brought onto the truth, in one line.
std::string fit_text(const Evaluation& scores) {
  const auto& depth = scores.facts.at("depth");
  const auto& protocol = scores.facts.at("protocol");
  const auto option = [&](const char* name) { return protocol.value(name, ""); };
  std::string text =
      fmt::format("fit: {} on {} pixels, one a {}", option("align"), option("fit-pixels"), option("fit"));
  if (option("disparity") == "true") text += ", in 1/depth";
  const double shift = number_of(depth.at("shift"));
  text += fmt::format("; scale {}", number_text(number_of(depth.at("scale")), 4));
  if (shift != 0) text += fmt::format(", shift {}", number_text(shift, 4));
  if (option("fit") == "frame") text += " in the first frame";
  return text;
}

/// One row with the metrics of a kind that exist.
Table row_table(const Evaluation& scores, const std::string& kind, const std::string& title,
                const std::vector<std::string>& columns) {
  Table table{{title}, {{""}}};
  for (const std::string& column : columns) {
    if (!value_of(scores, kind + "." + column)) continue;
    table.heading.push_back(column);
    table.rows[0].push_back(cell(scores, kind + "." + column));
  }
  return table;
}

std::string long_csv(const std::string& clip_name, const Evaluation& scores) {
  Table table{{"clip", "metric", "value"}, {}};
  for (const Metric& metric : scores.metrics) {
    table.rows.push_back(
        {clip_name, metric.name, std::isfinite(metric.value) ? fmt::format("{}", metric.value) : ""});
  }
  return format_table(table, TableFormat::csv);
}

}  // namespace

std::string to_json_text(const Evaluation& scores) {
  ordered_json report;
  report["frames"] = scores.frames;
  for (const auto& [name, fact] : scores.facts.items()) report[name] = fact;
  report["metrics"] = ordered_json::object();
  for (const Metric& metric : scores.metrics) report["metrics"][metric.name] = number_or_null(metric.value);
  report["per_frame"] = ordered_json::object();
  for (const auto& [name, values] : scores.per_frame) {
    ordered_json list = ordered_json::array();
    for (const double value : values) list.push_back(number_or_null(value));
    report["per_frame"][name] = list;
  }
  report["notes"] = scores.notes;
  return report.dump(1) + "\n";
}

Evaluation from_json_text(const std::string& text, const std::string& where) {
  try {
    const ordered_json report = ordered_json::parse(text);
    Evaluation scores;
    scores.frames = report.at("frames").get<std::vector<int>>();
    for (const char* kind : {"protocol", "depth", "poses", "masks"})
      if (report.contains(kind)) scores.facts[kind] = report[kind];
    for (const auto& [name, value] : report.at("metrics").items())
      scores.metrics.push_back({name, number_of(value)});
    for (const auto& [name, list] : report.at("per_frame").items()) {
      for (const auto& value : list) scores.per_frame[name].push_back(number_of(value));
    }
    scores.notes = report.at("notes").get<std::vector<std::string>>();
    return scores;
  } catch (const nlohmann::json::exception& problem) {
    throw Error(where, fmt::format("damaged: {}", problem.what()));
  }
}

std::string evaluation_tables(const std::string& clip_name, const Evaluation& scores, TableFormat format) {
  if (scores.metrics.empty()) return "";
  if (format == TableFormat::csv) return long_csv(clip_name, scores);
  std::string text = (format == TableFormat::markdown ? "## " : "") + clip_name + "\n\n";
  const auto append = [&](const Table& table) { text += format_table(table, format) + "\n"; };
  if (scores.facts.contains("depth")) {
    text += fit_text(scores) + (format == TableFormat::markdown ? "\n\n" : "\n");
    append(depth_table(scores));
  }
  if (scores.facts.contains("poses")) {
    append(row_table(scores, "poses", "traj/" + scores.facts["poses"].value("stage", ""),
                     {"ate", "ate_percent", "ate_max", "rpe_trans", "rpe_rot_deg", "rpe_rot_deg_mean",
                      "path_length", "scale", "frames"}));
  }
  if (value_of(scores, "intrinsics.focal_error_percent")) {
    append(row_table(scores, "intrinsics", "intrinsics", {"focal_error_percent"}));
  }
  if (scores.facts.contains("masks")) {
    append(row_table(scores, "masks", "masks/" + scores.facts["masks"].value("stage", ""),
                     {"iou", "iou_pooled", "precision", "recall", "f1", "false_alarms", "frames"}));
  }
  return text;
}

}  // namespace vd
