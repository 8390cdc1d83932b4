// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "image/map.h"

namespace vd {

/// Counts of pixels; add those of the frames of a clip to score the clip.
struct MaskCounts {
  std::size_t true_positive = 0;
  std::size_t false_positive = 0;
  std::size_t false_negative = 0;
  std::size_t true_negative = 0;

  MaskCounts& operator+=(const MaskCounts& other);

  // Each is 1 where its denominator is 0 and nothing was missed: two empty masks agree.
  [[nodiscard]] double iou() const;
  [[nodiscard]] double precision() const;
  [[nodiscard]] double recall() const;
  [[nodiscard]] double f1() const;
  /// Fraction of the truly negative pixels that are marked.
  [[nodiscard]] double false_alarm_rate() const;
};

/// Compares two masks of equal size, non-zero meaning marked; pixels where `valid` is given and 0 are left
/// out. Throws Error when the sizes differ.
[[nodiscard]] MaskCounts compare_masks(MapView<const std::uint8_t> prediction,
                                       MapView<const std::uint8_t> truth,
                                       MapView<const std::uint8_t> valid = {});

}  // namespace vd
