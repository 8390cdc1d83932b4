// SPDX-License-Identifier: Apache-2.0
#include "bench/matrix_product.h"

#include <dlfcn.h>

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>

#include "core/blas.h"

namespace vd {

namespace {

using Sgemm = void(const char* transpose_a, const char* transpose_b, const int* m, const int* n, const int* k,
                   const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
                   const float* beta, float* c, const int* ldc);

/// BLAS comes in with the solvers; nothing is linked for this.
Sgemm* loaded_sgemm() {
  static auto* const found = reinterpret_cast<Sgemm*>(dlsym(RTLD_DEFAULT, "sgemm_"));
  return found;
}

/// c (m x n) = a (m x k) b (k x n), all row-major: to BLAS, which counts by columns, c' = b' a'.
void multiply(int m, int n, int k, const float* a, const float* b, float* c) {
  if (Sgemm* sgemm = loaded_sgemm()) {
    const float one = 1, zero = 0;
    sgemm("N", "N", &n, &m, &k, &one, b, &n, a, &k, &zero, c, &n);
    return;
  }
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<Matrix>(c, m, n).noalias() =
      Eigen::Map<const Matrix>(a, m, k) * Eigen::Map<const Matrix>(b, k, n);
}

/// Every 3 x 3 surrounding becomes a column, and the convolution one matrix product.
void convolve_by_columns(const ConvolutionShape& shape, const float* image, const float* weights,
                         float* result) {
  const int side = shape.side;
  const int pixels = side * side;
  std::vector<float> columns(static_cast<std::size_t>(9) * shape.channels * pixels);
  float* out = columns.data();
  for (int channel = 0; channel < shape.channels; ++channel) {
    const float* plane = image + static_cast<std::ptrdiff_t>(channel) * pixels;
    for (int tap = 0; tap < 9; ++tap, out += pixels) {
      const int dx = tap % 3 - 1;
      const int dy = tap / 3 - 1;
      for (int y = 0; y < side; ++y) {
        float* row = out + y * side;
        const int from_y = y + dy;
        if (from_y < 0 || from_y >= side) {
          std::fill(row, row + side, 0.0F);
          continue;
        }
        const int first = std::max(0, -dx);
        const int last = std::min(side, side - dx);
        const float* from = plane + from_y * side + dx;
        std::fill(row, row + first, 0.0F);
        std::copy(from + first, from + last, row + first);
        std::fill(row + last, row + side, 0.0F);
      }
    }
  }
  multiply(shape.channels, pixels, 9 * shape.channels, weights, columns.data(), result);
}

}  // namespace

void multiply_square(int n, const float* a, const float* b, float* c) { multiply(n, n, n, a, b, c); }

std::string matrix_product_library() {
  if (loaded_sgemm() == nullptr) return "Eigen";
  const std::string kernel = blas_kernel();
  return kernel == "none" ? "BLAS" : "OpenBLAS, " + kernel;
}

const std::vector<ConvolutionMethod>& convolution_methods() {
  static const std::vector<ConvolutionMethod> methods = {
      {"columns and one matrix product", convolve_by_columns},
  };
  return methods;
}

}  // namespace vd
