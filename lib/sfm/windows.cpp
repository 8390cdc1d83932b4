// SPDX-License-Identifier: Apache-2.0
#include "sfm/windows.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sfm/window_chain.h"

namespace vd {
namespace {

SolvedWindow solve_window(const FrameWindow& frames, WindowInput input, const SfmOptions& options) {
  SolvedWindow window;
  window.frames = frames;
  input.sfm.tracks = input.tracks;
  window.sfm = solve_structure_from_motion(input.sfm, options);
  window.track_numbers = std::move(input.track_numbers);
  window.in_given_world = !input.sfm.known_world_from_camera.empty();
  for (const auto& prior : input.sfm.pose_priors)
    window.in_given_world = window.in_given_world || (prior && prior->is_weighed());
  window.pose_priors = std::move(input.sfm.pose_priors);
  return window;
}

/// Standard deviation of the logarithm of a focal length. A turn tells it, or does not, without saying how
/// well.
double log_deviation(const FocalEstimate& focal) {
  constexpr double of_a_turn = 0.0125;
  constexpr double of_lenses = 0.22;
  const double reach = std::log(focal.high_px / focal.low_px) / 4;
  if (reach > 0) return reach;
  return focal.determined ? of_a_turn : of_lenses;
}

/// The mean of the estimates' logarithms by their variances, and a deviation that owns up to their
/// contradictions.
FocalEstimate mean_focal(const std::vector<FocalEstimate>& estimates) {
  constexpr double within = 0.05;
  double weights = 0, sum = 0;
  for (const FocalEstimate& estimate : estimates) {
    const double weight = std::pow(log_deviation(estimate), -2);
    weights += weight;
    sum += weight * std::log(estimate.focal_px);
  }
  const double mean = sum / weights;
  double chi_squared = 0;
  for (const FocalEstimate& estimate : estimates)
    chi_squared += std::pow((std::log(estimate.focal_px) - mean) / log_deviation(estimate), 2);
  const auto freedom = static_cast<double>(estimates.size()) - 1;
  const double contradiction = freedom > 0 ? std::max(1.0, chi_squared / freedom) : 1.0;
  const double deviation = std::sqrt(contradiction / weights);
  const double focal_px = std::exp(mean);
  return {true, focal_px, focal_px * std::exp(-2 * deviation), focal_px * std::exp(2 * deviation),
          2 * deviation < within};
}

}  // namespace

void describe(WindowOptions& o, OptionTable& t) {
  t.add("--window-frames", o.frames, range(least_window_frames, 100000),
        "longer shots are solved in overlapping windows of so many frames")
      .hidden_in_short_help();
}

std::vector<FrameWindow> overlapping_windows(int frames, const WindowOptions& options) {
  const int most = std::max(options.frames, least_window_frames);
  if (frames <= most) return {{0, frames}};
  const int overlap = most / 3;
  const int count = (frames - overlap + most - overlap - 1) / (most - overlap);
  const int length = (frames + (count - 1) * overlap + count - 1) / count;
  std::vector<FrameWindow> windows;
  for (int k = 0; k < count; ++k) {
    const auto first = static_cast<int>(static_cast<std::int64_t>(k) * (frames - length) / (count - 1));
    windows.push_back({first, first + length});
  }
  return windows;
}

FrameWindow core_of(Span<const FrameWindow> windows, std::size_t window) {
  const auto seam = [&](std::size_t k) { return (windows[k].end + windows[k + 1].first) / 2; };
  return {window == 0 ? windows[0].first : seam(window - 1),
          window + 1 == windows.size() ? windows[window].end : seam(window)};
}

WindowsFocal estimate_focal(Span<const FrameWindow> windows, const WindowSource& source,
                            const SfmOptions& options) {
  constexpr double settled = 0.02;
  WindowsFocal result;
  std::vector<FocalEstimate> estimates;
  std::vector<std::size_t> asked;
  for (const std::size_t k : {std::size_t{0}, windows.size() - 1, windows.size() / 2}) {
    if (std::find(asked.begin(), asked.end(), k) != asked.end()) continue;
    asked.push_back(k);
    SolvedWindow window = solve_window(windows[k], source(windows[k]), options);
    estimates.push_back(window.sfm.focal);
    for (StartRecord start : window.sfm.report.starts) {
      start.first += windows[k].first;
      start.second += windows[k].first;
      result.starts.push_back(start);
    }
    result.focal = estimates.size() == 1 ? estimates[0] : mean_focal(estimates);
    result.first.reset();
    if (k == 0) result.first = std::move(window);
    if (2 * log_deviation(result.focal) < settled) break;
  }
  return result;
}

WindowsResult solve_in_windows(Span<const FrameWindow> windows, const WindowSource& source,
                               std::optional<SolvedWindow> first, const SfmOptions& options,
                               const WindowVisitor& look) {
  WindowChain chain(windows);
  for (std::size_t k = 0; k < windows.size(); ++k) {
    const bool is_solved = k == 0 && first;
    SolvedWindow window =
        is_solved ? std::move(*first) : solve_window(windows[k], source(windows[k]), options);
    look(window);
    chain.add(std::move(window));
  }
  return chain.finish();
}

}  // namespace vd
