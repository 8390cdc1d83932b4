// SPDX-License-Identifier: Apache-2.0
// Motion masks on clips with true poses: IoU, precision and recall where the truth moves, false alarms where
// nothing does, CPU seconds a frame, and the share of moving pixels that no residual can show.
//   bench_masks [FOLDER [DEPTH_SCALE [OUTPUT]]]   without a folder: the rendered clips; OUTPUT: folder for
//   mask overlays
#include <fmt/core.h>

#include <ctime>
#include <filesystem>
#include <map>

#include "clip_files.h"
#include "core/parallel.h"
#include "image/convert.h"
#include "metrics/mask.h"
#include "scene/scene.h"
#include "stereo/epipolar.h"
#include "stereo/masks.h"

namespace {

using namespace vd;
using bench::ClipFiles;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Flows of a clip by (from, to), each computed once.
using FlowTable = std::map<std::pair<int, int>, std::shared_ptr<const FlowMap>>;

FlowTable all_flows(const ClipFiles& clip, int reach) {
  FlowTable table;
  const int frames = static_cast<int>(clip.grey.size());
  for (int i = 0; i < frames; ++i)
    for (int j = std::max(0, i - reach); j <= std::min(frames - 1, i + reach); ++j)
      if (i != j) table[{i, j}] = nullptr;
  std::vector<FlowTable::iterator> items;
  for (auto it = table.begin(); it != table.end(); ++it) items.push_back(it);
  parallel_for(items.size(), [&](std::size_t k) {
    const auto [i, j] = items[k]->first;
    items[k]->second = std::make_shared<const FlowMap>(
        dense_flow(clip.grey[static_cast<std::size_t>(i)], clip.grey[static_cast<std::size_t>(j)], {}));
  });
  return table;
}

FlowSet flows_of(const ClipFiles& clip, const FlowTable& table, int frame) {
  FlowSet flows;
  for (const int offset : {-2, -1, 1, 2}) {
    const auto there = table.find({frame, frame + offset});
    if (there == table.end()) continue;
    NeighbourFlow flow{offset, clip.cameras[static_cast<std::size_t>(frame + offset)], there->second,
                       table.at({frame + offset, frame}), nullptr};
    if (offset % 2 == 0) flow.second_half = table.at({frame + offset / 2, frame + offset});
    flows.push_back(std::move(flow));
  }
  return flows;
}

/// Share of the moving pixels of a frame whose flow agrees with some depth within 0.6 px (measured flow, so
/// an estimate).
double invisible_share(const Camera& camera, const FlowSet& flows, const MaskMap& truth) {
  double moving = 0;
  double hidden = 0;
  for (const auto& flow : flows) {
    if (flow.offset != 1) continue;
    const EpipolarMap map = epipolar_map(camera, flow.camera);
    for (int y = 0; y < truth.height(); ++y)
      for (int x = 0; x < truth.width(); ++x) {
        if (!truth(x, y)) continue;
        const float px = static_cast<float>(x) + (*flow.flow)(x, y, 0);
        const float py = static_cast<float>(y) + (*flow.flow)(x, y, 1);
        const Eigen::Vector2f along(map.b.x() - px * map.b.z(), map.b.y() - py * map.b.z());
        const Eigen::Vector3f a = map.a * Eigen::Vector3f(static_cast<float>(x), static_cast<float>(y), 1);
        const Eigen::Vector2f gap(px * a.z() - a.x(), py * a.z() - a.y());
        const float w = along.squaredNorm() > 0 ? std::max(0.0F, along.dot(gap) / along.squaredNorm()) : 0.0F;
        const Projection best = project(map, static_cast<float>(x), static_cast<float>(y), w);
        moving += 1;
        hidden += best.depth_ratio > 0 && std::hypot(best.x - px, best.y - py) < 0.6F;
      }
  }
  return moving > 0 ? hidden / moving : 0;
}

void write_overlay(const std::filesystem::path& path, const GreyImage& grey, const MotionMask& mask) {
  RgbImage picture = to_rgb(grey);
  for (int y = 0; y < grey.height(); ++y)
    for (int x = 0; x < grey.width(); ++x) {
      if (mask.moving(x, y)) picture(x, y, 0) = static_cast<std::uint8_t>(128 + picture(x, y, 0) / 2);
      if (mask.unknown(x, y)) picture(x, y, 2) = static_cast<std::uint8_t>(96 + picture(x, y, 2) / 2);
    }
  write_png(path, picture);
}

struct Figures {
  std::vector<double> iou;
  MaskCounts counts;
  double called_moving = 0, unknown = 0, invisible = 0, cpu_s = 0;
  int planes = 0, floating = 0, judged = 0;
};

Figures measure(const ClipFiles& clip, const FlowTable& table, const MaskOptions& options,
                const std::filesystem::path& output) {
  Figures sum;
  for (std::size_t f = 0; f < clip.grey.size(); ++f) {
    const FlowSet flows = flows_of(clip, table, static_cast<int>(f));
    const double start = cpu_seconds();
    const MotionEvidence evidence = motion_evidence(clip.cameras[f], flows, clip.grey[f], options.evidence);
    const MotionMask mask = motion_mask(clip.cameras[f], evidence, flows, clip.grey[f], options);
    sum.cpu_s += cpu_seconds() - start;
    sum.called_moving += mask.moving_share;
    sum.unknown += mask.unknown_share;
    sum.planes += mask.ground.has_value();
    sum.judged += static_cast<int>(mask.off_ground.size());
    for (const auto& part : mask.off_ground) sum.floating += part.floats;
    if (f < clip.masks.size()) {
      const MaskCounts counts = compare_masks(mask.moving.view(), clip.masks[f].view());
      sum.iou.push_back(counts.iou());
      sum.counts += counts;
      sum.invisible += invisible_share(clip.cameras[f], flows, clip.masks[f]);
    }
    if (!output.empty())
      write_overlay(output / fmt::format("{}_{:06}.png", clip.name, f), clip.grey[f], mask);
  }
  return sum;
}

void report(const ClipFiles& clip, const std::filesystem::path& output) {
  if (clip.cameras.size() < 2) return;
  const double start = cpu_seconds();
  const FlowTable table = all_flows(clip, 2);
  const double frames = static_cast<double>(clip.grey.size());
  const double flow_s = (cpu_seconds() - start) / frames;
  for (const bool floating : {true, false}) {
    MaskOptions options;
    options.floating_cue = floating;
    const Figures sum = measure(clip, table, options, floating ? output : "");
    fmt::print("{:<20} floating cue {:<3}", clip.name, floating ? "on" : "off");
    if (!sum.iou.empty()) {
      double iou = 0;
      for (const double value : sum.iou) iou += value / static_cast<double>(sum.iou.size());
      fmt::print("  IoU {:.3f}  precision {:.2f}  recall {:.2f}  invisible {:4.1f} %", iou,
                 sum.counts.precision(), sum.counts.recall(),
                 100 * sum.invisible / static_cast<double>(sum.iou.size()));
    }
    fmt::print("  called moving {:5.2f} %  unknown {:4.1f} %  planes {}/{}  floating {}/{}",
               100 * sum.called_moving / frames, 100 * sum.unknown / frames, sum.planes, frames, sum.floating,
               sum.judged);
    fmt::print("  CPU s/frame {:.3f} + flow {:.3f}\n", sum.cpu_s / frames, flow_s);
    std::fflush(stdout);
  }
}

ClipFiles film(const std::string& name, std::uint64_t seed, int frames) {
  SceneOptions options;
  options.name = name;
  options.seed = seed;
  options.frames =
      std::max(24, frames);  // of which the first are filmed: scenes spread their path over the clip
  const Scene scene = make_scene(options);
  ClipFiles clip{fmt::format("{}-{}", name, seed), {}, {}, {}, {}};
  RenderRequest request;
  request.flow = false;
  for (int f = 0; f < frames; ++f) {
    const RenderedFrame frame = render(scene, f, request);
    clip.grey.push_back(to_grey(frame.rgb));
    clip.cameras.push_back({frame.intrinsics, frame.world_from_camera});
    clip.masks.push_back(frame.dynamic);
    clip.depths.push_back(frame.depth);
  }
  return clip;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Median and worst over seeds: IoU where something moves, share of false alarms where nothing does.
void report_scenes(int seeds, int frames, const std::string& only) {
  for (const auto& info : scene_names()) {
    if (!only.empty() && info.name != only) continue;
    std::vector<double> with_cue, without_cue, invisible;
    for (int seed = 0; seed < seeds; ++seed) {
      const ClipFiles clip = film(info.name, static_cast<std::uint64_t>(seed), frames);
      const FlowTable table = all_flows(clip, 2);
      for (const bool floating : {true, false}) {
        MaskOptions options;
        options.floating_cue = floating;
        const Figures sum = measure(clip, table, options, "");
        const double value = info.has_movers ? sum.counts.iou() : 100 * sum.called_moving / frames;
        (floating ? with_cue : without_cue).push_back(value);
        invisible.push_back(sum.invisible / frames);
      }
    }
    fmt::print("{:<12} {:<16}", info.name, info.has_movers ? "IoU" : "called moving %");
    for (const auto* values : {&with_cue, &without_cue}) {
      fmt::print("  cue {:<3} median {:.3f} worst {:.3f} all", values == &with_cue ? "on" : "off",
                 quantile(*values, 0.5), quantile(*values, info.has_movers ? 0 : 1));
      for (const double value : *values) fmt::print(" {:.2f}", value);
    }
    if (info.has_movers) fmt::print("  invisible median {:.2f}", quantile(invisible, 0.5));
    fmt::print("\n");
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::string(argv[1]) == "scenes") {
    report_scenes(std::stoi(argv[2]), argc > 3 ? std::stoi(argv[3]) : 8, argc > 4 ? argv[4] : "");
    return 0;
  }
  if (argc > 1) {
    report(bench::read_clip_files(argv[1], argc > 2 ? std::stod(argv[2]) : 1000), argc > 3 ? argv[3] : "");
    return 0;
  }
  const std::filesystem::path root = std::filesystem::path(VD_SHARED) / "synth";
  for (const char* name :
       {"close_mover", "street_drive", "corridor_plain", "orbit", "rotation_only", "low_texture"})
    report(bench::read_clip_files(root / name, std::string(name) == "street_drive" ? 250 : 4000), "");
}
