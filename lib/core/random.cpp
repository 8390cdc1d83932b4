// SPDX-License-Identifier: Apache-2.0
#include "core/random.h"

#include <cmath>

namespace vd {

Random::Random(std::uint64_t seed, std::uint64_t stream) : state_(0), increment_((stream << 1u) | 1u) {
  (*this)();
  state_ += seed;
  (*this)();
}

Random::result_type Random::operator()() {
  const std::uint64_t old = state_;
  state_ = old * 6364136223846793005ULL + increment_;
  const auto xorshifted = static_cast<std::uint32_t>(((old >> 18u) ^ old) >> 27u);
  const auto rotation = static_cast<std::uint32_t>(old >> 59u);
  return (xorshifted >> rotation) | (xorshifted << ((32 - rotation) & 31));
}

double Random::uniform(double low, double high) {
  return low + (high - low) * ((*this)() * (1.0 / 4294967296.0));
}

std::uint32_t Random::below(std::uint32_t count) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>((*this)()) * count) >> 32u);
}

double Random::normal(double sigma) {
  // Box-Muller; the second value is thrown away so that every call uses the same number of draws.
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return sigma * radius * std::cos(6.283185307179586 * uniform());
}

}  // namespace vd
