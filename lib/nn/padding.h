// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/tensor.h"

namespace vd::nn {

/// Rows and columns that are added around an image and taken off the result again.
struct Padding {
  std::int64_t left = 0;
  std::int64_t right = 0;
  std::int64_t top = 0;
  std::int64_t bottom = 0;
};

/// Where the added rows go; columns are shared between both sides in either case.
enum class PaddingPlace {
  centred,  // "sintel" of the public flow programs
  bottom    // "kitti": the sky at the top stays at the border
};

/// What brings a size up to a multiple of `multiple`, and to at least `least` (itself a multiple). Of an odd
/// number the greater part goes right and to the bottom.
[[nodiscard]] Padding padding_to_multiple(std::int64_t height, std::int64_t width, std::int64_t multiple,
                                          std::int64_t least, PaddingPlace place);

/// [B, C, H, W] with its border pixels repeated.
[[nodiscard]] Tensor pad_repeating(const Tensor& x, const Padding& padding);
/// Undoes it.
[[nodiscard]] Tensor crop(const Tensor& x, const Padding& padding);

}  // namespace vd::nn
