// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/map.h"

namespace vd {

/// Energy of a binary labelling of a grid: sum over pixels of unary where the label is 1, plus the smoothness
/// of every pair of neighbours (8 directions) whose labels differ. Integers, so that the minimum is exact.
struct GridEnergy {
  Map<std::int32_t> unary;  // cost of label 1 less that of label 0
  Map<std::int32_t, 4>
      smoothness;  // >= 0, to the right, below, below right, below left; ignored beyond the border
};

/// The labelling (0 or 255) of least energy, by a maximum flow with two growing search trees that are kept
/// between augmentations (Boykov and Kolmogorov 2004). Ties take label 0. Throws Error when the two maps
/// differ in size or a smoothness is negative.
[[nodiscard]] MaskMap minimise(const GridEnergy& energy);

/// Energy of a labelling (0: label 0, anything else: label 1).
[[nodiscard]] std::int64_t energy_of(const GridEnergy& energy, const MaskMap& labels);

}  // namespace vd
