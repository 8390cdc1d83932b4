// SPDX-License-Identifier: Apache-2.0
#include "stage/import_stage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "clip/clip.h"
#include "clip/import_dataset.h"
#include "clip/import_known.h"
#include "clip/item_key.h"
#include "clip/version.h"
#include "clip/video.h"
#include "core/atomic_file.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/usage.h"
#include "stage/find_cuts.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path default_folder(fs::path source) {
  if (!source.has_filename()) source = source.parent_path();
  const fs::path name = fs::is_directory(source) ? source.filename() : source.stem();
  return fs::weakly_canonical(source) == fs::weakly_canonical(name) ? fs::path(name.string() + ".clip")
                                                                    : name;
}

/// Where frames come from and what is true of them.
struct Source {
  std::unique_ptr<FrameSource> frames;
  bool is_sample = false;
  std::optional<Sequence> sequence;

  Source(const fs::path& path, const ImportOptions& options) {
    if (path == "-") {
      frames = open_y4m(std::cin, "standard input");
      return;
    }
    if (!fs::exists(path)) throw Error(path.string(), "no such file or folder");
    const bool is_folder = fs::is_directory(path);
    is_sample = is_folder && options.data_set == "auto" && is_sample_layout(path);
    if (is_folder && !is_sample) sequence = open_sequence(path, options.data_set);
    if (!is_folder && options.data_set != "auto" && options.data_set != "none") {
      throw MisuseError("--dataset", path.string() + " is a file, not the folder of a sequence");
    }
    if (!is_folder) {
      frames = open_video(path);
    } else if (sequence) {
      frames = open_frames(*sequence);
    } else {
      frames = open_image_folder(is_sample ? path / "rgb" : path, image_rate(path, options.image_fps));
    }
  }

  /// What the clip depends on.
  [[nodiscard]] std::vector<fs::path> files(const fs::path& path, const ImportOptions& options) const {
    std::vector<fs::path> all = frames->files();
    if (all.empty()) return all;
    all.insert(all.end(), {path / "clip.json", path / "groundtruth.txt"});
    const auto known = KnownThings::files(options);
    all.insert(all.end(), known.begin(), known.end());
    if (!sequence) return all;
    all.insert(all.end(), sequence->camera_files.begin(), sequence->camera_files.end());
    for (const SequenceFrame& frame : sequence->frames) {
      all.insert(all.end(), {frame.depth, frame.flow_to_next, frame.hidden_in_next});
    }
    return all;
  }
};

/// Frames of a source, told to the progress line as they come.
class CountedFrames : public FrameSource {
 public:
  CountedFrames(FrameSource& source, const fs::path& clip, const Run& run)
      : source_(source),
        progress_("import/" + clip.filename().string(), static_cast<std::size_t>(source.announced_frames()),
                  run.common.quiet ? ProgressMode::never : run.common.progress) {}
  std::optional<SourceFrame> next() override {
    auto frame = source_.next();
    if (frame) progress_.tick();
    return frame;
  }
  [[nodiscard]] int announced_frames() const override { return source_.announced_frames(); }
  [[nodiscard]] std::vector<fs::path> files() const override { return source_.files(); }

 private:
  FrameSource& source_;
  Progress progress_;
};

std::string import_key(const std::vector<fs::path>& files, const Run& run) {
  Digest key;
  key.add(result_version()).add(options_json(*run.table).dump());
  for (const auto& file : files) {
    if (fs::is_regular_file(file)) key.add(file.filename().string()).add(digest_of_file(file));
  }
  return key.hex();
}

/// The record of the finished clip of this very import; nothing when the folder holds none.
std::optional<std::string> finished_record(const fs::path& folder, const std::string& key) {
  const fs::path record = folder / "import.stage.json";
  if (!fs::exists(record) || !fs::exists(folder / "clip.json")) return {};
  const std::string text = read_text(record);
  const json stored = json::parse(text, nullptr, false);
  if (!stored.is_object() || stored.value("key", "") != key) return {};
  return text;
}

/// What an earlier import said about the frames that are now replaced must not stand beside the new ones.
void remove_old_cameras(const fs::path& folder) {
  std::error_code none;
  if (!fs::exists(folder / "clip.json")) return;
  const json old = json::parse(read_text(folder / "clip.json"), nullptr, false);
  if (old.is_object() && old.contains("gt_unit") && old["gt_unit"] != "") fs::remove_all(folder / "gt", none);
  fs::remove_all(folder / "known", none);
}

/// Makes the clip in the folder unless it is there; what make returns goes into the record.
void import_once(const fs::path& folder, const std::vector<fs::path>& files, Run& run,
                 const std::function<json()>& make) {
  const Stopwatch stopwatch;
  const std::string key = import_key(files, run);
  const auto finished = finished_record(folder, key);
  // What a stream holds is known only when it has been read.
  if (finished && !run.common.force && !files.empty()) {
    run.records = {*finished};
    return;
  }
  const fs::path mark = folder / ".import.unfinished";
  const bool unfinished_import = fs::exists(mark);
  if (fs::exists(folder) && !fs::is_empty(folder) && !unfinished_import && !run.common.force) {
    throw Error(folder.string(),
                "is there already, from another source or with other options; --force replaces its "
                "frames, -o FOLDER names another");
  }
  write_text(mark, key);
  std::error_code none;
  remove_old_cameras(folder);
  fs::remove(folder / "clip.json", none);
  json record = make();
  record.update({{"program", run.program},
                 {"version", version_text()},
                 {"stage", "import"},
                 {"options", options_json(*run.table)},
                 {"key", key},
                 {"warnings", take_warnings()},
                 {"wall_s", stopwatch.wall_seconds()},
                 {"cpu_s", stopwatch.cpu_seconds()},
                 {"peak_memory_bytes", peak_memory_bytes()}});
  if (run.common.provenance) record["command"] = run.command_line;
  run.records = {record.dump(1)};
  write_text(folder / "import.stage.json", run.records.front() + "\n");
  fs::remove(mark, none);
}

/// A frame whose bytes were kept and prove damaged is the source's fault, and has its name there.
std::vector<int> cuts_of_import(const Clip& clip, const ImportOptions& options,
                                const std::vector<fs::path>& files, const ImportedFrames& imported) {
  try {
    return find_cuts(clip, options.cuts);
  } catch (const MisuseError&) {
    throw;
  } catch (const Error& error) {
    const std::string message = error.what();
    for (int k = 0; k < clip.frame_count(); ++k) {
      const std::string start = clip.frame_path(k).string() + ": ";
      const auto index = static_cast<std::size_t>(imported.source_index[static_cast<std::size_t>(k)]);
      if (message.rfind(start, 0) == 0 && index < files.size() && files.size() > 1) {
        throw Error(files[index].string(), message.substr(start.size()));
      }
    }
    throw;
  }
}

}  // namespace

fs::path import_stage(const std::string& source_name, const ImportOptions& options, Run& run) {
  const fs::path source = source_name;
  const fs::path folder = run.common.output.empty() ? default_folder(source) : fs::path(run.common.output);
  if (source == "-" && run.common.output.empty()) {
    throw MisuseError("--output", "name the clip to make of standard input");
  }
  const Source from(source, options);
  import_once(folder, from.files(source, options), run, [&]() -> json {
    CountedFrames frames(*from.frames, folder, run);
    const ImportedFrames imported = import_frames(
        frames, run.common.provenance ? source_name : source.filename().string(), options, folder,
        from.sequence ? cameras_of(*from.sequence) : std::vector<std::optional<LensCamera>>());
    json record = {{"item_count", imported.source_index.size()},
                   {"source_frames", imported.source_index},
                   {"source_size", {imported.source_width, imported.source_height}}};
    ClipInfo info = Clip::open(folder).info();
    info.cuts = cuts_of_import(Clip::open(folder), options, from.frames->files(), imported);
    if (!info.cuts.empty()) {
      log_note(fmt::format("{}: shots begin at frames 0, {}", folder.string(), fmt::join(info.cuts, ", ")));
    }
    Clip::write_info(folder, info);
    if (from.is_sample) import_sample_truth(source, imported, folder);
    if (from.sequence) {
      import_sequence_truth(*from.sequence, imported, folder);
      record["data_set"] = from.sequence->data_set;
    }
    return record;
  });
  return folder;
}

void import_stereo_stage(const std::string& left, const std::string& right,
                         const StereoImportOptions& options, Run& run) {
  const fs::path folder = run.common.output;
  import_once(folder, {left, right, options.calibration, options.disparity}, run, [&]() -> json {
    import_stereo(left, right, options, folder);
    return {{"item_count", 2}};
  });
}

}  // namespace vd
