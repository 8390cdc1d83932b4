// SPDX-License-Identifier: Apache-2.0
#include "stage/import_stage.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "clip/clip.h"
#include "clip/item_key.h"
#include "clip/version.h"
#include "core/atomic_file.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/log.h"
#include "core/usage.h"
#include "video/video_source.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path default_folder(fs::path source) {
  if (!source.has_filename()) source = source.parent_path();
  const fs::path name = fs::is_directory(source) ? source.filename() : source.stem();
  return fs::weakly_canonical(source) == fs::weakly_canonical(name) ? fs::path(name.string() + ".clip") : name;
}

std::unique_ptr<FrameSource> open_source(const fs::path& source, const ImportOptions& options) {
  if (!fs::exists(source)) throw Error(source.string(), "no such file or folder");
  if (!fs::is_directory(source)) return open_video(source);
  return open_image_folder(is_sample_layout(source) ? source / "rgb" : source, options.image_fps);
}

std::string import_key(const FrameSource& frames, const fs::path& source, const Run& run) {
  Digest key;
  key.add(result_version()).add(options_json(*run.table).dump());
  for (const auto& file : frames.files()) key.add(file.filename().string()).add(digest_of_file(file));
  const fs::path info = source / "clip.json";
  if (fs::exists(info)) key.add(digest_of_file(info));
  return key.hex();
}

/// True when the folder holds the finished clip of this very import.
bool is_done(const fs::path& folder, const std::string& key) {
  const fs::path record = folder / "import.stage.json";
  if (!fs::exists(record) || !fs::exists(folder / "clip.json")) return false;
  const json stored = json::parse(read_text(record), nullptr, false);
  return stored.is_object() && stored.value("key", "") == key;
}

void write_record(const fs::path& folder, const std::string& key, const ImportedFrames& frames, const Run& run,
                  const Stopwatch& stopwatch) {
  json record = {{"program", run.program},
                 {"version", version_text()},
                 {"stage", "import"},
                 {"options", options_json(*run.table)},
                 {"key", key},
                 {"item_count", frames.source_index.size()},
                 {"source_frames", frames.source_index},
                 {"source_size", {frames.source_width, frames.source_height}},
                 {"warnings", take_warnings()},
                 {"wall_s", stopwatch.wall_seconds()},
                 {"cpu_s", stopwatch.cpu_seconds()},
                 {"peak_memory_bytes", peak_memory_bytes()}};
  if (run.common.provenance) record["command"] = run.command_line;
  write_text(folder / "import.stage.json", record.dump(1) + "\n");
}

}  // namespace

fs::path import_stage(const std::string& source_name, const ImportOptions& options, const Run& run) {
  const Stopwatch stopwatch;
  const fs::path source = source_name;
  const fs::path folder = run.common.output.empty() ? default_folder(source) : fs::path(run.common.output);
  const auto frames = open_source(source, options);
  const std::string key = import_key(*frames, source, run);
  if (is_done(folder, key) && !run.common.force) return folder;
  const bool unfinished_import = fs::exists(folder / "rgb") && !fs::exists(folder / "clip.json");
  if (fs::exists(folder) && !fs::is_empty(folder) && !unfinished_import && !run.common.force) {
    throw Error(folder.string(), "is there already, from another source or with other options; --force replaces its "
                                 "frames, -o FOLDER names another");
  }
  std::error_code none;
  fs::remove(folder / "clip.json", none);
  const ImportedFrames imported =
      import_frames(*frames, run.common.provenance ? source_name : source.filename().string(), options, folder);
  if (fs::is_directory(source) && is_sample_layout(source)) import_sample_truth(source, imported, folder);
  write_record(folder, key, imported, run, stopwatch);
  return folder;
}

}  // namespace vd
