// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only door to LibTorch's headers (precompiled: they cost many seconds a file). Networks are written
// against ATen's tensors and functions alone, which LibTorch 1.13 and 2.x share.
// glog's CHECK comes with them, which would take the place of a test's.
#pragma push_macro("CHECK")
#include <ATen/ATen.h>
#pragma pop_macro("CHECK")

#include <cstdint>
#include <string>
#include <vector>

namespace vd::nn {

using at::Tensor;
using Shape = std::vector<std::int64_t>;

/// "[2, 3, 16]", for messages.
[[nodiscard]] std::string to_text(at::IntArrayRef shape);

/// Throws Error naming `what` unless the tensor has this shape; -1 stands for any size. Networks state the
/// shapes that they are given with it instead of in comments.
void expect_shape(const Tensor& tensor, at::IntArrayRef shape, const char* what);

}  // namespace vd::nn
