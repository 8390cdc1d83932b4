// SPDX-License-Identifier: Apache-2.0
#include "stereo/motion_evidence.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/parallel.h"
#include "geometry/inverse_depth_warp.h"
#include "image/sample.h"
#include "image/texture_strength.h"

namespace vd {
namespace {

constexpr double worst_squared_residual =
    36.0;  // in units of the noise: one gross error must not outvote three vectors
constexpr int rows_per_band = 16;
constexpr std::size_t most_neighbours = 16;

/// A trusted flow vector of one pixel, ready for the fit of an inverse depth.
struct Observation {
  Vec3 at_infinity;    // A x
  Vec3 epipole;        // b
  Vec2 target;         // end of the vector
  double information;  // 1 / sigma^2, 1/px^2
};

/// Residual of an observation at inverse depth w and its derivative; nothing behind the camera.
struct Linearised {
  Vec2 residual;
  Vec2 slope;
};
std::optional<Linearised> linearise(const Observation& o, double w) {
  const double z = o.at_infinity.z() + w * o.epipole.z();
  if (z <= 1e-9) return {};
  const Vec2 p = (o.at_infinity.head<2>() + w * o.epipole.head<2>()) / z;
  return Linearised{p - o.target, (o.epipole.head<2>() - p * o.epipole.z()) / z};
}

struct Observations {
  Observation items[most_neighbours];
  int count = 0;
};

double capped_cost(const Observations& all, double w) {
  double sum = 0;
  for (int k = 0; k < all.count; ++k) {
    const auto line = linearise(all.items[k], w);
    sum += line ? std::min(line->residual.squaredNorm() * all.items[k].information, worst_squared_residual)
                : worst_squared_residual;
  }
  return sum;
}

/// Inverse depth at which the epipolar line of one observation passes closest to its target.
double closest_inverse_depth(const Observation& o) {
  const Vec2 along = o.epipole.head<2>() - o.target * o.epipole.z();
  const Vec2 gap = o.target * o.at_infinity.z() - o.at_infinity.head<2>();
  const double length = along.squaredNorm();
  return length > 1e-12 ? along.dot(gap) / length : 0.0;
}

struct Fit {
  double inverse_depth;
  double cost;
};

/// One Gauss-Newton step with weights that forget gross errors, kept only when the cost falls.
void refine(const Observations& all, double largest, Fit& fit) {
  double gradient = 0;
  double curvature = 0;
  for (int k = 0; k < all.count; ++k) {
    const auto line = linearise(all.items[k], fit.inverse_depth);
    if (!line) continue;
    const double damping = 1.0 + line->residual.squaredNorm() * all.items[k].information / 9.0;
    const double weight = all.items[k].information / (damping * damping);
    gradient += weight * line->slope.dot(line->residual);
    curvature += weight * line->slope.squaredNorm();
  }
  if (curvature <= 0) return;
  const double w = std::clamp(fit.inverse_depth - gradient / curvature, 0.0, largest);
  if (const double cost = capped_cost(all, w); cost < fit.cost) fit = {w, cost};
}

/// The cost has several minima when the vectors disagree: the best of all closed forms is the start.
Fit fit_inverse_depth(const Observations& all, double largest) {
  Fit best{0.0, capped_cost(all, 0.0)};
  for (int k = 0; k < all.count; ++k) {
    const double w = std::clamp(closest_inverse_depth(all.items[k]), 0.0, largest);
    if (const double cost = capped_cost(all, w); cost < best.cost) best = {w, cost};
  }
  refine(all, largest, best);
  refine(all, largest, best);
  return best;
}

/// Everything about one neighbour that does not depend on the pixel.
struct Neighbour {
  const NeighbourFlow* flow;
  const FlowMap* first_half;  // reference -> halfway; null when the chain cannot be tested
  InverseDepthWarp warp;
};

std::vector<Neighbour> prepare(const Camera& reference, const FlowSet& flows, const GreyImage& grey) {
  if (flows.size() > most_neighbours) throw Error("motion evidence", "more than 16 neighbours");
  std::vector<Neighbour> neighbours;
  for (const auto& flow : flows) {
    if (!flow.flow || !flow.flow_back)
      throw Error("motion evidence", "a neighbour lacks its flow there or back");
    if (!flow.flow->same_size(grey)) throw Error("motion evidence", "flow and frame differ in size");
    const FlowMap* first_half = nullptr;
    if (flow.second_half && flow.offset % 2 == 0)
      for (const auto& other : flows)
        if (other.offset == flow.offset / 2) first_half = other.flow.get();
    neighbours.push_back({&flow, first_half, inverse_depth_warp(reference, flow.camera)});
  }
  return neighbours;
}

/// Length of the error of the chain over the frame halfway; nothing where it leaves the image, 0 where not
/// testable.
std::optional<double> chain_error_px(const Neighbour& n, int x, int y, const Vec2& flow) {
  if (!n.first_half) return 0.0;
  const Vec2 first{(*n.first_half)(x, y, 0), (*n.first_half)(x, y, 1)};
  const auto second = sample_bilinear(*n.flow->second_half, x + first.x(), y + first.y());
  if (!second) return {};
  return (first + Vec2((*second)[0], (*second)[1]) - flow).norm();
}

/// The vector of one neighbour when it can be trusted, with its noise: the round trip is by far the best
/// predictor of the error, then the chain, the texture and the length of the parallax.
std::optional<Observation> observe(const Neighbour& n, int x, int y, double texture_here,
                                   const EvidenceOptions& options) {
  const Vec2 flow{(*n.flow->flow)(x, y, 0), (*n.flow->flow)(x, y, 1)};
  const Vec2 target = Vec2(x, y) + flow;
  const auto back = sample_bilinear(*n.flow->flow_back, target.x(), target.y());
  if (!back) return {};
  const double return_error = (flow + Vec2((*back)[0], (*back)[1])).norm();
  if (!(return_error <= options.return_px)) return {};
  const auto chain = chain_error_px(n, x, y, flow);
  if (!chain || !(*chain <= options.chain_px)) return {};
  const Vec3 at_infinity = n.warp.at_infinity * Vec3(x, y, 1);
  if (at_infinity.z() <= 1e-9) return {};
  const double parallax = (target - at_infinity.hnormalized()).norm();
  const auto square = [](double v) { return v * v; };
  const double variance = square(0.2) + square(1.5 * return_error) + square(*chain) +
                          square(0.4) / (texture_here + 0.3) + square(0.02 * parallax);
  return Observation{at_infinity, n.warp.epipole, target, 1.0 / variance};
}

bool near_epipole(const Observation& o, double radius_px) {
  const double z = o.epipole.z();
  return std::abs(z) > 1e-12 && (o.epipole.head<2>() / z - o.target).norm() < radius_px;
}

/// Nothing is expected nearer to the camera than one step of its path.
double largest_inverse_depth(const Camera& reference, const FlowSet& flows) {
  std::vector<double> steps;
  for (const auto& flow : flows) {
    const Vec3 move = flow.camera.world_from_camera.translation - reference.world_from_camera.translation;
    steps.push_back(move.norm() / std::abs(flow.offset));
  }
  std::sort(steps.begin(), steps.end());
  return steps.empty() || steps[steps.size() / 2] < 1e-12 ? 1e12 : 1.0 / steps[steps.size() / 2];
}

}  // namespace

MotionEvidence motion_evidence(const Camera& reference, const FlowSet& flows, const GreyImage& grey,
                               const EvidenceOptions& options) {
  const int width = grey.width();
  const int height = grey.height();
  const auto neighbours = prepare(reference, flows, grey);
  const double largest = largest_inverse_depth(reference, flows);
  const double epipole_radius_px = 0.02 * std::hypot(width, height);
  const Map<float> textures = texture_strength(grey);
  MotionEvidence result{Map<float>(width, height), Map<float>(width, height), Map<float>(width, height),
                        Map<std::uint8_t>(width, height), MaskMap(width, height)};
  const auto pixel = [&](int x, int y) {
    Observations all;
    bool depth_is_blind = true;
    for (const auto& n : neighbours)
      if (const auto seen = observe(n, x, y, textures(x, y), options)) {
        depth_is_blind = depth_is_blind && near_epipole(*seen, epipole_radius_px);
        all.items[all.count++] = *seen;
      }
    result.unknown(x, y) = depth_is_blind ? 255 : 0;  // also where nothing is trusted
    if (all.count == 0) return;
    const Fit fit = fit_inverse_depth(all, largest);
    const double q = std::sqrt(fit.cost / all.count);
    const double strength = std::clamp(1.2 * std::log(std::max(q, 1e-6) / options.motion_sigma), -1.0, 1.0);
    result.evidence(x, y) = static_cast<float>(std::min(1.0, all.count / 2.0) * strength);
    result.inverse_depth(x, y) = static_cast<float>(fit.inverse_depth);
    result.residual(x, y) = static_cast<float>(q);
    result.observations(x, y) = static_cast<std::uint8_t>(all.count);
  };
  parallel_for((height + rows_per_band - 1) / rows_per_band, [&](std::size_t band) {
    const int first = static_cast<int>(band) * rows_per_band;
    for (int y = first; y < std::min(height, first + rows_per_band); ++y)
      for (int x = 0; x < width; ++x) pixel(x, y);
  });
  return result;
}

Map<float> sum_along_flow(const Map<float>& evidence, const std::vector<NeighbourEvidence>& neighbours) {
  Map<float> sum = evidence;
  for (int y = 0; y < sum.height(); ++y)
    for (int x = 0; x < sum.width(); ++x) {
      for (const auto& n : neighbours) {
        const Vec2 flow{(*n.flow)(x, y, 0), (*n.flow)(x, y, 1)};
        const auto back = sample_bilinear(*n.flow_back, x + flow.x(), y + flow.y());
        if (!back || (flow + Vec2((*back)[0], (*back)[1])).norm() > 1.0) continue;
        if (const auto said = sample_bilinear(*n.evidence, x + flow.x(), y + flow.y()))
          sum(x, y) += 0.5f * (*said)[0];
      }
      sum(x, y) = std::clamp(sum(x, y), -1.0f, 1.0f);
    }
  return sum;
}

void describe(EvidenceOptions& options, OptionTable& table) {
  table.topic("Motion masks");
  table
      .add("--mask-return", options.return_px, positive(),
           "trust flow that comes back this close to its start [px]")
      .hidden_in_short_help();
  table
      .add("--mask-chain", options.chain_px, positive(),
           "trust flow over two frames this close to the chain of two flows [px]")
      .hidden_in_short_help();
  table.add("--motion-sigma", options.motion_sigma, positive(),
            "residual of the static explanation that means motion [standard deviations]");
}

}  // namespace vd
