// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

namespace vd {

/// Time and memory spent by this process.
[[nodiscard]] double cpu_seconds();
[[nodiscard]] std::size_t resident_memory_bytes();
/// The most that was resident since begin_peak_memory(), or since the start.
[[nodiscard]] std::size_t peak_memory_bytes();
/// Hands back what was freed, and measures the peak from here on (where the system allows it).
void begin_peak_memory();

class Stopwatch {
 public:
  [[nodiscard]] double wall_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  [[nodiscard]] double cpu_seconds() const { return vd::cpu_seconds() - start_cpu_; }
  /// Wall seconds since the last lap, or since the start.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(lap_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point lap_ = start_;
  double start_cpu_ = vd::cpu_seconds();
};

}  // namespace vd
