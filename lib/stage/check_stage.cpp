// SPDX-License-Identifier: Apache-2.0
#include "stage/check_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "clip/clip.h"
#include "core/atomic_file.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "stage/check_files.h"
#include "stage/check_inputs.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const std::vector<std::string> map_kinds = {"depth", "inverse", "conf",     "sigma", "masks",
                                            "ids",   "unknown", "pointmap", "flow"};

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.path().filename().string().front() != '.') entries.push_back(entry.path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

json record_at(const fs::path& path) {
  if (!fs::exists(path)) return {};
  json record = json::parse(read_text(path), nullptr, false);
  return record.is_object() ? record : json();
}

/// "000004" or "000004_000007" as frames; nothing for other names.
std::optional<std::vector<int>> frames_of_stem(const std::string& stem, bool pairs) {
  constexpr std::size_t digits = 6;
  if (!is_item_stem(stem) || stem.size() != (pairs ? 2 * digits + 1 : digits)) return {};
  if ((stem.find('_') != std::string::npos) != pairs) return {};
  if (!pairs) return std::vector<int>{std::stoi(stem)};
  if (stem[digits] != '_' || stem.find('_', digits + 1) != std::string::npos) return {};
  return std::vector<int>{std::stoi(stem.substr(0, digits)), std::stoi(stem.substr(digits + 1))};
}

/// Size that a stage's maps have by its record: another than that of the frames only when it says so.
MapSize recorded_size(const Clip& clip, const json& record) {
  const auto size_in = [&](const char* key) -> std::optional<MapSize> {
    if (!record.is_object() || !record.contains(key)) return {};
    const json& size = record[key];
    if (!size.is_array() || size.size() != 2 || !size[0].is_number_integer() ||
        !size[1].is_number_integer()) {
      return {};
    }
    return MapSize{size[0], size[1]};
  };
  if (const auto size = size_in("size")) return *size;
  const bool is_native = record.is_object() && record.contains("options") && record["options"].is_object() &&
                         record["options"].value("native", "") == "true";
  if (is_native) return size_in("working_size").value_or(MapSize{0, 0});
  return {clip.info().width, clip.info().height};
}

/// Collects what is to be checked, then checks it in parallel, one file a thread.
class Checker {
 public:
  explicit Checker(const Clip& clip) : clip_(clip) {}

  void add_all() {
    add_frames();
    for (const std::string& kind : map_kinds) {
      if (fs::is_directory(clip_.folder() / "gt" / kind))
        add_maps(clip_.folder() / "gt" / kind, kind, {}, false);
      for (const fs::path& stage : entries_of(clip_.folder() / kind)) {
        if (fs::is_directory(stage)) add_stage(stage, kind);
      }
    }
    for (const char* folder : {"gt", "known"}) add_cameras(clip_.folder() / folder);
    add_single_files();
    add_clouds();
    for (const fs::path& record : records_) {
      add(record, [record] { check_json(record); });
    }
  }

  void add_one(const std::string& kind, const std::string& name) {
    if (map_check(kind))
      add_maps(clip_.stage_folder(kind, name), kind, {}, true);
    else
      add_single_files(kind, name);
  }

  ClipCheck run() {
    std::vector<std::string> problems(tasks_.size());
    parallel_for(tasks_.size(), [&](std::size_t k) {
      check_interrupted();
      try {
        tasks_[k].check();
      } catch (const std::exception& problem) {
        problems[k] = problem.what();
      }
    });
    ClipCheck check;
    check.files = tasks_.size();
    for (std::size_t k = 0; k < tasks_.size(); ++k) {
      if (!problems[k].empty()) report(tasks_[k].file, problems[k]);
    }
    report_stale();
    check.bad = std::move(bad_);
    std::stable_sort(check.bad.begin(), check.bad.end(),
                     [](const BadFile& a, const BadFile& b) { return a.file < b.file; });
    return check;
  }

 private:
  struct Task {
    fs::path file;
    std::function<void()> check;
  };

  void add(const fs::path& file, std::function<void()> check) { tasks_.push_back({file, std::move(check)}); }

  /// Errors begin with the place; what follows it is the problem.
  void report(const fs::path& file, std::string problem, bool stale = false) {
    const std::string place = file.string();
    if (problem.compare(0, place.size(), place) == 0) problem.erase(0, place.size());
    problem.erase(0, problem.find_first_not_of(": "));
    std::replace(problem.begin(), problem.end(), '\n', ' ');
    bad_.push_back({file, problem, stale});
  }

  void add_frames() {
    const fs::path folder = clip_.folder() / "rgb";
    if (!clip_.info().complete)
      report(clip_.folder() / "clip.json", "frames may still arrive (complete: false)");
    for (int frame = 0; frame < clip_.frame_count(); ++frame) {
      try {
        const fs::path file = clip_.frame_path(frame);
        add(file, [this, file] { check_frame(file, clip_); });
      } catch (const Error& missing) {
        report(folder / frame_stem(frame), missing.what());
      }
    }
    for (const fs::path& file : entries_of(folder)) {
      const auto frames = frames_of_stem(file.stem().string(), false);
      if (frames && frames->front() >= clip_.frame_count()) report(file, beyond_clip());
      if (file.extension() == ".json") records_.push_back(file);
    }
  }

  [[nodiscard]] std::string beyond_clip() const {
    return fmt::format("no such frame: the clip has {}", clip_.frame_count());
  }

  /// A folder of one map a frame or pair; frames that lack a map are reported where all must be there.
  void add_maps(const fs::path& folder, const std::string& kind, const json& record, bool expect_all) {
    const CheckMap check = map_check(kind);
    const MapSize size = recorded_size(clip_, record);
    std::set<std::string> present;
    for (const fs::path& file : entries_of(folder)) {
      const std::string stem = file.stem().string();
      const auto frames = frames_of_stem(stem, is_pair_kind(kind));
      if (!frames || fs::is_directory(file)) continue;
      if (*std::max_element(frames->begin(), frames->end()) >= clip_.frame_count()) {
        report(file, beyond_clip());
      } else if (!present.insert(stem).second) {
        report(file, "a second file for the same item");
      } else {
        add(file, [check, file, size] { check(file, size); });
      }
    }
    if (expect_all) report_missing(folder, is_pair_kind(kind), record, present);
  }

  void add_stage(const fs::path& folder, const std::string& kind) {
    const fs::path record_path = folder / "stage.json";
    const json record = record_at(record_path);
    if (fs::exists(record_path)) records_.push_back(record_path);
    add_maps(folder, kind, record, true);
  }

  /// Items that the record names, or all frames where it names none.
  void report_missing(const fs::path& folder, bool pairs, const json& record,
                      const std::set<std::string>& present) {
    std::vector<std::string> expected;
    if (record.is_object() && record.contains("items") && record["items"].is_object()) {
      for (const auto& [name, key] : record["items"].items()) {
        if (frames_of_stem(name, pairs)) expected.push_back(name);
      }
    }
    if (expected.empty() && !pairs) {
      for (int frame = 0; frame < clip_.frame_count(); ++frame) expected.push_back(frame_stem(frame));
    }
    std::vector<std::string> missing;
    for (const std::string& stem : expected) {
      if (present.count(stem) == 0) missing.push_back(stem);
    }
    if (missing.empty()) return;
    report(folder, fmt::format("{} of {} items are missing, the first is {}", missing.size(), expected.size(),
                               missing.front()));
  }

  void add_cameras(const fs::path& folder) {
    const fs::path trajectory = folder / "traj.txt";
    const fs::path intrinsics = folder / "intrinsics.txt";
    const fs::path tracks = folder / "tracks.npz";
    // A recording may lack the pose of some frames; readers then go by time.
    if (fs::exists(trajectory))
      add(trajectory, [this, trajectory] { check_trajectory(trajectory, clip_, false); });
    if (fs::exists(intrinsics)) add(intrinsics, [this, intrinsics] { check_intrinsics(intrinsics, clip_); });
    if (fs::exists(tracks)) add(tracks, [this, tracks] { check_tracks(tracks, clip_); });
  }

  /// Stages of one file each, and the records beside them. A name selects one of them.
  void add_single_files(const std::string& only_kind = "", const std::string& only_name = "") {
    using Check = std::function<void(const fs::path&)>;
    const std::map<std::string, std::pair<std::string, Check>> kinds = {
        {"pairs", {".txt", [this](const fs::path& file) { check_pairs(file, clip_); }}},
        {"traj", {".txt", [this](const fs::path& file) { check_trajectory(file, clip_, true); }}},
        {"intrinsics", {".txt", [this](const fs::path& file) { check_intrinsics(file, clip_); }}},
        {"tracks", {".npz", [this](const fs::path& file) { check_tracks(file, clip_); }}},
        {"report", {".json", check_json}}};
    for (const auto& [kind, rule] : kinds) {
      if (!only_kind.empty() && kind != only_kind) continue;
      for (const fs::path& file : entries_of(clip_.folder() / kind)) {
        const std::string name = file.filename().string();
        const bool is_record = name.size() > 11 && name.compare(name.size() - 11, 11, ".stage.json") == 0;
        if (!only_name.empty() && (is_record || file.stem() != only_name)) continue;
        if (is_record)
          records_.push_back(file);
        else if (file.extension() == rule.first)
          add(file, [check = rule.second, file] { check(file); });
      }
    }
  }

  void add_clouds() {
    for (const fs::path& cloud : entries_of(clip_.folder() / "clouds")) {
      const fs::path points = cloud / "points.npz";
      if (fs::exists(points)) add(points, [this, points] { check_cloud(points, clip_); });
      if (fs::exists(cloud / "stage.json")) records_.push_back(cloud / "stage.json");
    }
  }

  /// Digests each input of the records once, in parallel.
  void report_stale() {
    std::map<fs::path, std::string> digests;
    std::map<fs::path, json> records;
    for (const fs::path& path : records_) {
      const json record = record_at(path);
      for (const auto& [name, files] : recorded_inputs(clip_.folder(), record)) {
        for (const fs::path& file : files) digests[file];
      }
      records[path] = record;
    }
    std::vector<std::pair<const fs::path, std::string>*> slots;
    for (auto& slot : digests) slots.push_back(&slot);
    parallel_for(slots.size(), [&](std::size_t k) {
      check_interrupted();
      try {
        slots[k]->second = digest_of_file(slots[k]->first);
      } catch (const Error&) {
        slots[k]->second = "gone";
      }
    });
    for (const auto& [path, record] : records) {
      const std::string changed = stale_inputs(clip_.folder(), record, digests);
      if (!changed.empty()) report(path, "stale: made from another state of " + changed, true);
    }
  }

  const Clip& clip_;
  std::vector<Task> tasks_;
  std::vector<fs::path> records_;
  std::vector<BadFile> bad_;
};

}  // namespace

ClipCheck check_clip(const fs::path& folder) {
  std::optional<Clip> clip;
  try {
    clip = Clip::open(folder);
  } catch (const Error& problem) {
    const std::string file = (folder / "clip.json").string();
    std::string text = problem.what();
    for (const std::string& place : {file, folder.string()}) {
      if (text.compare(0, place.size() + 2, place + ": ") == 0) text.erase(0, place.size() + 2);
    }
    return {1, {{file, text}}};
  }
  Checker checker(*clip);
  checker.add_all();
  return checker.run();
}

ClipCheck check_stage(const Clip& clip, const std::string& kind, const std::string& name) {
  Checker checker(clip);
  checker.add_one(kind, name);
  return checker.run();
}

std::string clip_check_text(const ClipCheck& check) {
  std::string text;
  for (const BadFile& bad : check.bad) text += bad.file.string() + ": " + bad.problem + "\n";
  return text;
}

std::string clip_check_json(const fs::path& folder, const ClipCheck& check) {
  json bad = json::array();
  for (const BadFile& file : check.bad) {
    bad.push_back({{"file", file.file.string()}, {"problem", file.problem}, {"stale", file.stale}});
  }
  const json object = {
      {"clip", folder.string()}, {"ok", check.bad.empty()}, {"files", check.files}, {"bad", bad}};
  return object.dump() + "\n";
}

}  // namespace vd
