// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "metrics/depth.h"

namespace vd {

/// What a fit sees: predictions, and truth (as 1/depth when predictions are).
struct FitInput {
  std::vector<float> prediction;
  std::vector<float> target;
};

/// The samples [begin, end) as the fit with these options sees them.
[[nodiscard]] FitInput fit_input(const DepthSamples& samples, std::size_t begin, std::size_t end,
                                 const DepthEvaluationOptions& options);

/// The fit of such lists; none: scale 1.
[[nodiscard]] ScaleShift fit_samples(const FitInput& input, const DepthEvaluationOptions& options);

/// Hands all parts of a sequence, in order, to a function; called once for every round that a fit needs.
using FitParts = std::function<void(const std::function<void(const FitInput&)>&)>;

/// fit_depth of a sequence that comes in parts, to the last bit the same. Constant memory, and two rounds for
/// ratio, median, lad_published and lstsq, twelve for scale. lad and lad2 go over the samples hundreds of
/// times, which would be as many times to decode the frames: they take one round and 8 bytes a sample.
[[nodiscard]] ScaleShift fit_in_rounds(const FitParts& parts, const DepthEvaluationOptions& options);

}  // namespace vd
