// SPDX-License-Identifier: Apache-2.0
#include "stage/info_stage.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::array<const char*, 14> stage_kinds = {"pairs", "flow",       "depth",   "inverse", "conf",
                                                     "sigma", "masks",      "unknown", "ids",     "pointmap",
                                                     "traj",  "intrinsics", "tracks",  "report"};

json record_of(const fs::path& path) {
  if (!fs::exists(path)) return {};
  json record = json::parse(read_text(path), nullptr, false);
  return record.is_object() ? record : json();
}

std::size_t count_items(const fs::path& folder) {
  std::size_t count = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.front() != '.' && entry.path().extension() != ".json") ++count;
  }
  return count;
}

json stage_facts(const json& record) {
  json facts = json::object();
  for (const char* key : {"program", "version", "unit", "quantity", "wall_s", "failed"}) {
    if (record.contains(key)) facts[key] = record[key];
  }
  return facts;
}

json stages_of(const Clip& clip) {
  json stages = json::object();
  for (const std::string kind : stage_kinds) {
    const fs::path folder = clip.folder() / kind;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
      const fs::path& path = entry.path();
      const std::string file = path.filename().string();
      if (file.front() == '.' || path.extension() == ".json") continue;
      const bool is_folder = entry.is_directory();
      const std::string name = is_folder ? file : path.stem().string();
      const json record = record_of(is_folder ? path / "stage.json" : folder / (name + ".stage.json"));
      json facts = stage_facts(record);
      facts["items"] = is_folder ? count_items(path) : 1;
      facts["complete"] = !is_folder || !record.is_null();
      stages[kind + "/" + name] = facts;
    }
  }
  return stages;
}

json info_of(const Clip& clip) {
  const ClipInfo& info = clip.info();
  json truth = json::array();
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(clip.folder() / "gt", none))
    truth.push_back(entry.path().stem().string());
  std::sort(truth.begin(), truth.end());
  return {{"clip", clip.folder().string()},
          {"frames", info.frames},
          {"width", info.width},
          {"height", info.height},
          {"source", info.source},
          {"times_s", {info.times_s.front(), info.times_s.back()}},
          {"cuts", info.cuts},
          {"gt_unit", info.gt_unit},
          {"gt", truth},
          {"stages", stages_of(clip)}};
}

}  // namespace

std::string clip_info_json(const Clip& clip) { return info_of(clip).dump(1) + "\n"; }

std::string clip_info_text(const Clip& clip) {
  const ClipInfo& info = clip.info();
  const json facts = info_of(clip);
  const double duration_s = info.times_s.back() - info.times_s.front();
  const double rate = duration_s > 0 ? (info.frames - 1) / duration_s : 0;
  std::string text =
      fmt::format("{}: {} frames of {}x{}", clip.folder().string(), info.frames, info.width, info.height);
  if (rate > 0) text += fmt::format(", {:.4g} a second, {:.4g} s", rate, duration_s + 1 / rate);
  text += "\n  source      " + info.source + "\n";
  if (!facts["gt"].empty()) {
    text += "  truth       ";
    for (const auto& name : facts["gt"]) text += name.get<std::string>() + " ";
    text += "(unit " + info.gt_unit + ")\n";
  }
  for (const auto& [stage, fact] : facts["stages"].items()) {
    text += fmt::format("  {:<18} {:>5} items", stage, fact["items"].get<int>());
    if (fact.contains("unit")) text += ", unit " + fact["unit"].get<std::string>();
    if (fact.contains("wall_s")) text += fmt::format(", {:.1f} s", fact["wall_s"].get<double>());
    if (!fact["complete"].get<bool>()) text += ", no record (unfinished, or from another program)";
    text += "\n";
  }
  return text;
}

}  // namespace vd
