// SPDX-License-Identifier: Apache-2.0
#include "pointmap/mono_fill.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Dense>

#include "pointmap/epipolar_search.h"

namespace vd {
namespace {

constexpr std::size_t least_pixels = 200;

bool is_known(float depth) { return std::isfinite(depth) && depth > 0; }

struct Sample {
  double mono_inverse;
  double observed;
  double weight;  // 1 / relative variance
};

std::vector<Sample> collect(const DepthMap& mono, const PairDepth& observed) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < mono.pixels(); ++i) {
    const float w = observed.inverse_depth.values()[i];
    if (w <= 0 || !is_known(mono.values()[i])) continue;
    const double sigma = std::max(0.02f, observed.relative_sigma.values()[i]);
    samples.push_back({1.0 / mono.values()[i], w, 1 / (sigma * sigma)});
  }
  return samples;
}

double relative_error(const MonoFit& fit, const Sample& s) {
  return (fit.scale * s.mono_inverse + fit.shift - s.observed) / s.observed;
}

double median_error(const MonoFit& fit, const std::vector<Sample>& samples) {
  std::vector<double> errors;
  for (const auto& s : samples) errors.push_back(std::abs(relative_error(fit, s)));
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  return *middle;
}

}  // namespace

std::optional<MonoFit> fit_mono(const DepthMap& mono, const PairDepth& observed) {
  if (!mono.same_size(observed.inverse_depth)) return {};
  const auto samples = collect(mono, observed);
  if (samples.size() < least_pixels) return {};
  std::vector<double> ratios;
  for (const auto& s : samples) ratios.push_back(s.observed / s.mono_inverse);
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  MonoFit fit{*middle, 0, 0};
  for (int round = 0; round < 10; ++round) {
    const double width = std::max(0.01, 2.5 * 1.48 * median_error(fit, samples));
    Eigen::Matrix2d normal = Eigen::Matrix2d::Zero();
    Eigen::Vector2d right = Eigen::Vector2d::Zero();
    for (const auto& s : samples) {
      const double r = relative_error(fit, s) / width;
      const double damping = 1 + r * r;
      const double weight = s.weight / (damping * damping);
      const Eigen::Vector2d row = Eigen::Vector2d(s.mono_inverse, 1) / s.observed;
      normal += weight * row * row.transpose();
      right += weight * row;
    }
    const Eigen::Vector2d solution = normal.ldlt().solve(right);
    if (!solution.allFinite()) return {};
    fit.scale = solution[0];
    fit.shift = solution[1];
  }
  if (fit.scale <= 0) return {};
  fit.relative_sigma = 1.48 * median_error(fit, samples);
  return fit;
}

Map<float> fill_with_mono(const DepthMap& mono, const PairDepth& observed, const MonoFit& fit,
                          const GreyImage& guide) {
  const std::size_t pixels = mono.pixels();
  Map<float> fitted(mono.width(), mono.height());
  Map<float> correction(mono.width(), mono.height());  // log of observed over fitted
  Map<float> weight(mono.width(), mono.height());
  for (std::size_t i = 0; i < pixels; ++i) {
    if (!is_known(mono.values()[i])) continue;
    // A shift below 0 must not bring far things behind infinity.
    const double from_mono = fit.scale / mono.values()[i];
    fitted.values()[i] = static_cast<float>(std::max(from_mono + fit.shift, 0.05 * from_mono));
    const float w = observed.inverse_depth.values()[i];
    if (w <= 0) continue;
    const float sigma = std::max(0.02f, observed.relative_sigma.values()[i]);
    correction.values()[i] = std::clamp(std::log(w / fitted.values()[i]), -1.0f, 1.0f);
    weight.values()[i] = std::min(1.0f, 0.0004f / (sigma * sigma));
  }
  const Map<float> smooth = spread(correction, weight, guide, 400);
  Map<float> result(mono.width(), mono.height());
  const double mono_information = 1 / std::max(1e-4, fit.relative_sigma * fit.relative_sigma);
  for (std::size_t i = 0; i < pixels; ++i) {
    const float w = observed.inverse_depth.values()[i];
    if (fitted.values()[i] <= 0) {
      result.values()[i] = w;
      continue;
    }
    const double corrected = std::log(fitted.values()[i]) + smooth.values()[i];
    if (w <= 0) {
      result.values()[i] = static_cast<float>(std::exp(corrected));
      continue;
    }
    const double sigma = std::max(1e-3f, observed.relative_sigma.values()[i]);
    const double information = 1 / (sigma * sigma);
    result.values()[i] = static_cast<float>(std::exp(
        (std::log(w) * information + corrected * mono_information) / (information + mono_information)));
  }
  return result;
}

}  // namespace vd
