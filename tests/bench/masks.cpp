// SPDX-License-Identifier: Apache-2.0
// Motion masks on clips with true poses: IoU, precision and recall where the truth moves, false alarms where
// nothing does, CPU seconds a frame, and the share of moving pixels that no residual can show.
//   bench_masks [FOLDER [DEPTH_SCALE [OUTPUT]]]   without a folder: the rendered clips; OUTPUT: folder for
//   mask overlays
//   bench_masks scenes SEEDS [FRAMES [NAME [OUTPUT]]]   rendered on the fly: every seed, median and worst
#include <fmt/core.h>

#include <ctime>
#include <filesystem>
#include <map>

#include "clip_files.h"
#include "core/parallel.h"
#include "image/convert.h"
#include "metrics/mask.h"
#include "rendered_clip.h"
#include "stereo/epipolar.h"
#include "stereo/masks.h"

namespace {

using namespace vd;
using bench::ClipFrames;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Flows of a clip by (from, to), each computed once.
using FlowTable = std::map<std::pair<int, int>, std::shared_ptr<const FlowMap>>;

FlowTable all_flows(const ClipFrames& clip, int reach) {
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

FlowSet flows_of(const ClipFrames& clip, const FlowTable& table, int frame) {
  FlowSet flows;
  for (const int offset : {-2, -1, 1, 2}) {
    const auto there = table.find({frame, frame + offset});
    if (there == table.end()) continue;
    NeighbourFlow flow{offset,        clip.cameras[static_cast<std::size_t>(frame + offset)],
                       there->second, table.at({frame + offset, frame}),
                       nullptr,       nullptr};
    if (offset % 2 == 0) flow.second_half = table.at({frame + offset / 2, frame + offset});
    flow.grey = std::make_shared<const GreyImage>(clip.grey[static_cast<std::size_t>(frame + offset)]);
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

/// Red: called moving; green: moves by the truth; both: yellow; blue: unknown.
void write_overlay(const std::filesystem::path& path, const GreyImage& grey, const MotionMask& mask,
                   const MaskMap& truth) {
  RgbImage picture = to_rgb(grey);
  for (int y = 0; y < grey.height(); ++y)
    for (int x = 0; x < grey.width(); ++x) {
      if (mask.moving(x, y)) picture(x, y, 0) = static_cast<std::uint8_t>(128 + picture(x, y, 0) / 2);
      if (!truth.empty() && truth(x, y))
        picture(x, y, 1) = static_cast<std::uint8_t>(128 + picture(x, y, 1) / 2);
      if (mask.unknown(x, y)) picture(x, y, 2) = static_cast<std::uint8_t>(96 + picture(x, y, 2) / 2);
    }
  write_png(path, picture);
}

struct Figures {
  std::vector<double> iou;
  MaskCounts counts;
  double called_moving = 0, unknown = 0, invisible = 0, cpu_s = 0;
  int planes = 0, floating = 0, judged = 0;

  [[nodiscard]] double false_alarm() const { return 100 * counts.false_alarm_rate(); }
  [[nodiscard]] double true_share() const {
    const auto& c = counts;
    const auto all = c.true_positive + c.false_positive + c.false_negative + c.true_negative;
    return 100.0 * static_cast<double>(c.true_positive + c.false_negative) / static_cast<double>(all);
  }
};

Figures measure(const ClipFrames& clip, const FlowTable& table, const MaskOptions& options,
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
      write_overlay(output / fmt::format("{}_{:06}.png", clip.name, f), clip.grey[f], mask,
                    f < clip.masks.size() ? clip.masks[f] : MaskMap());
  }
  return sum;
}

void report(const ClipFrames& clip, const std::filesystem::path& output) {
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

ClipFrames rendered(const std::string& name, std::uint64_t seed, int frames) {
  ClipFrames clip = bench::film(name, seed, frames);
  for (const RgbImage& rgb : clip.rgb) clip.grey.push_back(to_grey(rgb));
  return clip;
}

/// Median and worst over seeds: IoU where something moves, share of false alarms of the pixels that do not.
void report_scenes(int seeds, int frames, const std::string& only, const std::filesystem::path& output) {
  for (const auto& info : scene_names()) {
    if (!only.empty() && info.name != only) continue;
    std::vector<std::pair<double, int>> iou, false_alarms, invisible;
    for (int seed = 0; seed < seeds; ++seed) {
      const ClipFrames clip = rendered(info.name, static_cast<std::uint64_t>(seed), frames);
      const FlowTable table = all_flows(clip, 2);
      const Figures sum = measure(clip, table, {}, output);
      MaskOptions no_cue;
      no_cue.floating_cue = false;
      const Figures without = measure(clip, table, no_cue, "");
      iou.emplace_back(sum.counts.iou(), seed);
      false_alarms.emplace_back(sum.false_alarm(), seed);
      invisible.emplace_back(sum.invisible / frames, seed);
      fmt::print(
          "{:<16} IoU {:.3f} (without cue {:.3f})  precision {:.2f}  recall {:.2f}  invisible {:.2f}  "
          "moves {:5.2f} %  false alarms {:5.2f} % (without cue {:5.2f})  unknown {:4.1f} %  planes {}  "
          "floating {}/{}  CPU {:.3f}\n",
          clip.name, sum.counts.iou(), without.counts.iou(), sum.counts.precision(), sum.counts.recall(),
          sum.invisible / frames, sum.true_share(), sum.false_alarm(), without.false_alarm(),
          100 * sum.unknown / frames, sum.planes, sum.floating, sum.judged, sum.cpu_s / frames);
      std::fflush(stdout);
    }
    for (auto* column : {&iou, &false_alarms, &invisible}) std::sort(column->begin(), column->end());
    const auto middle = static_cast<std::size_t>(seeds) / 2;
    if (info.has_movers)
      fmt::print("{:<12} IoU median {:.3f} worst {:.3f} (seed {})  invisible median {:.2f}\n", info.name,
                 iou[middle].first, iou.front().first, iou.front().second, invisible[middle].first);
    fmt::print("{:<12} false alarms median {:.2f} % worst {:.2f} % (seed {})\n", info.name,
               false_alarms[middle].first, false_alarms.back().first, false_alarms.back().second);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::string(argv[1]) == "scenes") {
    report_scenes(std::stoi(argv[2]), argc > 3 ? std::stoi(argv[3]) : 8, argc > 4 ? argv[4] : "",
                  argc > 5 ? argv[5] : "");
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
