// SPDX-License-Identifier: Apache-2.0
#include "core/blas.h"

#include <dlfcn.h>

#include <cstdlib>

namespace vd {
namespace {

template <typename F>
F loaded_function(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_DEFAULT, name));
}

bool has_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

bool has_avx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0;
#else
  return false;
#endif
}

}  // namespace

std::string better_blas_kernel(const std::string& current, bool avx2, bool avx512, bool chosen_by_user) {
  if (current != "Prescott" || chosen_by_user || !avx2) return {};
  return avx512 ? "SkylakeX" : "Haswell";
}

std::string blas_kernel() {
  const auto name = loaded_function<char* (*)()>("openblas_get_corename");
  return name == nullptr ? "none" : name();
}

void guard_blas_kernel() {
  const bool chosen_by_user = std::getenv("OPENBLAS_CORETYPE") != nullptr;
  const std::string better = better_blas_kernel(blas_kernel(), has_avx2(), has_avx512(), chosen_by_user);
  const auto quit = loaded_function<void (*)()>("gotoblas_dynamic_quit");
  const auto init = loaded_function<void (*)()>("gotoblas_dynamic_init");
  if (better.empty() || quit == nullptr || init == nullptr) return;
  setenv("OPENBLAS_CORETYPE", better.c_str(), 1);
  quit();
  init();
}

}  // namespace vd
