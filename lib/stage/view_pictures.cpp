// SPDX-License-Identifier: Apache-2.0
#include "stage/view_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "io/image.h"
#include "report/contact_sheet.h"
#include "report/side_by_side.h"

namespace vd {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

DepthMap ratio_of(const DepthMap& truth, const DepthMap& depth) {
  DepthMap ratio(depth.width(), depth.height());
  for (std::size_t k = 0; k < depth.pixels(); ++k) {
    if (depth.values()[k] > 0 && truth.values()[k] > 0)
      ratio.values()[k] = truth.values()[k] / depth.values()[k];
  }
  return ratio;
}

/// Depth of the pixels with positive confidence; all of it without confidence.
DepthMap where_observed(DepthMap depth, const ConfidenceMap& confidence) {
  if (confidence.empty()) return depth;
  for (std::size_t k = 0; k < depth.pixels(); ++k) {
    if (!(confidence.values()[k] > 0)) depth.values()[k] = 0;
  }
  return depth;
}

std::string clip_name(const Clip& clip) {
  const fs::path folder = fs::absolute(clip.folder()).lexically_normal();
  return folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string();
}

double frame_rate(const Clip& clip, const std::vector<int>& frames) {
  const auto& times_s = clip.info().times_s;
  const double duration_s = times_s[frames.back()] - times_s[frames.front()];
  return duration_s > 0 ? std::clamp((static_cast<double>(frames.size()) - 1) / duration_s, 1.0, 240.0)
                        : 24.0;
}

std::string sheet_subtitle(const Clip& clip, const Results& results, const std::vector<int>& frames) {
  std::string text = fmt::format("{} frames, {} x {}, {:.4g} a second", clip.frame_count(), clip.info().width,
                                 clip.info().height, frame_rate(clip, frames));
  if (!results.depth().empty())
    text += fmt::format(", {}/{}", results.is_inverse() ? "inverse" : "depth", results.depth());
  return text;
}

/// The panels of the video: what the clip has, whatever single frames lack.
std::vector<Panel> video_panels(const Results& results) {
  std::vector<Panel> panels = {Panel::rgb};
  if (!results.depth().empty()) panels.push_back(Panel::depth);
  if (!results.confidence().empty()) panels.push_back(Panel::confidence);
  if (!results.masks().empty()) panels.push_back(Panel::mask);
  return panels;
}

}  // namespace

ShotRange measure_shot(const Results& results, const std::vector<int>& frames, const RangeChoice& choice) {
  DepthHistogram all, observed, confidences, ratios;
  for (const int frame : frames) {
    check_interrupted();
    const DepthMap depth = results.read_depth(frame);
    const ConfidenceMap confidence = results.read_confidence(frame);
    const DepthMap seen = where_observed(depth, confidence);
    all.add(depth);
    observed.add(seen);
    confidences.add(confidence);
    const DepthMap truth =
        depth.empty() || results.depth() == "gt" ? DepthMap() : results.read_true_depth(frame);
    if (!truth.empty()) ratios.add(ratio_of(truth, seen));
  }
  ShotRange shot;
  // What was filled in may lie anywhere; it sets the range only where hardly anything was observed.
  const auto range = robust_range(observed.count() * 20 > all.count() ? observed : all);
  shot.has_depth = range.has_value();
  if (range) shot.depth = *range;
  if (choice.kind == RangeChoice::Kind::fixed) shot.depth = choice.fixed;
  shot.confidence_high = confidences.quantile(0.98).value_or(1);
  // At least a factor of four, so that equal confidence does not look like noise.
  shot.confidence_low = std::min(confidences.quantile(0.02).value_or(0.01), shot.confidence_high / 4);
  shot.truth_per_depth = ratios.quantile(0.5).value_or(1);
  return shot;
}

std::string to_json_text(const ShotRange& shot) {
  const json object = {{"near", shot.depth.near_depth},           {"far", shot.depth.far_depth},
                       {"confidence_low", shot.confidence_low},   {"confidence_high", shot.confidence_high},
                       {"truth_per_depth", shot.truth_per_depth}, {"has_depth", shot.has_depth}};
  return object.dump(1) + "\n";
}

ShotRange read_shot_range(const fs::path& file) {
  try {
    const json object = json::parse(read_text(file));
    return {{object.at("near"), object.at("far")},
            object.at("confidence_low"),
            object.at("confidence_high"),
            object.at("truth_per_depth"),
            object.at("has_depth")};
  } catch (const json::exception& problem) {
    throw Error(file.string(), fmt::format("damaged: {}", problem.what()));
  }
}

FrameMaps load_frame(const Clip& clip, const Results& results, int frame, bool with_truth) {
  FrameMaps maps;
  maps.frame = frame;
  maps.time_s = clip.info().times_s[frame];
  maps.rgb = clip.read_frame(frame);
  maps.depth = results.read_depth(frame);
  maps.confidence = results.read_confidence(frame);
  maps.mask = results.read_mask(frame);
  if (with_truth && results.depth() != "gt") maps.truth_depth = results.read_true_depth(frame);
  return maps;
}

PanelStyle style_of(const Clip& clip, const Results& results, const ViewStageOptions& options,
                    const ShotRange& shot, const DepthMap& depth) {
  PanelStyle style;
  style.depth_range = shot.depth;
  if (parse_range(options.range).kind == RangeChoice::Kind::frame) {
    DepthHistogram histogram;
    histogram.add(depth);
    style.depth_range = robust_range(histogram).value_or(shot.depth);
  }
  style.truth_range = {style.depth_range.near_depth * shot.truth_per_depth,
                       style.depth_range.far_depth * shot.truth_per_depth};
  style.confidence_low = shot.confidence_low;
  style.confidence_high = shot.confidence_high;
  style.depth_colours = options.colours;
  style.depth_unit = results.depth_unit();
  style.truth_unit = clip.info().gt_unit;
  return style;
}

void write_depth_picture(const Clip& clip, const Results& results, const ViewStageOptions& options,
                         const ShotRange& shot, int frame, const fs::path& file) {
  DepthMap depth = results.read_depth(frame);
  if (depth.empty()) depth = DepthMap(clip.info().width, clip.info().height);
  write_png(file,
            colour_depth(depth, style_of(clip, results, options, shot, depth).depth_range, options.colours));
}

void write_video(const Clip& clip, const Results& results, const ViewStageOptions& options,
                 const ShotRange& shot, const std::vector<int>& frames, const OpenFrameSink& open_video,
                 const fs::path& file) {
  const auto layout =
      lay_out_side_by_side(video_panels(results), {clip.info().width, clip.info().height}, options.max_side);
  const double fps = options.fps > 0 ? options.fps : frame_rate(clip, frames);
  write_atomically(file, [&](const fs::path& temporary) {
    const auto sink = open_video(temporary, layout.frame.width, layout.frame.height, fps);
    // A few frames at a time are composed in parallel and written in order.
    const auto batch = static_cast<std::size_t>(std::max(1, thread_count()));
    for (std::size_t begin = 0; begin < frames.size(); begin += batch) {
      std::vector<RgbImage> pictures(std::min(batch, frames.size() - begin));
      parallel_for(pictures.size(), [&](std::size_t k) {
        const FrameMaps maps = load_frame(clip, results, frames[begin + k], false);
        pictures[k] = side_by_side(maps, style_of(clip, results, options, shot, maps.depth), layout);
      });
      for (const RgbImage& picture : pictures) sink->add(picture);
      check_interrupted();
    }
    sink->finish();
  });
}

void write_sheet(const Clip& clip, const Results& results, const ViewStageOptions& options,
                 const ShotRange& shot, const std::vector<int>& frames, const fs::path& file) {
  std::vector<FrameMaps> columns;
  for (const int k : spread_frames(static_cast<int>(frames.size()), options.columns)) {
    columns.push_back(load_frame(clip, results, frames[k], true));
  }
  // One page has one scale, whatever --range says of single frames.
  ViewStageOptions of_shot = options;
  of_shot.range = "shot";
  ContactSheetOptions page;
  page.title = clip_name(clip);
  page.subtitle = sheet_subtitle(clip, results, frames);
  write_png(file, contact_sheet(columns, style_of(clip, results, of_shot, shot, {}), page));
}

}  // namespace vd
