// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

namespace vd {

/// Seeded random numbers that are the same on every machine and library (std:: distributions are not). PCG32,
/// O'Neill 2014. Pass one by reference to whatever draws; there is no global generator.
class Random {
 public:
  using result_type = std::uint32_t;
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);
  [[nodiscard]] static constexpr result_type min() { return 0; }
  [[nodiscard]] static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }
  result_type operator()();
  /// Uniform in [low, high).
  double uniform(double low = 0.0, double high = 1.0);
  /// Uniform integer in [0, count); count > 0.
  std::uint32_t below(std::uint32_t count);
  /// Normal with mean 0 and the given standard deviation.
  double normal(double sigma = 1.0);

 private:
  std::uint64_t state_;
  std::uint64_t increment_;
};

}  // namespace vd
