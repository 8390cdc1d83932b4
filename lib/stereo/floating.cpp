// SPDX-License-Identifier: Apache-2.0
#include "stereo/floating.h"

#include <algorithm>
#include <cmath>

#include "stereo/epipolar.h"

namespace vd {
namespace {

constexpr double off_ground_ratio = 1.15;
constexpr double off_ground_px = 1.5;
constexpr double depth_step = 1.06;  // ratio of inverse depths within one component
constexpr double floating_ratio = 1.3;
constexpr double least_component = 0.001;  // of the image

/// What the cue needs to know of each pixel.
struct GroundView {
  Map<float> plane;    // inverse depth of the ground, <= 0 above the horizon
  MaskMap off_ground;  // 255: in front of the ground by more than the noise
  MaskMap on_ground;   // 255: on it
};

GroundView compare_with_ground(const Camera& reference, const MotionEvidence& evidence,
                               const GroundPlane& ground, const EpipolarMap& map) {
  const int width = evidence.residual.width();
  const int height = evidence.residual.height();
  GroundView view{Map<float>(width, height), MaskMap(width, height), MaskMap(width, height)};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Vec2 pixel(x, y);
      const double plane = ground.inverse_depth(reference.intrinsics, pixel);
      view.plane(x, y) = static_cast<float>(plane);
      const double w = evidence.inverse_depth(x, y);
      if (plane <= 0 || w <= 0 || evidence.observations(x, y) == 0) continue;
      const Projection seen = project(map, x, y, static_cast<float>(w));
      const Projection expected = project(map, x, y, static_cast<float>(plane));
      if (seen.depth_ratio <= 0 || expected.depth_ratio <= 0) continue;
      const double difference_px = std::hypot(seen.x - expected.x, seen.y - expected.y);
      if (w > off_ground_ratio * plane && difference_px > off_ground_px) view.off_ground(x, y) = 255;
      if (std::abs(w / plane - 1) < 0.1 || difference_px < 0.5) view.on_ground(x, y) = 255;
    }
  return view;
}

using PixelList = std::vector<std::pair<int, int>>;

/// Pixels connected to a seed over small steps of inverse depth; they are taken out of the candidates.
PixelList flood(int seed_x, int seed_y, MaskMap& candidates, const Map<float>& inverse_depth) {
  PixelList pixels{{seed_x, seed_y}};
  candidates(seed_x, seed_y) = 0;
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    const auto [x, y] = pixels[k];
    for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      if (!candidates.contains(x + dx, y + dy) || !candidates(x + dx, y + dy)) continue;
      const float a = inverse_depth(x, y);
      const float b = inverse_depth(x + dx, y + dy);
      if (std::max(a, b) > depth_step * std::min(a, b)) continue;
      candidates(x + dx, y + dy) = 0;
      pixels.emplace_back(x + dx, y + dy);
    }
  }
  return pixels;
}

double quantile(std::vector<double>& values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Ratio of the inverse depth just above the lower end of a column to that of the first ground pixel below
/// it.
std::optional<double> ratio_of_column(std::vector<int>& rows, int x, const MotionEvidence& evidence,
                                      const GroundView& view) {
  const double unit = view.plane.height() / 288.0;  // the distances below were set at this height
  const int lowest = *std::max_element(rows.begin(), rows.end());
  std::vector<double> above;
  for (const int y : rows)
    if (lowest - y >= 3 * unit && lowest - y <= 14 * unit) above.push_back(evidence.inverse_depth(x, y));
  if (above.empty()) return {};
  for (int y = lowest + 1; y < view.plane.height() && y - lowest <= 10 * unit; ++y)
    if (view.on_ground(x, y)) return quantile(above, 0.5) / view.plane(x, y);
  return {};
}

FloatingComponent judge(const PixelList& pixels, const MotionEvidence& evidence, const GroundView& view) {
  FloatingComponent part{view.plane.width(), view.plane.height(), 0, 0, static_cast<int>(pixels.size())};
  for (const auto& [x, y] : pixels) {
    part.left = std::min(part.left, x);
    part.right = std::max(part.right, x);
    part.top = std::min(part.top, y);
    part.bottom = std::max(part.bottom, y);
  }
  std::vector<std::vector<int>> columns(static_cast<std::size_t>(part.right - part.left + 1));
  for (const auto& [x, y] : pixels) columns[static_cast<std::size_t>(x - part.left)].push_back(y);
  std::vector<double> ratios;
  double at_border = 0;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    if (columns[k].empty()) continue;
    at_border += *std::max_element(columns[k].begin(), columns[k].end()) >= view.plane.height() - 2;
    if (const auto ratio = ratio_of_column(columns[k], part.left + static_cast<int>(k), evidence, view))
      ratios.push_back(*ratio);
  }
  part.columns_with_ground = static_cast<double>(ratios.size()) / static_cast<double>(columns.size());
  part.on_lower_border = at_border / static_cast<double>(columns.size());
  if (!ratios.empty()) part.ratio = quantile(ratios, 0.25);
  part.floats = part.ratio > floating_ratio && part.columns_with_ground > 0.4 && part.on_lower_border < 0.1;
  return part;
}

}  // namespace

FloatingCue find_floating(const Camera& reference, const MotionEvidence& evidence, const FlowSet& flows,
                          const GroundPlaneOptions& options) {
  FloatingCue cue{{}, {}, MaskMap(evidence.residual.width(), evidence.residual.height())};
  const NeighbourFlow* farthest = nullptr;
  for (const auto& flow : flows)
    if (!farthest || std::abs(flow.offset) > std::abs(farthest->offset)) farthest = &flow;
  if (!farthest) return cue;

  MaskMap usable(evidence.residual.width(), evidence.residual.height());
  for (std::size_t i = 0; i < usable.pixels(); ++i)
    usable.values()[i] =
        evidence.residual.values()[i] < 2 && evidence.observations.values()[i] >= 2 ? 255 : 0;
  cue.ground = find_ground_plane(evidence.inverse_depth, usable, reference.intrinsics, options);
  if (!cue.ground) return cue;

  GroundView view =
      compare_with_ground(reference, evidence, *cue.ground, epipolar_map(reference, farthest->camera));
  const auto least_pixels = static_cast<std::size_t>(least_component * static_cast<double>(usable.pixels()));
  for (int y = 0; y < usable.height(); ++y)
    for (int x = 0; x < usable.width(); ++x) {
      if (!view.off_ground(x, y)) continue;
      const PixelList pixels = flood(x, y, view.off_ground, evidence.inverse_depth);
      if (pixels.size() < std::max<std::size_t>(1, least_pixels)) continue;
      cue.components.push_back(judge(pixels, evidence, view));
      if (cue.components.back().floats)
        for (const auto& [px, py] : pixels) cue.floating(px, py) = 255;
    }
  return cue;
}

}  // namespace vd
