// SPDX-License-Identifier: Apache-2.0
#include "flow/scene_cuts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

#include "core/parallel.h"
#include "flow/consistency.h"
#include "flow/dense_flow.h"
#include "image/convert.h"
#include "image/resize.h"
#include "image/sample.h"

namespace vd {

namespace {

constexpr int thumbnail_width = 128;
constexpr int window = 8;         // pixels of a thumbnail
constexpr int hidden_frames = 2;  // that a flash may last

using Thumbnail = SceneCutDetector::Thumbnail;

/// Correlation of two windows up to gain and offset; nothing where the first has no texture.
std::optional<double> correlation(const std::vector<float>& a, const std::vector<float>& b) {
  double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    sum_a += a[k], sum_b += b[k];
    aa += a[k] * a[k], bb += b[k] * b[k], ab += a[k] * b[k];
  }
  const auto count = static_cast<double>(a.size());
  const double variance_a = aa / count - (sum_a / count) * (sum_a / count);
  const double variance_b = bb / count - (sum_b / count) * (sum_b / count);
  constexpr double least_variance = 9;  // grey levels squared
  if (variance_a < least_variance) return {};
  if (variance_b < 1) return 0.0;
  return (ab / count - sum_a / count * (sum_b / count)) / std::sqrt(variance_a * variance_b);
}

/// How well the second picture, moved by the flow, matches the first: the mean over textured windows of their
/// correlation where the flow comes back, 0 where it does not. 1 when nothing has texture.
double explained(const GreyImage& first, const GreyImage& second) {
  const FlowOptions dis{"dis", FlowPreset::fast};
  const FlowMap there = dense_flow(first, second, dis);
  const Map<float> error = forward_backward_error(there, dense_flow(second, first, dis));
  Map<float> target(second.width(), second.height());
  std::copy(second.values().begin(), second.values().end(), target.values().begin());
  double sum = 0;
  int windows = 0;
  std::vector<float> a, b;
  for (int top = 0; top + window <= first.height(); top += window / 2) {
    for (int left = 0; left + window <= first.width(); left += window / 2) {
      a.clear(), b.clear();
      int leaving = 0, returning = 0;
      for (int y = top; y < top + window; ++y) {
        for (int x = left; x < left + window; ++x) {
          const auto value = sample_bilinear(target, x + there(x, y, 0), y + there(x, y, 1));
          if (!value) {
            ++leaving;
            continue;
          }
          if (error(x, y) < 1.5F) ++returning;
          a.push_back(first(x, y));
          b.push_back((*value)[0]);
        }
      }
      if (2 * leaving > window * window) continue;
      const auto match = correlation(a, b);
      if (!match) continue;
      ++windows;
      if (2 * returning > static_cast<int>(a.size())) sum += std::max(0.0, *match);
    }
  }
  return windows < 4 ? 1.0 : sum / windows;
}

/// Edges of a picture at half of its size: magnitude of the gradient.
Map<float> edges(const GreyImage& grey) {
  const GreyImage small =
      resize(grey, std::max(8, grey.width() / 2), std::max(8, grey.height() / 2), Resampling::area);
  Map<float> result(small.width(), small.height());
  for (int y = 1; y + 1 < small.height(); ++y) {
    for (int x = 1; x + 1 < small.width(); ++x) {
      result(x, y) = std::hypot(static_cast<float>(small(x + 1, y)) - static_cast<float>(small(x - 1, y)),
                                static_cast<float>(small(x, y + 1)) - static_cast<float>(small(x, y - 1)));
    }
  }
  return result;
}

/// The best correlation of the edges over all shifts that leave at least half of the width and of the height.
double shifted_edges(const GreyImage& first, const GreyImage& second) {
  const Map<float> a = edges(first), b = edges(second);
  const int reach_x = a.width() / 2, reach_y = a.height() / 2;
  double best = 0;
  for (int v = -reach_y; v <= reach_y; ++v) {
    for (int u = -reach_x; u <= reach_x; ++u) {
      double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
      const int x0 = std::max(0, -u), x1 = std::min(a.width(), a.width() - u);
      const int y0 = std::max(0, -v), y1 = std::min(a.height(), a.height() - v);
      for (int y = y0; y < y1; ++y) {
        for (int x = x0; x < x1; ++x) {
          const double p = a(x, y), q = b(x + u, y + v);
          sum_a += p, sum_b += q, aa += p * p, bb += q * q, ab += p * q;
        }
      }
      const double count = static_cast<double>(x1 - x0) * (y1 - y0);
      const double variance_a = aa - sum_a * sum_a / count, variance_b = bb - sum_b * sum_b / count;
      if (variance_a > 1 && variance_b > 1) {
        best = std::max(best, (ab - sum_a * sum_b / count) / std::sqrt(variance_a * variance_b));
      }
    }
  }
  return best;
}

/// Share of colours (8 x 8 x 8 bins) that two pictures do not have in common.
double colour_distance(const RgbImage& first, const RgbImage& second) {
  std::array<double, 512> a{}, b{};
  const auto count = [](const RgbImage& image, std::array<double, 512>& bins) {
    for (std::size_t p = 0; p < image.pixels(); ++p) {
      const std::uint8_t* rgb = image.data() + 3 * p;
      bins[static_cast<std::size_t>((rgb[0] >> 5) << 6 | (rgb[1] >> 5) << 3 | rgb[2] >> 5)] +=
          1.0 / static_cast<double>(image.pixels());
    }
  };
  count(first, a);
  count(second, b);
  double common = 0;
  for (std::size_t k = 0; k < a.size(); ++k) common += std::min(a[k], b[k]);
  return 1 - common;
}

/// From one frame to the next.
struct Step {
  double explained = 1;
  double colour_distance = 0;
};

// Steps within rendered and filmed shots are explained to 0.45 and more, and to 0.17 where the motion is too
// fast for the flow; steps across cuts to 0.16 at most, with correlations of edges up to 0.48.
constexpr double explained_by_motion = 0.3;
constexpr double same_edges = 0.6;
constexpr double isolated_by = 0.25;  // better explained steps on both sides
constexpr double colours_of_another_shot = 0.15;
constexpr double colours_of_another_place = 0.3;

/// True when motion explains the second picture, or a shift does with the colours kept: pictures of few edges
/// fit many others when shifted.
bool is_related(const Thumbnail& first, const Thumbnail& second) {
  return explained(first.grey, second.grey) >= explained_by_motion ||
         (colour_distance(first.rgb, second.rgb) < colours_of_another_place &&
          shifted_edges(first.grey, second.grey) >= same_edges);
}

}  // namespace

struct SceneCutDetector::State {
  std::deque<Thumbnail> recent;  // the last frames
  std::vector<Step> steps;       // step k leads to frame k
  std::vector<int> cuts;
  int decided = 0;  // steps up to this one are judged

  [[nodiscard]] const Thumbnail& frame(int index) const {
    return recent[recent.size() - (steps.size() - static_cast<std::size_t>(index))];
  }
  [[nodiscard]] bool is_there(int index) const {
    const auto count = static_cast<int>(steps.size());
    return index < count && index >= count - static_cast<int>(recent.size());
  }

  [[nodiscard]] bool is_cut(int k) const {
    const Step& step = steps[static_cast<std::size_t>(k)];
    if (step.explained >= explained_by_motion || step.colour_distance < colours_of_another_shot) return false;
    const auto neighbour = [&](int other) {
      return other > 0 && other < static_cast<int>(steps.size())
                 ? steps[static_cast<std::size_t>(other)].explained
                 : 1.0;
    };
    const bool isolated = std::min(neighbour(k - 1), neighbour(k + 1)) > step.explained + isolated_by;
    if (!isolated && step.colour_distance < colours_of_another_place) return false;
    for (int before = k - hidden_frames - 1; before < k; ++before) {
      for (int after = k; after <= k + hidden_frames; ++after) {
        if (is_there(before) && is_there(after) && is_related(frame(before), frame(after))) return false;
      }
    }
    return true;
  }

  /// A step is judged when the frames behind it are there; those at either end of the clip never.
  void judge(int last) {
    for (; decided <= last; ++decided) {
      if (decided >= 2 && is_cut(decided)) cuts.push_back(decided);
    }
  }
};

SceneCutDetector::SceneCutDetector() : state_(std::make_unique<State>()) {}
SceneCutDetector::~SceneCutDetector() = default;
SceneCutDetector::SceneCutDetector(SceneCutDetector&&) noexcept = default;
SceneCutDetector& SceneCutDetector::operator=(SceneCutDetector&&) noexcept = default;

void SceneCutDetector::add(std::vector<Thumbnail> frames) {
  std::vector<Step> steps(frames.size());
  parallel_for(frames.size(), [&](std::size_t k) {
    if (k == 0 && state_->recent.empty()) return;
    const Thumbnail& before = k == 0 ? state_->recent.back() : frames[k - 1];
    steps[k] = {explained(before.grey, frames[k].grey), colour_distance(before.rgb, frames[k].rgb)};
  });
  for (std::size_t k = 0; k < frames.size(); ++k) {
    state_->recent.push_back(std::move(frames[k]));
    state_->steps.push_back(steps[k]);
    constexpr std::size_t window_frames = 2 * (hidden_frames + 1);
    if (state_->recent.size() > window_frames) state_->recent.pop_front();
    state_->judge(static_cast<int>(state_->steps.size()) - 1 - hidden_frames);
  }
}

std::vector<int> SceneCutDetector::finish() {
  state_->judge(static_cast<int>(state_->steps.size()) - 2);
  std::vector<int> cuts = std::move(state_->cuts);
  state_ = std::make_unique<State>();
  return cuts;
}

SceneCutDetector::Thumbnail SceneCutDetector::thumbnail(const RgbImage& frame) {
  const Size size = fit_within({frame.width(), frame.height()}, thumbnail_width);
  RgbImage rgb = resize(frame, size.width, size.height, Resampling::area);
  GreyImage grey = to_grey(rgb);
  return {std::move(grey), std::move(rgb)};
}

}  // namespace vd
