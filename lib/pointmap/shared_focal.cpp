// SPDX-License-Identifier: Apache-2.0
#include "pointmap/shared_focal.h"

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "geometry/relative_pose.h"
#include "pointmap/epipolar_fit.h"

namespace vd {
namespace {

constexpr std::size_t least_correspondences = 40;
constexpr double cost_scale = 1.5;
constexpr double vectors_per_observation = 10;

using Curve = std::vector<double>;  // cost of each candidate

/// Cost of a pair at every candidate. Starts come from essential matrices at four candidates; from each,
/// poses are carried to the neighbouring candidates in both directions, and the best of all counts.
Curve cost_curve(const Correspondences& points, const std::vector<double>& focals, int width, int height,
                 const SharedFocalOptions& options) {
  Curve curve(focals.size(), 1.0);
  const int count = static_cast<int>(focals.size());
  for (int start = count / 8; start < count; start += std::max(1, count / 4)) {
    const Intrinsics camera = centred_intrinsics(focals[static_cast<std::size_t>(start)], width, height);
    const auto pose =
        estimate_relative_pose(points.first, points.second, camera, camera, options.inlier_px, options.seed);
    if (!pose) continue;
    for (const int direction : {1, -1}) {
      SE3 carried = pose->second_from_first;
      for (int k = start; k >= 0 && k < count; k += direction) {
        const Intrinsics candidate = centred_intrinsics(focals[static_cast<std::size_t>(k)], width, height);
        const EpipolarFit fit = refine_relative_pose(points, candidate, candidate, carried, cost_scale, 6);
        carried = fit.second_from_first;
        auto& cost = curve[static_cast<std::size_t>(k)];
        cost = std::min(cost, fit.cost);
      }
    }
  }
  const double observations = static_cast<double>(points.size()) / vectors_per_observation;
  for (auto& cost : curve)
    cost *= observations * cost_scale * cost_scale;  // now comparable to squared deviations
  return curve;
}

/// Place of the least value of a curve on the grid, refined by a parabola.
double minimum(const Curve& curve) {
  const auto at = std::min_element(curve.begin(), curve.end()) - curve.begin();
  if (at == 0 || at + 1 == static_cast<std::ptrdiff_t>(curve.size())) return static_cast<double>(at);
  const auto k = static_cast<std::size_t>(at);
  const double curvature = curve[k - 1] - 2 * curve[k] + curve[k + 1];
  const double shift = curvature > 0 ? 0.5 * (curve[k - 1] - curve[k + 1]) / curvature : 0;
  return static_cast<double>(at) + std::clamp(shift, -0.5, 0.5);
}

/// Where a curve, going from its least value in one direction, first rises by 1; linear between candidates.
double rises_by_one(const Curve& curve, int direction) {
  const auto least = std::min_element(curve.begin(), curve.end());
  int k = static_cast<int>(least - curve.begin());
  const auto value = [&](int at) { return curve[static_cast<std::size_t>(at)]; };
  const double limit = *least + 1;
  for (; k + direction >= 0 && k + direction < static_cast<int>(curve.size()); k += direction)
    if (value(k + direction) > limit)
      return k + direction * (limit - value(k)) / (value(k + direction) - value(k));
  return k;
}

/// Sum over all pairs but one, plus the prior's curve.
Curve sum_of(const std::vector<Curve>& curves, const Curve& prior, std::ptrdiff_t without) {
  Curve sum = prior;
  for (std::size_t p = 0; p < curves.size(); ++p)
    if (static_cast<std::ptrdiff_t>(p) != without)
      for (std::size_t k = 0; k < prior.size(); ++k) sum[k] += curves[p][k];
  return sum;
}

/// Deviation of the minimum over leaving out one pair at a time (jackknife), in steps of the grid.
double jackknife(const std::vector<Curve>& curves, const Curve& prior) {
  std::vector<double> places;
  for (std::size_t p = 0; p < curves.size(); ++p)
    places.push_back(minimum(sum_of(curves, prior, static_cast<std::ptrdiff_t>(p))));
  double mean = 0;
  for (const double place : places) mean += place / static_cast<double>(places.size());
  double square = 0;
  for (const double place : places) square += (place - mean) * (place - mean);
  const double n = static_cast<double>(places.size());
  return std::sqrt((n - 1) / n * square);
}

}  // namespace

std::optional<SharedFocal> estimate_shared_focal(Span<const Correspondences> pairs, int width, int height,
                                                 const SharedFocalOptions& options) {
  const double side = std::max(width, height);
  const auto candidates = static_cast<std::size_t>(std::max(5, options.candidates));
  const double step =
      std::log(options.most_over_side / options.least_over_side) / static_cast<double>(candidates - 1);
  const auto focal_at = [&](double k) { return options.least_over_side * side * std::exp(step * k); };
  std::vector<double> focals;
  for (std::size_t k = 0; k < candidates; ++k) focals.push_back(focal_at(static_cast<double>(k)));

  std::vector<const Correspondences*> usable;
  for (const auto& pair : pairs)
    if (pair.size() >= least_correspondences) usable.push_back(&pair);
  if (usable.empty()) return {};
  std::vector<Curve> curves(usable.size());
  parallel_for(usable.size(),
               [&](std::size_t p) { curves[p] = cost_curve(*usable[p], focals, width, height, options); });

  Curve prior;
  for (const double focal : focals) {
    const double deviation = std::log(focal / (options.prior_over_side * side)) / options.prior_log_sigma;
    prior.push_back(deviation * deviation);
  }
  const Curve total = sum_of(curves, prior, -1);
  const double best = minimum(total);
  const double low = std::min(best, rises_by_one(total, -1));
  const double high = std::max(best, rises_by_one(total, 1));
  return SharedFocal{focal_at(best), step * std::max(jackknife(curves, prior), 0.5 * (high - low)),
                     focal_at(low), focal_at(high), static_cast<int>(curves.size())};
}

}  // namespace vd
