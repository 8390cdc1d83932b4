// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vd {

/// OpenBLAS 0.3.21 (Debian 12) does not know newer processors and falls back to its 2004 "Prescott" kernels,
/// 4-9 times slower, without a word. Call once before the first BLAS call: where OpenBLAS is loaded, answers
/// "Prescott" and the processor has AVX2, SkylakeX (with AVX-512) or Haswell kernels are chosen instead. A
/// user's OPENBLAS_CORETYPE wins. Nothing happens where OpenBLAS is not loaded.
void guard_blas_kernel();

/// Name of the OpenBLAS kernel in use, or "none" where OpenBLAS is not loaded.
[[nodiscard]] std::string blas_kernel();

/// The kernel that guard_blas_kernel chooses, or empty when the present one should stay.
[[nodiscard]] std::string better_blas_kernel(const std::string& current, bool has_avx2, bool has_avx512,
                                             bool chosen_by_user);

}  // namespace vd
