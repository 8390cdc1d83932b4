// SPDX-License-Identifier: Apache-2.0
#include "stereo/static_search.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "stereo/epipolar.h"

namespace vd {
namespace {

constexpr int radius = 4;  // of the compared windows; every second pixel counts
constexpr int stride = 2;
constexpr int margin = radius + 1;
constexpr int noise_grid = 8;
constexpr std::size_t fewest_static = 100;
constexpr int most_steps = 96;
constexpr float worst = 65025.0F;   // mean squared difference of black and white
constexpr float undecided = -0.1F;  // of two explanations as good, the static one is a little likelier

struct Neighbour {
  const FlowMap* flow;
  const GreyImage* grey;
  EpipolarMap map;
};

/// Mean squared difference of windows; the second is read bilinearly. `worst` where it leaves the image.
float difference(const GreyImage& a, int x, int y, const GreyImage& b, float u, float v) {
  if (!(u >= margin && v >= margin && u < static_cast<float>(b.width() - margin) &&
        v < static_cast<float>(b.height() - margin)))
    return worst;
  const int x0 = static_cast<int>(u);
  const int y0 = static_cast<int>(v);
  const int right = static_cast<int>((u - static_cast<float>(x0)) * 32);
  const int below = static_cast<int>((v - static_cast<float>(y0)) * 32);
  const int w00 = (32 - right) * (32 - below), w10 = right * (32 - below);
  const int w01 = (32 - right) * below, w11 = right * below;
  int sum = 0;
  for (int dy = -radius; dy <= radius; dy += stride) {
    const std::uint8_t* from = a.row(y + dy) + x;
    const std::uint8_t* top = b.row(y0 + dy) + x0;
    const std::uint8_t* low = b.row(y0 + dy + 1) + x0;
    for (int dx = -radius; dx <= radius; dx += stride) {
      const int there =
          (w00 * top[dx] + w10 * top[dx + 1] + w01 * low[dx] + w11 * low[dx + 1] + 32) >> 6;  // 1/16 grey
      const int e = 16 * from[dx] - there;
      sum += e * e >> 4;
    }
  }
  return static_cast<float>(sum) / (16.0F * 25.0F);
}

class StaticSearch {
 public:
  StaticSearch(const Camera& reference, const std::vector<Camera>& cameras, const FlowSet& flows,
               const GreyImage& grey, const Map<std::uint16_t>& trusted)
      : grey_(grey), trusted_(trusted) {
    for (std::size_t k = 0; k < flows.size(); ++k)
      neighbours_.push_back({flows[k].flow.get(), flows[k].grey.get(), epipolar_map(reference, cameras[k])});
  }

  /// Noise of the comparison and range of inverse depths, from pixels that stand still beyond doubt.
  bool learn(const MotionEvidence& evidence) {
    std::vector<float> differences, inverse_depths;
    for (int y = margin; y < grey_.height() - margin; y += noise_grid)
      for (int x = margin; x < grey_.width() - margin; x += noise_grid) {
        if (evidence.evidence(x, y) > -1.0F || evidence.observations(x, y) < 2) continue;
        differences.push_back(along_flow(x, y));
        inverse_depths.push_back(evidence.inverse_depth(x, y));
      }
    if (differences.size() < fewest_static) return false;
    noise_ = quantile(differences, 0.5);
    largest_ = 1.5F * quantile(inverse_depths, 0.99);
    return true;
  }

  /// Whether some static depth makes the images as alike as the flow does, but for the noise.
  [[nodiscard]] bool explains(int x, int y) const {
    const float limit = 1.5F * along_flow(x, y) + noise_;
    if (limit >= worst) return false;
    const int steps = steps_at(x, y);
    float best = worst;
    float best_w = 0;
    for (int k = 0; k <= steps; ++k) {
      const float w = largest_ * static_cast<float>(k) / static_cast<float>(std::max(steps, 1));
      const float now = at_depth(x, y, w);
      if (now < best) best = now, best_w = w;
    }
    if (best <= limit) return true;
    const float step = largest_ / static_cast<float>(std::max(steps, 1));
    for (const float part : {-0.67F, -0.33F, 0.33F, 0.67F})
      if (at_depth(x, y, std::max(0.0F, best_w + part * step)) <= limit) return true;
    return false;
  }

 private:
  static float quantile(std::vector<float>& values, double share) {
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
  }

  /// Mean over the trusted neighbours.
  template <typename Target>
  [[nodiscard]] float mean_difference(int x, int y, const Target& target) const {
    float sum = 0;
    float count = 0;
    for (std::size_t k = 0; k < neighbours_.size(); ++k) {
      if ((trusted_(x, y) >> k & 1) == 0) continue;
      const auto [u, v] = target(neighbours_[k]);
      sum += difference(grey_, x, y, *neighbours_[k].grey, u, v);
      count += 1;
    }
    return count > 0 ? sum / count : worst;
  }

  [[nodiscard]] float along_flow(int x, int y) const {
    return mean_difference(x, y, [&](const Neighbour& n) {
      return std::pair(static_cast<float>(x) + (*n.flow)(x, y, 0),
                       static_cast<float>(y) + (*n.flow)(x, y, 1));
    });
  }

  [[nodiscard]] float at_depth(int x, int y, float w) const {
    return mean_difference(x, y, [&](const Neighbour& n) {
      const Projection at = project(n.map, static_cast<float>(x), static_cast<float>(y), w);
      return at.depth_ratio > 0 ? std::pair(at.x, at.y) : std::pair(-1.0F, -1.0F);
    });
  }

  /// One step a pixel of the longest search.
  [[nodiscard]] int steps_at(int x, int y) const {
    float longest = 0;
    for (const Neighbour& n : neighbours_) {
      const Projection far = project(n.map, static_cast<float>(x), static_cast<float>(y), 0);
      const Projection near = project(n.map, static_cast<float>(x), static_cast<float>(y), largest_);
      if (far.depth_ratio > 0.05F && near.depth_ratio > 0.05F)
        longest = std::max(longest, std::hypot(near.x - far.x, near.y - far.y));
    }
    return static_cast<int>(std::min(longest, static_cast<float>(most_steps)));
  }

  const GreyImage& grey_;
  const Map<std::uint16_t>& trusted_;
  std::vector<Neighbour> neighbours_;
  float noise_ = 0;
  float largest_ = 0;
};

}  // namespace

void withdraw_unproven_motion(const Camera& reference, const std::vector<Camera>& cameras,
                              const FlowSet& flows, const GreyImage& grey, const Map<std::uint16_t>& trusted,
                              MotionEvidence& evidence) {
  const bool seen = std::all_of(flows.begin(), flows.end(), [&](const NeighbourFlow& flow) {
    return flow.grey && flow.grey->same_size(grey);
  });
  if (!seen || flows.empty()) return;
  StaticSearch search(reference, cameras, flows, grey, trusted);
  if (!search.learn(evidence)) return;
  // One answer for 2 x 2 pixels: masks are cut at half size.
  parallel_for(static_cast<std::size_t>(grey.height() / 2), [&](std::size_t band) {
    const int y0 = 2 * static_cast<int>(band);
    for (int x0 = 0; x0 + 1 < grey.width(); x0 += 2) {
      int x = x0, y = y0;
      for (const auto& [i, j] : {std::pair{1, 0}, {0, 1}, {1, 1}})
        if (evidence.evidence(x0 + i, y0 + j) > evidence.evidence(x, y)) x = x0 + i, y = y0 + j;
      if (!(evidence.evidence(x, y) > 0)) continue;
      if (x < margin || y < margin || x >= grey.width() - margin || y >= grey.height() - margin) continue;
      if (!search.explains(x, y)) continue;
      for (int j = y0; j < y0 + 2; ++j)
        for (int i = x0; i < x0 + 2; ++i)
          evidence.evidence(i, j) = std::min(evidence.evidence(i, j), undecided);
    }
  });
}

}  // namespace vd
