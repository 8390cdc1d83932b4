// SPDX-License-Identifier: Apache-2.0
#include "stereo/masks.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "image/opencv.h"
#include "image/resize.h"
#include "stereo/min_cut.h"

namespace vd {
namespace {

constexpr double energy_unit = 1000.0;  // integers of the cut per unit of evidence
constexpr float floating_evidence = 0.8f;

/// Contrast-sensitive smoothness: an edge of the mask costs little where the image has one.
Map<std::int32_t, 4> edge_weights(const GreyImage& grey, double smoothness) {
  constexpr int dx[] = {1, 0, 1, -1};
  constexpr int dy[] = {0, 1, 1, 1};
  const int width = grey.width();
  const int height = grey.height();
  double sum = 0;
  for (int y = 0; y + 1 < height; ++y)
    for (int x = 0; x + 1 < width; ++x) {
      const double right = grey(x + 1, y) - grey(x, y);
      const double below = grey(x, y + 1) - grey(x, y);
      sum += right * right + below * below;
    }
  const double mean = std::max(1.0, sum / (2.0 * std::max(1, (width - 1) * (height - 1))));
  Map<std::int32_t, 4> weights(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int k = 0; k < 4; ++k) {
        if (!grey.contains(x + dx[k], y + dy[k])) continue;
        const double step = grey(x + dx[k], y + dy[k]) - grey(x, y);
        const double length = k < 2 ? 1.0 : std::sqrt(2.0);
        // 8 neighbours: the four diagonals would double the cost of an edge, hence a half.
        weights(x, y, k) = static_cast<std::int32_t>(std::lround(
            0.5 * energy_unit * smoothness * (0.1 + 0.9 * std::exp(-step * step / (2 * mean))) / length));
      }
  return weights;
}

/// Turns parts of `label` below a number of pixels into the other label.
void drop_small_parts(MaskMap& mask, std::uint8_t label, int least_pixels) {
  const cv::Mat same = as_mat(mask) == label;
  cv::Mat parts, statistics, centres;
  const int count = cv::connectedComponentsWithStats(same, parts, statistics, centres, 8, CV_32S);
  for (int y = 0; y < mask.height(); ++y)
    for (int x = 0; x < mask.width(); ++x) {
      const int part = parts.at<int>(y, x);
      if (part > 0 && part < count && statistics.at<int>(part, cv::CC_STAT_AREA) < least_pixels)
        mask(x, y) = 255 - label;
    }
}

MaskMap smooth_labels(const Map<float>& evidence, const GreyImage& grey, const MaskOptions& options) {
  const int width = std::max(1, (evidence.width() + 1) / 2);
  const int height = std::max(1, (evidence.height() + 1) / 2);
  const auto small = resize(evidence, width, height, Resampling::area);
  GridEnergy energy{Map<std::int32_t>(width, height),
                    edge_weights(resize(grey, width, height, Resampling::area), options.smoothness)};
  for (std::size_t i = 0; i < small.pixels(); ++i)
    energy.unary.values()[i] = static_cast<std::int32_t>(std::lround(-energy_unit * small.values()[i]));
  MaskMap labels = minimise(energy);
  const int least = static_cast<int>(std::ceil(options.smallest_share * width * height));
  drop_small_parts(labels, 255, least);
  drop_small_parts(labels, 0, least);
  MaskMap full = resize(labels, evidence.width(), evidence.height(), Resampling::bilinear);
  for (auto& value : full.values()) value = value >= 128 ? 255 : 0;
  return full;
}

}  // namespace

MotionMask motion_mask(const Camera& reference, const MotionEvidence& evidence, const FlowSet& flows,
                       const GreyImage& grey, const MaskOptions& options) {
  MotionMask result;
  Map<float> strength = evidence.evidence;
  if (options.floating_cue) {
    FloatingCue cue = find_floating(reference, evidence, flows, options.ground);
    for (std::size_t i = 0; i < strength.pixels(); ++i)
      if (cue.floating.values()[i]) strength.values()[i] = std::max(strength.values()[i], floating_evidence);
    result.ground = cue.ground;
    result.off_ground = std::move(cue.components);
  }
  result.moving = smooth_labels(strength, grey, options);
  result.unknown = evidence.unknown;
  for (std::size_t i = 0; i < strength.pixels(); ++i) {
    if (result.moving.values()[i]) result.unknown.values()[i] = 0;
    result.moving_share += result.moving.values()[i] != 0;
    result.unknown_share += result.unknown.values()[i] != 0;
  }
  const double pixels = std::max<double>(1.0, static_cast<double>(strength.pixels()));
  result.moving_share /= pixels;
  result.unknown_share /= pixels;
  return result;
}

void describe(MaskOptions& options, OptionTable& table) {
  describe(options.evidence, table);
  table
      .add("--mask-smoothness", options.smoothness, at_least(0),
           "cost of an edge of the mask against evidence of 1")
      .hidden_in_short_help();
  table
      .add("--mask-smallest", options.smallest_share, range(0, 1),
           "drop smaller parts and holes [share of the image]")
      .hidden_in_short_help();
  table
      .flag("--floating-cue", options.floating_cue,
            "also mark what would float over the ground plane at its apparent depth")
      .hidden_in_short_help();
}

}  // namespace vd
