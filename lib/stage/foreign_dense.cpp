// SPDX-License-Identifier: Apache-2.0
#include "stage/foreign_dense.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "image/guided_upsample.h"
#include "image/resize.h"
#include "stage/work_counts.h"

namespace vd {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t no_map = std::numeric_limits<std::size_t>::max();

/// For each frame of the clip the map that belongs to it, or no_map.
std::vector<std::size_t> maps_of_frames(const std::vector<int>& numbers, const Clip& clip,
                                        const fs::path& source, const ForeignStageOptions& options) {
  const auto frames = static_cast<std::size_t>(clip.frame_count());
  std::vector<std::size_t> map_of(frames, no_map);
  if (options.first < 0) {
    if (numbers.size() != frames) {
      throw Error(source.string(),
                  fmt::format("{} maps for {} frames; --first and --step say which frames they are of",
                              numbers.size(), frames));
    }
    for (std::size_t k = 0; k < frames; ++k) map_of[k] = k;
    return map_of;
  }
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    const long long frame =
        options.first + static_cast<long long>(options.step) * (numbers[k] - numbers.front());
    if (frame >= static_cast<long long>(frames)) {
      throw Error(source.string(),
                  fmt::format("map {} would be of frame {}, the clip has {}", numbers[k], frame, frames));
    }
    map_of[static_cast<std::size_t>(frame)] = k;
  }
  return map_of;
}

/// A map without a single known value around the one that covers part of the frame.
Map<float> on_canvas(const Map<float>& map, const Placement& placement) {
  if (placement.canvas.width == map.width() && placement.canvas.height == map.height()) return map;
  Map<float> canvas(placement.canvas.width, placement.canvas.height);
  for (int y = 0; y < map.height(); ++y) {
    std::copy(map.row(y), map.row(y) + map.width(), canvas.row(y + placement.offset_y) + placement.offset_x);
  }
  return canvas;
}

/// Reduced maps are brought up along the edges of the frame; larger ones are sampled, so that no depth is
/// mixed out of two surfaces.
Map<float> at_clip_size(const Map<float>& map, const Placement& placement, const Clip& clip, int frame,
                        bool is_mask) {
  const int width = clip.info().width;
  const int height = clip.info().height;
  const Map<float> canvas = on_canvas(map, placement);
  if (canvas.width() == width && canvas.height() == height) return canvas;
  if (is_mask || canvas.width() > width || canvas.height() > height) {
    return resize(canvas, width, height, Resampling::nearest);
  }
  const RgbImage guide = clip.read_frame(frame);
  return guided_upsample(canvas, resize(guide, canvas.width(), canvas.height(), Resampling::area), guide);
}

MaskMap to_mask(const Map<float>& map) {
  MaskMap mask(map.width(), map.height());
  for (std::size_t k = 0; k < mask.pixels(); ++k) mask.values()[k] = map.values()[k] > 0 ? 255 : 0;
  return mask;
}

void write_map(const fs::path& file, const Map<float>& map, const std::string& folder,
               const DenseOptions& output) {
  if (folder == "masks")
    write_mask(file, to_mask(map));
  else if (folder == "inverse")
    write_inverse(file, map, output);
  else if (folder == "conf")
    write_confidence(file, map, output);
  else
    write_depth(file, map, output);
}

/// One kind of map of a source, on its way into a folder of the clip.
struct MapImport {
  std::string folder;  // "depth"
  std::unique_ptr<ForeignMaps> maps;
  std::vector<std::size_t> map_of_frame;
};

/// The map of a frame at the size wanted; without any known value where the source has none.
Map<float> convert(const MapImport& import, const Map<float>& map, const Clip& clip, int frame,
                   bool is_native, ForeignProgram program) {
  if (map.empty()) return Map<float>(clip.info().width, clip.info().height);
  if (is_native) return map;
  const std::size_t k = import.map_of_frame[static_cast<std::size_t>(frame)];
  const Placement placement = place_map({map.width(), map.height()}, {clip.info().width, clip.info().height},
                                        program, import.maps->file(k).string());
  return at_clip_size(map, placement, clip, frame, import.folder == "masks");
}

FlowMap flow_at_clip_size(const FlowMap& flow, const Clip& clip) {
  const int width = clip.info().width;
  const int height = clip.info().height;
  if (flow.width() == width && flow.height() == height) return flow;
  FlowMap resized = resize(flow, width, height, Resampling::nearest);
  const float scale_x = static_cast<float>(width) / static_cast<float>(flow.width());
  const float scale_y = static_cast<float>(height) / static_cast<float>(flow.height());
  for (std::size_t k = 0; k < resized.pixels(); ++k) {
    resized.data()[2 * k] *= scale_x;
    resized.data()[2 * k + 1] *= scale_y;
  }
  return resized;
}

void import_flow(const fs::path& from, const fs::path& to, const Clip& clip, bool is_native,
                 const DenseOptions& output) {
  const FlowFile file = read_flow(from);
  (void)place_map({file.flow.width(), file.flow.height()}, {clip.info().width, clip.info().height},
                  ForeignProgram::plain, from.string());
  if (is_native) {
    write_flow(to, file.flow, file.confidence, output);
    return;
  }
  const ConfidenceMap confidence = file.confidence.empty() ? ConfidenceMap()
                                                           : resize(file.confidence, clip.info().width,
                                                                    clip.info().height, Resampling::nearest);
  write_flow(to, flow_at_clip_size(file.flow, clip), confidence, output);
}

/// Two frames a file: those of its name, or, where it has one number, the frame and the next.
std::vector<NumberedFile> pair_files(const fs::path& source, const ForeignStageOptions& options) {
  auto files =
      options.pattern.empty() ? numbered_files(source, 2) : files_by_pattern(source, options.pattern);
  for (NumberedFile& file : files) {
    if (file.numbers.size() == 1 && options.kind == ForeignKind::flow)
      file.numbers.push_back(file.numbers[0] + 1);
    if (file.numbers.size() != 2) throw Error(file.path.string(), "a pair has two numbers in its name");
  }
  return files;
}

}  // namespace

std::string folder_of(ForeignKind kind) {
  switch (kind) {
    case ForeignKind::unsaid:
      break;
    case ForeignKind::depth:
      return "depth";
    case ForeignKind::inverse:
      return "inverse";
    case ForeignKind::conf:
      return "conf";
    case ForeignKind::flow:
      return "flow";
    case ForeignKind::pointmap:
      return "pointmap";
    case ForeignKind::mask:
      return "masks";
    case ForeignKind::tracks:
      return "tracks";
    case ForeignKind::traj:
      return "traj";
    case ForeignKind::intrinsics:
      return "intrinsics";
  }
  throw MisuseError("--kind", "say what the source holds");
}

void import_foreign_maps(const Clip& clip, const fs::path& source, const ForeignStageOptions& options,
                         const StageSpec& given, Run& run) {
  const StoredScale scale = options.stored_per_unit > 0 ? StoredScale(options.stored_per_unit) : std::nullopt;
  std::vector<MapImport> imports;
  std::vector<std::string> folders = {folder_of(options.kind)};
  if (options.kind == ForeignKind::depth && has_foreign_maps(source, options.program, "conf"))
    folders.push_back("conf");
  StageSpec spec = given;
  for (const std::string& folder : folders) {
    const bool is_main = folder == folders.front();
    auto maps = open_foreign_maps(source, options.program, folder, is_main ? options.pattern : "", scale);
    auto map_of_frame = maps_of_frames(maps->numbers(), clip, source, options);
    imports.push_back({folder, std::move(maps), std::move(map_of_frame)});
    if (!is_main) spec.companions.push_back(folder + "/" + spec.name);
  }
  const std::string extension =
      options.kind == ForeignKind::mask ? ".png" : map_extension(options.output.format);
  std::vector<Item> items;
  for (int frame = 0; frame < clip.frame_count(); ++frame) {
    Item item{frame_stem(frame), {}, {}};
    for (const MapImport& import : imports) {
      item.outputs.push_back(clip.stage_folder(import.folder, spec.name) / (frame_stem(frame) + extension));
      const std::size_t k = import.map_of_frame[static_cast<std::size_t>(frame)];
      if (k != no_map) item.inputs.push_back(import.maps->file(k));
    }
    if (!run.common.native_size) item.inputs.push_back(clip.frame_path(frame));
    items.push_back(std::move(item));
  }
  const double pixels = static_cast<double>(clip.info().width) * clip.info().height;
  spec.item_cost.work = read_maps_work(options.output, 1, pixels) + Work(WorkKind::score, pixels) +
                        write_maps_work(options.output, 1, pixels);
  spec.item_cost.memory_megabytes = pixels * 60e-6;
  StageSession session(clip, run, spec, std::move(items));
  const auto& pending = session.pending();
  // Arrays are read from front to back: a batch of frames at a time, then worked on in parallel.
  const auto batch = static_cast<std::size_t>(thread_count());
  for (std::size_t begin = 0; begin < pending.size(); begin += batch) {
    const std::size_t count = std::min(batch, pending.size() - begin);
    std::vector<std::vector<Map<float>>> read(count);
    for (std::size_t k = 0; k < count; ++k) {
      for (const MapImport& import : imports) {
        const std::size_t map = import.map_of_frame[pending[begin + k]];
        read[k].push_back(map == no_map ? Map<float>() : import.maps->read(map));
      }
    }
    if (begin == 0 && !read[0][0].empty()) {
      const nlohmann::json size = {read[0][0].width(), read[0][0].height()};
      session.set_fact("source_size", size.dump());
      if (run.common.native_size) session.set_fact("size", size.dump());
    }
    parallel_for(count, [&](std::size_t k) {
      check_interrupted();
      const std::size_t item = pending[begin + k];
      for (std::size_t m = 0; m < imports.size(); ++m) {
        const Map<float> map = convert(imports[m], read[k][m], clip, static_cast<int>(item),
                                       run.common.native_size, options.program);
        write_map(session.item(item).outputs[m], map, imports[m].folder, options.output);
      }
      if (read[k][0].empty())
        session.failed(item, "the source has no map of this frame");
      else
        session.done(item);
    });
  }
  session.finish();
}

void import_foreign_pairs(const Clip& clip, const fs::path& source, const ForeignStageOptions& options,
                          const StageSpec& spec, Run& run) {
  if (!fs::is_directory(source)) throw Error(source.string(), "is no folder with a file a pair");
  const bool is_flow = options.kind == ForeignKind::flow;
  const std::string extension =
      is_flow ? map_extension(options.output.format) : point_maps_extension(options.output.format);
  const int first = std::max(0, options.first);
  std::vector<Item> items;
  for (const NumberedFile& file : pair_files(source, options)) {
    const int i = first + options.step * file.numbers[0];
    const int j = first + options.step * file.numbers[1];
    if (std::max(i, j) >= clip.frame_count() || i == j) {
      throw Error(file.path.string(),
                  fmt::format("pair {} {} is none of a clip of {} frames", i, j, clip.frame_count()));
    }
    items.push_back({pair_stem(i, j),
                     {clip.stage_folder(spec.kind, spec.name) / (pair_stem(i, j) + extension)},
                     {file.path}});
  }
  StageSession session(clip, run, spec, std::move(items));
  run_items(session, [&](std::size_t k) {
    const Item& item = session.item(k);
    if (is_flow)
      import_flow(item.inputs[0], item.outputs[0], clip, run.common.native_size, options.output);
    else
      write_point_maps(item.outputs[0], read_point_maps(item.inputs[0]), options.output);
  });
}

}  // namespace vd
