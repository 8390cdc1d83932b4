// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace vd {

/// c = a b of row-major n x n matrices in float32, by the BLAS that is loaded, else by Eigen.
void multiply_square(int n, const float* a, const float* b, float* c);
/// What multiply_square uses: "OpenBLAS, SkylakeX" or "Eigen".
[[nodiscard]] std::string matrix_product_library();

/// A layer of a network as vd-bench times it: an image of channels x side x side (planar), zero border, as
/// many channels out, 3 x 3 weights [out][in][3][3].
struct ConvolutionShape {
  int channels = 64;
  int side = 64;
  [[nodiscard]] double multiply_adds() const {
    return 9.0 * channels * channels * static_cast<double>(side) * side;
  }
};

/// A way to convolve. A further library is one more line in the table of matrix_product.cpp; vd-bench takes
/// the fastest.
struct ConvolutionMethod {
  std::string name;
  std::function<void(const ConvolutionShape& shape, const float* image, const float* weights, float* result)>
      compute;
};
[[nodiscard]] const std::vector<ConvolutionMethod>& convolution_methods();

}  // namespace vd
