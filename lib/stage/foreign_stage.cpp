// SPDX-License-Identifier: Apache-2.0
#include "stage/foreign_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "clip/item_key.h"
#include "clip/stage_session.h"
#include "clip/version.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/log.h"
#include "core/usage.h"
#include "io/intrinsics.h"
#include "io/npz.h"
#include "io/trajectory.h"
#include "stage/check_files.h"
#include "stage/check_stage.h"
#include "stage/foreign_dense.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

bool is_single_file(ForeignKind kind) {
  return kind == ForeignKind::tracks || kind == ForeignKind::traj || kind == ForeignKind::intrinsics;
}

/// What is known of the unit: what the user says, else what the program's results are by definition.
std::string unit_of(const ForeignStageOptions& options) {
  if (options.unit != "auto") return options.unit;
  if (options.kind == ForeignKind::inverse) return "affine";
  if (options.program == ForeignProgram::vda && options.kind == ForeignKind::depth) {
    throw MisuseError(
        "--unit",
        "archives of Video-Depth-Anything do not tell inverse depth (--kind inverse) from metric depth "
        "(--kind depth --unit m)");
  }
  return "relative";
}

Size parse_size_text(const std::string& text) {
  if (text.empty()) return {0, 0};
  Size size{0, 0};
  char rest = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width, &size.height, &rest) != 2 || size.width < 1 ||
      size.height < 1) {
    throw MisuseError("--size", fmt::format("'{}' is not WIDTHxHEIGHT", text));
  }
  return size;
}

/// [F, N] or [F, N, 1], of the frames of the clip.
std::vector<float> track_values(const NpzReader& archive, const std::string& name, std::size_t frames,
                                std::size_t points) {
  const NpyArray array = archive.read(name);
  if (array.size() != frames * points) throw Error(name, "not one value a frame and point");
  return array.as<float>();
}

/// Tracks as clips keep them, or as Uni4D and TrackingWorld do (all_tracks, all_visibilities,
/// all_confidences, all_tracks_color, init_frames).
NamedArrays read_foreign_tracks(const fs::path& source, const Clip& clip) {
  const NpzReader archive(source);
  NamedArrays arrays;
  if (archive.has("xy")) {
    for (const char* name : {"xy", "vis", "conf", "xyz", "dynamic", "first_frame", "rgb"}) {
      if (archive.has(name)) arrays.emplace_back(name, archive.read(name));
    }
    return arrays;
  }
  if (!archive.has("all_tracks") || !archive.has("all_visibilities")) {
    throw Error(source.string(), "neither xy and vis nor all_tracks and all_visibilities are in it");
  }
  const NpyArray xy = archive.read("all_tracks");
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  if (xy.shape.size() != 3 || xy.shape[0] != frames || xy.shape[2] != 2) {
    throw Error(source.string(), fmt::format("all_tracks is not [{}, N, 2]", frames));
  }
  const std::size_t points = xy.shape[1];
  std::vector<std::uint8_t> visible;
  for (const float value : track_values(archive, "all_visibilities", frames, points))
    visible.push_back(value != 0);
  arrays.emplace_back("xy", make_npy<float>(xy.shape, xy.as<float>()));
  arrays.emplace_back("vis", make_npy<std::uint8_t>({frames, points}, visible));
  if (archive.has("all_confidences")) {
    arrays.emplace_back(
        "conf", make_npy<float>({frames, points}, track_values(archive, "all_confidences", frames, points)));
  }
  if (archive.has("init_frames")) {
    arrays.emplace_back("first_frame",
                        make_npy<std::int32_t>({points}, archive.read("init_frames").as<std::int32_t>()));
  }
  if (archive.has("all_tracks_color")) {
    arrays.emplace_back(
        "rgb", make_npy<std::uint8_t>({points, 3}, archive.read("all_tracks_color").as<std::uint8_t>()));
  }
  return arrays;
}

void write_single_file(const fs::path& file, const fs::path& source, const Clip& clip,
                       const ForeignStageOptions& options) {
  if (options.kind == ForeignKind::traj) {
    const auto world_from_camera = read_foreign_poses(source, options.program, options.quaternion, clip);
    std::vector<TimedPose> poses;
    for (std::size_t k = 0; k < world_from_camera.size(); ++k) {
      poses.push_back({clip.info().times_s[k], world_from_camera[k]});
    }
    write_trajectory(file, poses);
  } else if (options.kind == ForeignKind::intrinsics) {
    write_intrinsics(file,
                     read_foreign_intrinsics(source, options.program, parse_size_text(options.size), clip));
  } else {
    // Checked before it takes its name: a bad file must not stand in the clip.
    write_atomically(file, [&](const fs::path& temporary) {
      write_npz(temporary, read_foreign_tracks(source, clip));
      check_tracks(temporary, clip);
    });
  }
}

/// The file or folder inside the source that a single-file kind is read from, for the digest.
fs::path source_file(const fs::path& source, ForeignKind kind) {
  if (!fs::is_directory(source)) return source;
  const fs::path file = source / (kind == ForeignKind::traj ? "pred_traj.txt" : "pred_intrinsics.txt");
  if (kind == ForeignKind::tracks || !fs::exists(file)) {
    throw Error(source.string(), "no " + file.filename().string() + " in this folder; name the file itself");
  }
  return file;
}

/// A stage that lies in the clip already: checked whole, then recorded.
void record_in_place(const Clip& clip, const std::string& kind, const std::string& name, const json& facts,
                     Run& run) {
  const Stopwatch stopwatch;
  const fs::path folder = clip.stage_folder(kind, name);
  const fs::path file =
      fs::is_directory(folder) ? folder / "stage.json" : clip.folder() / kind / (name + ".stage.json");
  if (fs::exists(file) && !run.common.force) {
    throw Error(file.string(), "there is a record already; --force replaces it");
  }
  const ClipCheck check = check_stage(clip, kind, name);
  if (check.files == 0) throw Error((clip.folder() / kind / name).string(), "no results in it");
  if (!check.bad.empty()) {
    const std::string more = check.bad.size() > 1 ? fmt::format(" (and {} more)", check.bad.size() - 1) : "";
    throw Error(check.bad.front().file.string(), check.bad.front().problem + more);
  }
  if (run.common.dry_run) return;
  json record = facts;
  record.update({{"program", run.program},
                 {"version", version_text()},
                 {"stage", kind + "/" + name},
                 {"options", options_json(*run.table)},
                 {"item_count", check.files},
                 {"warnings", take_warnings()},
                 {"wall_s", stopwatch.wall_seconds()},
                 {"cpu_s", stopwatch.cpu_seconds()},
                 {"peak_memory_bytes", peak_memory_bytes()}});
  if (run.common.provenance) record["command"] = run.command_line;
  run.records.push_back(record.dump(1));
  write_text(file, run.records.back() + "\n");
}

/// True when the source is KIND/NAME of the clip itself; name is set.
bool lies_in_clip(const Clip& clip, const fs::path& source, const std::string& kind, std::string& name) {
  const fs::path inside = fs::weakly_canonical(source).parent_path();
  if (inside != fs::weakly_canonical(clip.folder() / kind)) return false;
  const fs::path canonical = fs::weakly_canonical(source);
  name = fs::is_directory(canonical) ? canonical.filename().string() : canonical.stem().string();
  return true;
}

}  // namespace

void describe(ForeignStageOptions& o, OptionTable& t) {
  t.topic("Source");
  t.choice("--kind", o.kind,
           {{"", ForeignKind::unsaid},
            {"depth", ForeignKind::depth},
            {"inverse", ForeignKind::inverse},
            {"conf", ForeignKind::conf},
            {"flow", ForeignKind::flow},
            {"pointmap", ForeignKind::pointmap},
            {"mask", ForeignKind::mask},
            {"tracks", ForeignKind::tracks},
            {"traj", ForeignKind::traj},
            {"intrinsics", ForeignKind::intrinsics}},
           "what to take from the source");
  t.choice("--from", o.program,
           {{"auto", ForeignProgram::automatic},
            {"plain", ForeignProgram::plain},
            {"monst3r", ForeignProgram::monst3r},
            {"megasam", ForeignProgram::megasam},
            {"vda", ForeignProgram::vda},
            {"depthcrafter", ForeignProgram::depthcrafter},
            {"vipe", ForeignProgram::vipe}},
           "program that made it (auto: by its names; plain: numbered files, or one array)");
  t.add("--pattern", o.pattern, "names of the files of a folder, such as depth_%04d.npy or flow_%d_%d.npy");
  t.choice("--unit", o.unit,
           {{"auto", std::string("auto")},
            {"m", std::string("m")},
            {"relative", std::string("relative")},
            {"affine", std::string("affine")}},
           "of depth (auto: affine for inverse depth, else relative)");
  t.add("--scale", o.stored_per_unit, at_least(0), "stored values a unit, of PNG files; 0 = not stated");
  t.add("--first", o.first, at_least(-1), "frame of the clip of the first map; -1 = there is one a frame");
  t.add("--step", o.step, at_least(1), "frames of the clip from a map to the next");
  t.add("--size", o.size,
        "size of the image that intrinsics mean, WIDTHxHEIGHT; empty: of the depth, or frames");
  t.choice("--quaternion", o.quaternion,
           {{"auto", QuaternionOrder::automatic},
            {"xyzw", QuaternionOrder::xyzw},
            {"wxyz", QuaternionOrder::wxyz}},
           "order in text files (auto: wxyz in pred_traj.txt, else xyzw)");
  t.topic("Result");
  describe(o.output, t);
}

void foreign_stage(const Clip& clip, const std::string& source_name, const ForeignStageOptions& given,
                   Run& run) {
  const fs::path source = source_name;
  if (given.kind == ForeignKind::unsaid) throw MisuseError("--kind", "say what to take from the source");
  if (!fs::exists(source)) throw Error(source.string(), "no such file or folder");
  ForeignStageOptions options = given;
  const std::string kind = folder_of(options.kind);
  std::string name;
  const bool in_place = lies_in_clip(clip, source, kind, name);
  if (options.program == ForeignProgram::automatic) {
    options.program = in_place ? ForeignProgram::plain : detect_program(source);
  }
  StageSpec spec{kind, "", is_single_file(options.kind)};
  spec.facts["source"] = json(run.common.provenance ? source_name : source.filename().string()).dump();
  spec.facts["source_program"] = json(to_string(options.program)).dump();
  const bool has_unit = options.kind != ForeignKind::flow && options.kind != ForeignKind::mask &&
                        options.kind != ForeignKind::intrinsics && options.kind != ForeignKind::conf;
  if (has_unit) spec.facts["unit"] = json(unit_of(options)).dump();
  if (options.kind == ForeignKind::depth || options.kind == ForeignKind::inverse) {
    spec.facts["quantity"] = json(kind).dump();
  }
  if (in_place) {
    if (!run.common.output.empty() && run.common.output != name) {
      throw MisuseError("--output", "the source is a stage of this clip, and keeps its name");
    }
    json facts = json::object();
    for (const auto& [key, text] : spec.facts) facts[key] = json::parse(text);
    record_in_place(clip, kind, name, facts, run);
    return;
  }
  spec.name =
      run.output_or(options.program == ForeignProgram::plain ? "foreign" : to_string(options.program));
  if (options.kind == ForeignKind::flow || options.kind == ForeignKind::pointmap) {
    import_foreign_pairs(clip, source, options, spec, run);
  } else if (!spec.single_file) {
    import_foreign_maps(clip, source, options, spec, run);
  } else {
    const fs::path file =
        clip.stage_file(kind, spec.name, options.kind == ForeignKind::tracks ? "npz" : "txt");
    const fs::path from = source_file(source, options.kind);
    StageSession session(clip, run, spec, {{spec.name, {file}, {from, clip.folder() / "clip.json"}}});
    run_items(session, [&](std::size_t) { write_single_file(file, from, clip, options); });
  }
}

}  // namespace vd
