// SPDX-License-Identifier: Apache-2.0
#include "stage/view_stage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "clip/stage_session.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/log.h"
#include "stage/view_pictures.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kPictures = {"depth", "video", "sheet", "path"};

/// The pictures to make: those named, or those that the clip has results for.
class Wanted {
 public:
  explicit Wanted(const std::vector<std::string>& named) : named_(named) {
    for (const std::string& name : named) {
      if (std::find(kPictures.begin(), kPictures.end(), name) == kPictures.end()) {
        throw MisuseError("--what", fmt::format("'{}' is none of {}", name, fmt::join(kPictures, ", ")));
      }
    }
  }
  /// Throws Error when the picture was asked for by name and `missing` says what it lacks.
  [[nodiscard]] bool has(const std::string& name, const std::string& missing) const {
    const bool is_named = std::find(named_.begin(), named_.end(), name) != named_.end();
    if (missing.empty()) return named_.empty() || is_named;
    if (is_named) throw Error("view/" + name, missing);
    if (named_.empty()) log_note("no picture '" + name + "': " + missing);
    return false;
  }

 private:
  std::vector<std::string> named_;
};

/// One picture that is a single item: a session of its own.
void make_one(const Clip& clip, Run& run, const std::string& name, const std::vector<fs::path>& outputs,
              const std::vector<fs::path>& inputs, const ItemCost& cost, const std::function<void()>& make) {
  StageSpec spec{"view", name};
  spec.single_file = true;
  spec.item_cost = cost;
  StageSession session(clip, run, spec, {{name, outputs, inputs}});
  run_items(session, [&](std::size_t) { make(); });
}

void make_depth_pictures(const Clip& clip, const Results& results, const ViewStageOptions& options, Run& run,
                         const std::vector<int>& frames, const fs::path& range_file) {
  const fs::path folder = clip.stage_folder("view", "depth");
  std::vector<Item> items;
  for (const int frame : frames) {
    Item item{frame_stem(frame), {folder / (frame_stem(frame) + ".png")}, results.files(frame)};
    item.inputs.push_back(range_file);
    items.push_back(std::move(item));
  }
  StageSpec spec{"view", "depth"};
  const double pixels = pixels_of({clip.info().width, clip.info().height});
  spec.item_cost.work = read_maps_work(DenseOptions(), 2, pixels) + Work(WorkKind::draw, pixels) +
                        Work(WorkKind::write_image, pixels);
  spec.item_cost.memory_megabytes = pixels * 40e-6;
  StageSession session(clip, run, spec, std::move(items));
  if (session.pending().empty()) return session.finish();
  const ShotRange shot = read_shot_range(range_file);
  run_items(session, [&](std::size_t k) {
    write_depth_picture(clip, results, options, shot, frames[k], folder / (frame_stem(frames[k]) + ".png"));
  });
}

/// A frame, its depth, confidence and mask, read for a picture.
Work maps_work(double pixels) {
  return frames_work(1, pixels) + read_maps_work(DenseOptions(), 3, 2 * pixels) +
         Work(WorkKind::read_image, pixels / 3);
}

/// Histograms of depth, confidence and, where it is there, the truth of every frame.
ItemCost range_cost(const Clip& clip, std::size_t frames) {
  const double pixels = pixels_of({clip.info().width, clip.info().height});
  ItemCost cost;
  cost.work = static_cast<double>(frames) *
              (read_maps_work(DenseOptions(), 3, 3 * pixels) + Work(WorkKind::draw, 3 * pixels));
  cost.shared_megabytes = 4 + pixels * 40e-6;
  return cost;
}

/// Panels are drawn in parallel; the encoder follows them.
ItemCost video_cost(const Clip& clip, std::size_t frames, const ViewStageOptions& options) {
  const double pixels = pixels_of({clip.info().width, clip.info().height});
  const double drawn = std::min(4 * pixels, 0.6 * options.max_side * options.max_side);
  const auto count = static_cast<double>(frames);
  ItemCost cost;
  cost.spread = count * (maps_work(pixels) + Work(WorkKind::draw, 2 * drawn));
  cost.work = count * Work(WorkKind::draw, 2 * drawn);
  cost.memory_megabytes = pixels * 40e-6 + drawn * 12e-6;
  cost.shared_megabytes = 60 + drawn * 30e-6;
  return cost;
}

ItemCost sheet_cost(const Clip& clip, std::size_t columns) {
  const double pixels = pixels_of({clip.info().width, clip.info().height});
  constexpr double page_pixels = 2e6;
  ItemCost cost;
  cost.work = static_cast<double>(columns) * (maps_work(pixels) + Work(WorkKind::read_result, pixels)) +
              Work(WorkKind::draw, 4 * page_pixels) + Work(WorkKind::write_image, page_pixels);
  cost.shared_megabytes = 20 + static_cast<double>(columns) * pixels * 20e-6;
  return cost;
}

ItemCost path_cost() {
  ItemCost cost;
  cost.work = Work(WorkKind::file, 4) + Work(WorkKind::draw, 2e6) + Work(WorkKind::write_image, 1e6);
  cost.shared_megabytes = 20;
  return cost;
}

/// Without any depth of its own a clip shows its ground truth.
ResultChoice shown_choice(const Clip& clip, ResultChoice choice) {
  const bool has_own = !clip.stage_names("depth").empty() || !clip.stage_names("inverse").empty();
  if (!choice.depth.empty() || !choice.inverse.empty() || has_own) return choice;
  if (!fs::is_directory(clip.folder() / "gt" / "depth")) return choice;
  log_note("no depth yet: showing the ground truth");
  choice.depth = "gt";
  if (choice.masks.empty() && clip.stage_names("masks").empty() &&
      fs::is_directory(clip.folder() / "gt" / "masks")) {
    choice.masks = "gt";
  }
  return choice;
}

std::vector<fs::path> frame_inputs(const Clip& clip, const Results& results, const std::vector<int>& frames) {
  std::vector<fs::path> inputs;
  for (const int frame : frames) {
    inputs.push_back(clip.frame_path(frame));
    for (const fs::path& file : results.files(frame)) inputs.push_back(file);
  }
  return inputs;
}

}  // namespace

RangeChoice parse_range(const std::string& text) {
  if (text == "shot") return {};
  if (text == "frame") return {RangeChoice::Kind::frame, {}};
  RangeChoice choice{RangeChoice::Kind::fixed, {}};
  char rest = 0;
  const int found =
      std::sscanf(text.c_str(), "%lf:%lf%c", &choice.fixed.near_depth, &choice.fixed.far_depth, &rest);
  const auto& [near, far] = choice.fixed;
  if (found != 2 || !(near > 0) || !(far > near) || std::isinf(near)) {
    throw MisuseError("--range", fmt::format("'{}' is neither shot, frame nor LO:HI with 0 < LO < HI", text));
  }
  return choice;
}

void describe(ViewStageOptions& o, OptionTable& t) {
  describe(o.results, t);
  t.topic("Pictures");
  t.add("--what", o.what, "pictures to make, apart by commas: depth, video, sheet, path; all when empty")
      .keeps_result();
  t.add("--range", o.range,
        "depths at the ends of the colours: shot (one range for the clip), frame (each its own) or LO:HI "
        "[units of the depth]");
  t.choice("--colours", o.colours,
           {{"ember", ColourMap::ember}, {"rainbow", ColourMap::rainbow}, {"grey", ColourMap::grey}},
           "colours of depth; near is bright");
  t.add("--max-side", o.max_side, range(64, 16384), "longer side of the video [px]");
  t.add("--fps", o.fps, at_least(0), "frames a second of the video; 0 = as the clip");
  t.add("--columns", o.columns, range(1, 64), "frames on the sheet");
}

void view_stage(const Clip& clip, const ViewStageOptions& options, const OpenFrameSink& open_video,
                Run& run) {
  const Wanted wanted(options.what);
  const RangeChoice choice = parse_range(options.range);
  const auto frames = select_frames(run.common.frames, clip.frame_count());
  const Results results(clip, shown_choice(clip, options.results));
  const fs::path folder = clip.folder() / "view";
  const std::string no_depth = results.depth().empty()
                                   ? "the clip has no depth; make it with: vd-align " + clip.folder().string()
                                   : "";
  const std::string nothing = no_depth.empty() || !results.masks().empty() ? "" : no_depth;
  const std::string no_path =
      results.path_files().empty()
          ? "the clip has no camera path; make it with: vd-align " + clip.folder().string()
          : "";
  if (!nothing.empty() && !no_path.empty())
    throw Error(clip.folder().string(),
                "nothing to show yet; make it with: vd-align " + clip.folder().string());

  const fs::path range_file = folder / "range.json";
  auto inputs = frame_inputs(clip, results, frames);
  Run whole = run;  // every shard needs the range, and finds the same one
  whole.common.shard = "1/1";
  make_one(clip, whole, "range", {range_file}, inputs, range_cost(clip, frames.size()),
           [&] { write_text(range_file, to_json_text(measure_shot(results, frames, choice))); });
  inputs.push_back(range_file);
  if (wanted.has("depth", no_depth)) make_depth_pictures(clip, results, options, run, frames, range_file);
  if (wanted.has("video", nothing)) {
    const fs::path file = folder / "side_by_side.mp4";
    make_one(clip, run, "side_by_side", {file}, inputs, video_cost(clip, frames.size(), options), [&] {
      write_video(clip, results, options, read_shot_range(range_file), frames, open_video, file);
    });
  }
  if (wanted.has("sheet", nothing)) {
    const fs::path file = folder / "sheet.png";
    const std::size_t columns = std::min(frames.size(), static_cast<std::size_t>(options.columns));
    make_one(clip, run, "sheet", {file}, inputs, sheet_cost(clip, columns),
             [&] { write_sheet(clip, results, options, read_shot_range(range_file), frames, file); });
  }
  if (wanted.has("path", no_path)) {
    auto path_inputs = results.path_files();
    path_inputs.push_back(clip.folder() / "clip.json");
    make_one(clip, run, "path", {folder / "path.svg", folder / "path.png"}, path_inputs, path_cost(),
             [&] { write_path(clip, results, frames, folder / "path.svg", folder / "path.png"); });
  }
}

}  // namespace vd
