// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

namespace vd {

/// Time and memory spent by this process.
[[nodiscard]] double cpu_seconds();
[[nodiscard]] std::size_t peak_memory_bytes();

class Stopwatch {
 public:
  [[nodiscard]] double wall_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  [[nodiscard]] double cpu_seconds() const { return vd::cpu_seconds() - start_cpu_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double start_cpu_ = vd::cpu_seconds();
};

}  // namespace vd
