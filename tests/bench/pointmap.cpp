// SPDX-License-Identifier: Apache-2.0
// Two-view geometry from flow on clips with truth: errors of the relative pose, AbsRel of observed static
// pixels (one scale a pair, median ratio) with coverage, all and the better half by confidence, moving pixels
// found, CPU seconds a pair.
//   bench_pointmap [FOLDER DEPTH_SCALE]   without a folder: the rendered clips and two real ones
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "clip_files.h"
#include "pointmap/geometric.h"
#include "pointmap/shared_focal.h"

namespace {

using namespace vd;
using bench::ClipFrames;

constexpr double degrees = 57.29577951308232;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double median(std::vector<double> values) {
  if (values.empty()) return NAN;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct DepthScore {
  double coverage = 0;  // of the static pixels with truth
  double abs_rel = 0;   // mean over those observed
  double abs_rel_median = 0;
  double abs_rel_best_half = 0;  // mean over the better half by confidence
};

DepthScore score_depth(const PointMap& points, const ConfidenceMap& confidence, const DepthMap& truth,
                       const MaskMap* moving) {
  struct Pixel {
    double depth, truth, confidence;
  };
  std::vector<Pixel> pixels;
  std::vector<double> ratios;
  double possible = 0;
  for (std::size_t i = 0; i < truth.pixels(); ++i) {
    if (truth.values()[i] <= 0 || (moving && moving->values()[i])) continue;
    possible += 1;
    if (confidence.values()[i] <= 0) continue;
    pixels.push_back({points.values()[3 * i + 2], truth.values()[i], confidence.values()[i]});
    ratios.push_back(pixels.back().truth / pixels.back().depth);
  }
  DepthScore score;
  if (pixels.empty()) return score;
  const double scale = median(ratios);
  std::sort(pixels.begin(), pixels.end(),
            [](const Pixel& p, const Pixel& q) { return p.confidence > q.confidence; });
  std::vector<double> errors;
  for (const auto& p : pixels) errors.push_back(std::abs(scale * p.depth - p.truth) / p.truth);
  for (std::size_t k = 0; k < errors.size(); ++k) {
    score.abs_rel += errors[k] / static_cast<double>(errors.size());
    if (k < errors.size() / 2) score.abs_rel_best_half += errors[k] / static_cast<double>(errors.size() / 2);
  }
  score.abs_rel_median = median(errors);
  score.coverage = static_cast<double>(pixels.size()) / std::max(1.0, possible);
  return score;
}

PairImage image_of(const ClipFrames& clip, std::size_t frame, std::size_t other) {
  return {clip.cameras[frame].intrinsics,
          clip.grey[frame],
          dense_flow(clip.grey[frame], clip.grey[other], {}),
          {}};
}

void report_stride(const ClipFrames& clip, std::size_t stride, bool known_pose) {
  std::vector<double> rotation_deg, direction_deg, coverage, abs_rel, abs_rel_median, best_half, seconds,
      recall;
  int flat = 0;
  int pairs = 0;
  for (std::size_t i = 0; i + stride < clip.grey.size();
       i += std::max<std::size_t>(1, clip.grey.size() / 6)) {
    const std::size_t j = i + stride;
    const PairImage first = image_of(clip, i, j);
    const PairImage second = image_of(clip, j, i);
    const SE3 truth = inverse(clip.cameras[i].world_from_camera) * clip.cameras[j].world_from_camera;
    const double start = cpu_seconds();
    const PairPointMap pair =
        geometric_point_map(first, second, known_pose ? std::optional<SE3>(truth) : std::nullopt, {});
    seconds.push_back(cpu_seconds() - start);
    ++pairs;
    rotation_deg.push_back(degrees *
                           rotation_angle_rad(pair.first_from_second.rotation.conjugate() * truth.rotation));
    if (pair.report.geometry.kind == PairKind::low_parallax ||
        pair.report.geometry.kind == PairKind::too_few) {
      ++flat;
      continue;
    }
    const double cosine = pair.first_from_second.translation.normalized().dot(truth.translation.normalized());
    direction_deg.push_back(degrees * std::acos(std::clamp(cosine, -1.0, 1.0)));
    const MaskMap* moving = i < clip.masks.size() ? &clip.masks[i] : nullptr;
    if (i < clip.depths.size()) {
      const DepthScore score = score_depth(pair.a, pair.a_conf, clip.depths[i], moving);
      coverage.push_back(score.coverage);
      abs_rel.push_back(score.abs_rel);
      abs_rel_median.push_back(score.abs_rel_median);
      best_half.push_back(score.abs_rel_best_half);
    }
    if (moving) {
      double all = 0, confident = 0;
      for (std::size_t p = 0; p < moving->pixels(); ++p) {
        all += moving->values()[p] != 0;
        confident += moving->values()[p] != 0 && pair.a_conf.values()[p] > 0;
      }
      if (all > 0) recall.push_back(1 - confident / all);
    }
  }
  fmt::print("{:<18} stride {} {:<5} low parallax {}/{}  rotation {:.3f} deg  direction {:6.2f} deg",
             clip.name, stride, known_pose ? "known" : "", flat, pairs, median(rotation_deg),
             median(direction_deg));
  fmt::print("  AbsRel {:5.1f} % (median {:4.1f}, best half {:4.1f}) @ {:2.0f} %", 100 * median(abs_rel),
             100 * median(abs_rel_median), 100 * median(best_half), 100 * median(coverage));
  if (!recall.empty()) fmt::print("  movers unobserved {:2.0f} %", 100 * median(recall));
  fmt::print("  CPU s/pair {:.3f}\n", median(seconds));
  std::fflush(stdout);
}

void report_focal(const ClipFrames& clip) {
  std::vector<Correspondences> pairs;
  for (const std::size_t stride : {std::size_t{2}, std::size_t{4}})
    for (std::size_t i = 0; i + stride < clip.grey.size(); i += 4)
      pairs.push_back(sample_flow(dense_flow(clip.grey[i], clip.grey[i + stride], {}),
                                  dense_flow(clip.grey[i + stride], clip.grey[i], {}), 600, 1.0));
  const double start = cpu_seconds();
  const auto focal = estimate_shared_focal(pairs, clip.grey[0].width(), clip.grey[0].height(), {});
  const double truth = clip.cameras[0].intrinsics.fx;
  if (!focal) {
    fmt::print("{:<18} focal: none\n", clip.name);
    return;
  }
  fmt::print(
      "{:<18} focal {:.0f} px ({:+.1f} %), deviation {:.1f} %, range {:.0f}-{:.0f}, truth {:.0f}, {} pairs, "
      "CPU s {:.2f}\n",
      clip.name, focal->focal_px, 100 * (focal->focal_px / truth - 1), 100 * focal->relative_sigma,
      focal->low_px, focal->high_px, truth, focal->pairs_used, cpu_seconds() - start);
  std::fflush(stdout);
}

void report(const ClipFrames& clip) {
  if (clip.cameras.empty()) return;
  for (const std::size_t stride : {1, 2, 4, 8}) report_stride(clip, stride, false);
  report_stride(clip, 4, true);
  report_focal(clip);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) {
    report(bench::read_clip_files(argv[1], std::stod(argv[2])));
    return 0;
  }
  const std::filesystem::path root = VD_SHARED;
  for (const char* name :
       {"corridor_plain", "orbit", "street_drive", "close_mover", "low_texture", "rotation_only"})
    report(bench::read_clip_files(root / "synth" / name, std::string(name) == "street_drive" ? 250 : 4000));
  report(bench::read_clip_files(root / "data" / "redkitchen_short", 1000));
  report(bench::read_clip_files(root / "data" / "kitti_city_dynamic", 256));
}
