// SPDX-License-Identifier: Apache-2.0
#include "stereo/floating.h"

#include <algorithm>
#include <cmath>

#include "stereo/epipolar.h"

namespace vd {
namespace {

constexpr double off_ground_ratio = 1.15;
constexpr double off_ground_px = 1.5;
constexpr double depth_step = 1.06;      // ratio of inverse depths within one component
constexpr double standing_ratio = 1.18;  // below: stands on the ground, noise included
constexpr double floating_ratio = 1.3;
constexpr double sinking_ratio = 0.5;
constexpr double least_component = 0.001;  // of the image

/// What the cue needs to know of each pixel.
struct GroundView {
  Map<float> plane;    // inverse depth of the ground, <= 0 above the horizon
  MaskMap off_ground;  // 255: in front of the ground by more than the noise
  MaskMap behind;      // 255: below the horizon, yet farther than the ground by more than the noise
  MaskMap on_ground;   // 255: on it
};

GroundView compare_with_ground(const Camera& reference, const MotionEvidence& evidence,
                               const GroundPlane& ground, const EpipolarMap& map) {
  const int width = evidence.residual.width();
  const int height = evidence.residual.height();
  GroundView view{Map<float>(width, height), MaskMap(width, height), MaskMap(width, height),
                  MaskMap(width, height)};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Vec2 pixel(x, y);
      const double plane = ground.inverse_depth(reference.intrinsics, pixel);
      view.plane(x, y) = static_cast<float>(plane);
      const double w = evidence.inverse_depth(x, y);
      if (evidence.observations(x, y) == 0) continue;
      const Projection seen = project(map, x, y, static_cast<float>(w));
      const Projection expected = project(map, x, y, static_cast<float>(std::max(0.0, plane)));
      if (seen.depth_ratio <= 0 || expected.depth_ratio <= 0) continue;
      const double difference_px = std::hypot(seen.x - expected.x, seen.y - expected.y);
      if (w > off_ground_ratio * plane && difference_px > off_ground_px) view.off_ground(x, y) = 255;
      if (w < (sinking_ratio + 0.1) * plane && difference_px > off_ground_px) view.behind(x, y) = 255;
      if (plane > 0 && (std::abs(w / plane - 1) < 0.1 || difference_px < 0.5)) view.on_ground(x, y) = 255;
    }
  return view;
}

using PixelList = std::vector<std::pair<int, int>>;

/// Pixels connected to a seed over steps of inverse depth up to a ratio (0: any); they are taken out of the
/// candidates.
PixelList flood(int seed_x, int seed_y, MaskMap& candidates, const Map<float>& inverse_depth,
                double most_ratio) {
  PixelList pixels{{seed_x, seed_y}};
  candidates(seed_x, seed_y) = 0;
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    const auto [x, y] = pixels[k];
    for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      if (!candidates.contains(x + dx, y + dy) || !candidates(x + dx, y + dy)) continue;
      const float a = inverse_depth(x, y);
      const float b = inverse_depth(x + dx, y + dy);
      if (most_ratio > 0 && std::max(a, b) > most_ratio * std::min(a, b)) continue;
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

/// One column of a component: its rows from top to bottom, and how it stands on the ground.
struct Column {
  std::vector<int> rows;
  double foot = 0;              // inverse depth just above its lower end, 0 where not known
  std::optional<double> ratio;  // of foot to the inverse depth of the first ground pixel right below
};

void stand_on_ground(Column& column, int x, const MotionEvidence& evidence, const GroundView& view) {
  const double unit = view.plane.height() / 288.0;  // the distances below were set at this height
  const int lowest = *std::max_element(column.rows.begin(), column.rows.end());
  std::vector<double> above;
  for (const int y : column.rows)
    if (lowest - y >= 3 * unit && lowest - y <= 14 * unit) above.push_back(evidence.inverse_depth(x, y));
  if (above.empty()) return;
  column.foot = quantile(above, 0.5);
  for (int y = lowest + 1; y < view.plane.height() && y - lowest <= 10 * unit; ++y)
    if (view.on_ground(x, y)) {
      column.ratio = column.foot / view.plane(x, y);
      return;
    }
}

/// Columns [first, last) of a component that all float, or all stand, as the median of their surroundings
/// says.
struct Segment {
  int first, last;
};

/// A mover often touches static things of its apparent depth, so components are cut where their columns
/// change sides.
std::vector<Segment> cut_into_segments(const std::vector<Column>& columns, double unit) {
  const int count = static_cast<int>(columns.size());
  const int reach = static_cast<int>(std::lround(6 * unit));
  std::vector<Segment> segments{{0, 0}};
  std::optional<bool> side;
  for (int k = 0; k < count; ++k) {
    std::vector<double> around;
    for (int j = std::max(0, k - reach); j < std::min(count, k + reach + 1); ++j)
      if (columns[static_cast<std::size_t>(j)].ratio)
        around.push_back(*columns[static_cast<std::size_t>(j)].ratio);
    if (!around.empty()) {
      const bool floats = quantile(around, 0.5) > standing_ratio;
      if (side && *side != floats) segments.push_back({k, k});
      side = floats;
    }
    segments.back().last = k + 1;
  }
  return segments;
}

/// Whether a part reaches well below the horizon and rises from there. The inverse depth of a table top or
/// another level thing above the ground is that of the ground below times a constant; of what stands on the
/// ground about a seventh of the height is within 15 % of its foot's.
bool stands_upright(const FloatingComponent& part, const PixelList& pixels, const MotionEvidence& evidence,
                    const GroundView& view) {
  double below_horizon = 0;
  double level = 0;
  for (const auto& [x, y] : pixels) {
    const double ground = view.plane(x, y);
    if (ground <= 0) continue;
    below_horizon += 1;
    level += std::abs(evidence.inverse_depth(x, y) / (ground * part.ratio) - 1) < 0.15;
  }
  return below_horizon > 0.3 * static_cast<double>(pixels.size()) && level < 0.5 * below_horizon;
}

/// Judges a segment, and collects those of its pixels that are as near as its foot.
FloatingComponent judge(const Segment& segment, const std::vector<Column>& columns, int left,
                        const MotionEvidence& evidence, const GroundView& view, PixelList& pixels) {
  const int height = evidence.residual.height();
  FloatingComponent part{left + segment.last, height, left + segment.first, 0};
  std::vector<double> ratios;
  std::vector<double> feet;
  double at_border = 0;
  for (int k = segment.first; k < segment.last; ++k) {
    const Column& column = columns[static_cast<std::size_t>(k)];
    if (!column.rows.empty())
      at_border += *std::max_element(column.rows.begin(), column.rows.end()) >= height - 2;
    if (column.foot > 0) feet.push_back(column.foot);
    if (column.ratio) ratios.push_back(*column.ratio);
  }
  const double foot = feet.empty() ? 0 : quantile(feet, 0.5);
  for (int k = segment.first; k < segment.last; ++k)
    for (const int y : columns[static_cast<std::size_t>(k)].rows) {
      if (evidence.inverse_depth(left + k, y) < 0.75 * foot) continue;  // static things behind
      pixels.emplace_back(left + k, y);
      part.left = std::min(part.left, left + k);
      part.right = std::max(part.right, left + k);
      part.top = std::min(part.top, y);
      part.bottom = std::max(part.bottom, y);
    }
  const double width = segment.last - segment.first;
  part.pixels = static_cast<int>(pixels.size());
  part.columns_with_ground = static_cast<double>(ratios.size()) / width;
  part.on_lower_border = at_border / width;
  if (ratios.empty()) return part;
  part.ratio = quantile(ratios, 0.5);
  // What reaches the upper border is a building or a tree as a rule, and its foot far away and uncertain.
  part.floats = part.ratio > floating_ratio && part.columns_with_ground > 0.4 && part.on_lower_border < 0.1 &&
                part.top > 1 && stands_upright(part, pixels, evidence, view);
  return part;
}

/// Share of the pixels of a list that most neighbours see.
double well_seen(const PixelList& pixels, const MotionEvidence& evidence, std::size_t neighbours) {
  std::size_t seen = 0;
  for (const auto& [x, y] : pixels)
    seen += 2 * static_cast<std::size_t>(evidence.observations(x, y)) > neighbours;
  return static_cast<double>(seen) / static_cast<double>(pixels.size());
}

std::vector<Column> columns_of(const PixelList& pixels, int left, int right, const MotionEvidence& evidence,
                               const GroundView& view) {
  std::vector<Column> columns(static_cast<std::size_t>(right - left + 1));
  for (const auto& [x, y] : pixels) columns[static_cast<std::size_t>(x - left)].rows.push_back(y);
  for (std::size_t k = 0; k < columns.size(); ++k)
    if (!columns[k].rows.empty()) stand_on_ground(columns[k], left + static_cast<int>(k), evidence, view);
  return columns;
}

/// Judges a whole component that seems to lie behind the ground: what drives ahead of a moving camera does,
/// and nothing that stands on the plane can.
FloatingComponent judge_behind(const PixelList& pixels, const MotionEvidence& evidence,
                               const GroundView& view) {
  const auto [left, right] = std::minmax_element(pixels.begin(), pixels.end());
  const auto columns = columns_of(pixels, left->first, right->first, evidence, view);
  FloatingComponent part{left->first, view.plane.height(), right->first, 0, static_cast<int>(pixels.size())};
  std::vector<double> ratios;
  double at_border = 0;
  for (const Column& column : columns) {
    if (column.ratio) ratios.push_back(*column.ratio);
    for (const int y : column.rows) {
      part.top = std::min(part.top, y);
      part.bottom = std::max(part.bottom, y);
    }
    at_border += !column.rows.empty() && column.rows.back() >= view.plane.height() - 2;
  }
  const double width = static_cast<double>(columns.size());
  part.columns_with_ground = static_cast<double>(ratios.size()) / width;
  part.on_lower_border = at_border / width;
  if (ratios.empty()) return part;
  part.ratio = quantile(ratios, 0.5);
  part.sinks = part.ratio < sinking_ratio && part.columns_with_ground > 0.6 && part.on_lower_border < 0.1;
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
  const auto least_pixels =
      static_cast<std::size_t>(std::max(1.0, least_component * static_cast<double>(usable.pixels())));
  for (int y = 0; y < usable.height(); ++y)
    for (int x = 0; x < usable.width(); ++x) {
      if (!view.off_ground(x, y)) continue;
      const PixelList pixels = flood(x, y, view.off_ground, evidence.inverse_depth, depth_step);
      if (pixels.size() < least_pixels) continue;
      const auto [left, right] = std::minmax_element(pixels.begin(), pixels.end());
      const auto columns = columns_of(pixels, left->first, right->first, evidence, view);
      for (const Segment& segment : cut_into_segments(columns, usable.height() / 288.0)) {
        PixelList part;
        FloatingComponent judged = judge(segment, columns, left->first, evidence, view, part);
        if (part.size() < least_pixels) continue;
        cue.components.push_back(judged);
        if (judged.floats)
          for (const auto& [px, py] : part) cue.floating(px, py) = 255;
      }
    }
  for (int y = 0; y < usable.height(); ++y)
    for (int x = 0; x < usable.width(); ++x) {
      if (!view.behind(x, y)) continue;
      const PixelList pixels = flood(x, y, view.behind, evidence.inverse_depth, 0);
      if (pixels.size() < 2 * least_pixels) continue;
      cue.components.push_back(judge_behind(pixels, evidence, view));
      if (well_seen(pixels, evidence, flows.size()) <= 0.5) cue.components.back().sinks = false;
      if (cue.components.back().sinks)
        for (const auto& [px, py] : pixels) cue.floating(px, py) = 255;
    }
  return cue;
}

}  // namespace vd
