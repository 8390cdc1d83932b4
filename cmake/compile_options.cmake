# SPDX-License-Identifier: Apache-2.0
# Options of every target of vd; third-party headers are SYSTEM and so exempt from the warnings.
add_library(vd_options INTERFACE)
target_compile_options(vd_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
# GCC 12 sees uninitialised values in Eigen at -O3 that are not there.
target_compile_options(vd_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Records are filled field by field after their first few.
target_compile_options(vd_options INTERFACE -Wno-missing-field-initializers)
# -O2 with the vectoriser of -O3 for the hot loops. No -march=native: binaries travel. No -ffast-math: NaN marks
# invalid values, and sums must not be reordered behind our back.
target_compile_options(vd_options INTERFACE $<$<CONFIG:Release>:-O3 -fno-math-errno -fno-trapping-math>)
if(VD_WERROR)
  target_compile_options(vd_options INTERFACE -Werror)
endif()
if(VD_SANITIZE)
  target_compile_options(vd_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(vd_options INTERFACE -fsanitize=address,undefined)
endif()
if(VD_FUZZ)
  target_compile_options(vd_options INTERFACE -fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer)
  target_link_options(vd_options INTERFACE -fsanitize=address)
endif()
# A program loads only the shared libraries it really calls: `vd-pairs --help` must not wait for OpenCV.
target_link_options(vd_options INTERFACE -Wl,--as-needed)
target_include_directories(vd_options INTERFACE ${CMAKE_SOURCE_DIR}/lib)
